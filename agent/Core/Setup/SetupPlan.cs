using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Setup;

/// <summary>
/// Turns a wish and the facts about the host into changes. The same wish on a host that already has them gives no
/// changes.
/// </summary>
public static class SetupPlan
{
    /// <summary>
    /// The modules that ssl needs come before it: otherwise a2enmod would enable them too, and a2dismod would not
    /// disable them.
    /// </summary>
    static readonly string[] Modules = ["setenvif", "mime", "socache_shmcb", "ssl", "rewrite", "headers"];

    /// <summary>Returns why the wish cannot be carried out here; null if it can.</summary>
    public static Said? Problem(SetupWish wish, SetupInstance instance, HostFacts host)
    {
        if (wish.Problem() is { } problem) return problem;
        if (!host.ApacheInstalled)
            return new Said("setup.no-apache", ("package", host.Debian ? "apache2" : "httpd mod_ssl"));
        if (!host.SshdInstalled) return new Said("setup.no-sshd");
        if (instance.IsFirst && !host.AccountExists) return new Said("setup.no-account", ("account", instance.Account));
        if (!host.Files.ContainsKey(SetupInstance.SharedSite(host.Debian)))
            return new Said("setup.no-site-file", ("path", SetupInstance.SharedSite(host.Debian)));
        if (host.Files.ContainsKey(instance.Config) && host.Settings is null)
            return new Said("setup.bad-config", ("path", instance.Config));
        if (ElectionProblem(wish, instance, host) is { } election) return election;
        if (!wish.NoPush && UsesPassword(wish, instance, host) is null) return new Said("setup.no-credential");
        if (Certificate(wish, instance, host) is not var (certificate, key))
            return new Said(
                "setup.no-certificate", ("site", wish.Site), ("apache", host.Debian ? "apache2" : "httpd"));
        return new[] { certificate, key }.FirstOrDefault(path => !host.Present.Contains(path)) is { } missing
            ? new Said("setup.no-file", ("path", missing)) : host.CertificateProblem;
    }

    /// <summary>
    /// Returns why no election can be set up: none is named, it cannot be read, or it is over, so that nothing would
    /// ever be published.
    /// </summary>
    static Said? ElectionProblem(SetupWish wish, SetupInstance instance, HostFacts host)
    {
        if ((wish.Election ?? host.Settings?.Election) is not { } named)
            return new Said(
                "setup.no-election", ("path", instance.Config), ("known", string.Join(", ", host.Elections)));
        if (host.ElectionProblem is { } problem)
            return problem.File == instance.Config
                ? new Said("setup.bad-election", ("election", named), ("problem", problem.What))
                : new Said(
                    "setup.bad-profile", ("election", named), ("place", problem.Place), ("problem", problem.What));
        return host.Election is { } election && host.Now > election.KeepUntil
            ? new Said(
                "setup.election-over", ("election", named), ("until", new Corte(election.KeepUntil)),
                ("known", string.Join(", ", host.Elections)))
            : null;
    }

    /// <summary>Returns what is wrong with the configuration that a plan would write.</summary>
    public static IEnumerable<ConfigProblem> ProblemsOf(IEnumerable<Stage> plan, SetupInstance instance) =>
        plan.SelectMany(stage => stage.Changes).OfType<FileChange>()
            .Where(change => change.Path == instance.Config && change.After is not null)
            .SelectMany(change =>
                SettingsReader.Read(Encoding.UTF8.GetBytes(change.After!), change.Path).Problems);

    /// <summary>
    /// Returns all changes, in the order in which they are made: Apache must find the map that the agent creates, and
    /// the way in for the institute is opened last. A stage without changes is left out.
    /// </summary>
    public static IReadOnlyList<Stage> Of(SetupWish wish, SetupInstance instance, HostFacts host)
    {
        var changes =
            new List<Stage> { Account(wish, instance, host), Syslog(instance, host), Agent(wish, instance, host),
            Apache(wish, instance, host), Ssh(wish, instance, host), Firewall(wish, instance, host) };
        changes.RemoveAll(stage => stage.Changes.Count == 0);
        if (changes.Count == 0) return changes;
        // Write the record first: then every change can be undone, even if the host crashes in between.
        var all = changes.SelectMany(stage => stage.Changes).ToList();
        var record = UndoRecord.Of(instance, host);
        record.Add(all.OfType<CommandChange>().Select(change => change.Undo).OfType<IReadOnlyList<string>>());
        if (all.OfType<FileChange>().FirstOrDefault(change => change.Path == instance.Config) is { } configuration)
            record.Note(
                configuration, wish.Election is { } named && host.Settings?.Election != named ? host.Settings?.Election
                : null);
        if (File(host, instance.Record, record.ToString()) is { } noted && noted.After is { Length: > 0 })
            changes.Insert(0, new Stage("record", [noted], [], []));
        return changes;
    }

    /// <summary>
    /// Returns whether the account has a password (true) or keys (false), now or after this change; null if it would
    /// have neither.
    /// </summary>
    static bool? UsesPassword(SetupWish wish, SetupInstance instance, HostFacts host) =>
        wish.Password ? true : wish.Keys is not null ? false
            : host.Files.TryGetValue(instance.SshDropIn, out var now)
                && now.Contains("PasswordAuthentication yes", StringComparison.Ordinal) ? true
            : host.Files.ContainsKey(instance.Keys) ? false : null;

    /// <summary>
    /// Returns the named certificate and key, or else those in use, or else Let's Encrypt's for the name; null if there
    /// are none.
    /// </summary>
    static (string Certificate, string Key)? Certificate(SetupWish wish, SetupInstance instance, HostFacts host)
    {
        if (wish.Certificate is { } named) return (named, wish.Key!);
        if (host.Files.TryGetValue(instance.ApacheNames, out var names)
            && SetupFiles.Defined(names, "DIFUSOR_CERTIFICATE") is { } used
            && SetupFiles.Defined(names, "DIFUSOR_KEY") is { } key)
            return (used, key);
        var ours = $"/etc/letsencrypt/live/{wish.Site}";
        return host.Present.Contains($"{ours}/fullchain.pem") ? ($"{ours}/fullchain.pem", $"{ours}/privkey.pem") : null;
    }

    static Stage Account(SetupWish wish, SetupInstance instance, HostFacts host)
    {
        var changes = new List<Change>();
        if (!instance.IsFirst)
        {
            Add(changes, File(host, instance.Sysusers, SetupFiles.Sysusers(instance)));
            Add(changes, File(host, instance.Tmpfiles, SetupFiles.Tmpfiles(instance)));
            if (changes.Count > 0 || !host.AccountExists)
                changes.AddRange(
                    [new CommandChange(["systemd-sysusers", instance.Sysusers]),
                    new CommandChange(["systemd-tmpfiles", "--create", instance.Tmpfiles])]);
        }
        if (wish.Keys is { } keys) Add(changes, File(host, instance.Keys, keys.TrimEnd() + "\n"));
        if (wish.Password)
            changes.Add(new CommandChange(["chpasswd"], ["usermod", "-L", instance.Account], Secret: true));
        return new Stage("account", changes, [], []);
    }

    static Stage Ssh(SetupWish wish, SetupInstance instance, HostFacts host)
    {
        var drop = host.Settings?.Paths.Drop ?? instance.Home + "/entrega";
        var (home, leaf) = (drop[..drop.LastIndexOf('/')], drop[(drop.LastIndexOf('/') + 1)..]);
        var changes = new List<Change>();
        Add(changes,
            File(host, instance.SshDropIn, wish.NoPush ? null
            : SetupFiles.Sshd(instance, wish.Addresses, UsesPassword(wish, instance, host) is true, home, leaf)));
        var proofs = new List<Proof> { new(["sshd", "-t"], Before: !host.SshdFolderMissing) };
        if (wish.Addresses is [var first, ..] && first.Split('/')[0] is var seen)
            proofs.Add(
                new Proof(
                ["sshd", "-T", "-C", $"user={instance.Account},host={seen},addr={seen}"],
                $"chrootdirectory {home}"));
        return new Stage(
            "ssh", Provable(changes, host), proofs, [["systemctl", "reload-or-restart", host.SshUnit]]);
    }

    /// <summary>Adds what <c>sshd -t</c> needs to check the changes.</summary>
    internal static IReadOnlyList<Change> Provable(List<Change> changes, HostFacts host) =>
        changes.Count > 0 && host.SshdFolderMissing
            ? [.. changes, new CommandChange(["install", "-d", "-m", "0755", HostFacts.SshdFolder])] : changes;

    static Stage Apache(SetupWish wish, SetupInstance instance, HostFacts host)
    {
        var (certificate, key) = Certificate(wish, instance, host)!.Value;
        var paths = host.Settings?.Paths;
        var changes = new List<Change>();
        Add(changes,
            File(host, instance.ApacheNames,
            SetupFiles.ApacheNames(
            instance, wish.Site, paths?.State ?? instance.State, paths?.Run ?? instance.Run, certificate,
            key, Switches(host))));
        if (!instance.IsFirst)
            Add(changes, File(host, instance.SiteFile(host.Debian), SetupFiles.ApacheSite(instance, host.Debian)));
        if (host.Debian)
        {
            foreach (var module in Modules.Where(module => !host.Enabled.Contains(module)))
                changes.Add(new CommandChange(["a2enmod", "-q", module], ["a2dismod", "-q", "-f", module]));
            if (!host.Enabled.Contains("site:" + instance.Site))
                changes.Add(new CommandChange(["a2ensite", "-q", instance.Site], ["a2dissite", "-q", instance.Site]));
        }
        if (!host.ApacheStarts)
            changes.Add(
                new CommandChange(
                ["systemctl", "enable", "-q", host.ApacheUnit], ["systemctl", "disable", "-q", host.ApacheUnit]));
        return new Stage("apache", changes, [new Proof(["apachectl", "configtest"], Before: true)],
            [["systemctl", "reload-or-restart", host.ApacheUnit], ["systemctl", "is-active", "-q", host.ApacheUnit]]);
    }

    /// <summary>Returns the names without a value that the shipped site knows.</summary>
    static IEnumerable<string> Switches(HostFacts host)
    {
        if (host.Election?.Site.Spa == true) yield return "DIFUSOR_SPA";
        if (host.ApacheTakesAllow3F) yield return "DIFUSOR_ALLOW3F";
    }

    static Stage Syslog(SetupInstance instance, HostFacts host)
    {
        var changes = new List<Change>();
        if (!instance.IsFirst && host.RsyslogDropInExists)
            Add(changes, File(host, instance.RsyslogDropIn, SetupFiles.Rsyslog(instance)));
        // The package's own drop-in exists, but rsyslog has not read it yet.
        else if (instance.IsFirst && host.RsyslogDropInExists && !host.SyslogSocketExists)
            changes.Add(new CommandChange(["systemctl", "restart", "rsyslog.service"]));
        return new Stage(
            "syslog", changes, [new Proof(["rsyslogd", "-N1"], Before: true)],
            [.. changes is [FileChange] ? [["systemctl", "restart", "rsyslog.service"]] : Array.Empty<string[]>(),
            SocketCheck(instance)]);
    }

    /// <summary>
    /// Returns the command that fails where rsyslog has not made the agent's socket: it starts all the same.
    /// </summary>
    public static string[] SocketCheck(SetupInstance instance) => ["test", "-S", instance.SyslogSocket];

    /// <summary>Opens ports and closes none, so the system administrator's own access stays as it is.</summary>
    static Stage Firewall(SetupWish wish, SetupInstance instance, HostFacts host)
    {
        var changes = new List<Change>();
        foreach (var address in wish.Addresses)
        {
            var family = address.Contains(':', StringComparison.Ordinal) ? "ipv6" : "ipv4";
            var rule =
                $"rule family=\"{family}\" source address=\"{address}\" port port=\"{host.SshPort}\" "
                + $"protocol=\"tcp\" accept";
            if (host.Firewalld is { } rules && !rules.Contains(rule, StringComparison.Ordinal))
                changes.Add(
                    new CommandChange(
                    ["firewall-cmd", "-q", "--permanent", $"--add-rich-rule={rule}"],
                    ["firewall-cmd", "-q", "--permanent", $"--remove-rich-rule={rule}"]));
            string[] allow = ["allow", "proto", "tcp", "from", address, "to", "any", "port", host.SshPort];
            if (host.Ufw is { } known
                && !known.Contains($"from {address} to any port {host.SshPort} proto tcp", StringComparison.Ordinal))
                changes.Add(new CommandChange(["ufw", .. allow], ["ufw", "delete", .. allow]));
        }
        if (host.Firewalld is { } services && !Words(services).Contains("difusor-agent"))
            changes.Insert(
                0, new CommandChange(
                ["firewall-cmd", "-q", "--permanent", "--add-service=difusor-agent"],
                instance.IsFirst ? ["firewall-cmd", "-q", "--permanent", "--remove-service=difusor-agent"] : null));
        if (host.Ufw is { } shown && !Words(shown).Contains("difusor-agent"))
            changes.Insert(
                0, new CommandChange(
                ["ufw", "allow", "difusor-agent"], instance.IsFirst ? ["ufw", "delete", "allow", "difusor-agent"]
                : null));
        return new Stage(
            "firewall", changes, [], host.Firewalld is null || changes.Count == 0 ? []
            : [["firewall-cmd", "-q", "--reload"]]);
    }

    static List<string> Words(string text) => [.. text.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries)];

    static Stage Agent(SetupWish wish, SetupInstance instance, HostFacts host)
    {
        var changes = new List<Change>();
        Add(changes, File(host, instance.Config, SetupConfiguration.Of(wish, instance, host)));
        IReadOnlyList<string> start = changes.Count > 0 && host.AgentRuns ? ["systemctl", "restart", instance.Unit]
            : ["systemctl", "start", instance.Unit];
        if (!host.AgentRuns || !host.AgentStarts)
            changes.Add(
                new CommandChange(
                ["systemctl", "enable", "-q", instance.Unit],
                host.AgentStarts ? null : ["systemctl", "disable", "-q", "--now", instance.Unit]));
        return new Stage(
            "agent", changes, [new Proof(["difusor-agent", "config", "validate", "--config", instance.Config])],
            [start]);
    }

    internal static FileChange? File(HostFacts host, string path, string? after)
    {
        var before = host.Files.GetValueOrDefault(path);
        return before == after ? null : new FileChange(path, before, after);
    }

    internal static void Add(List<Change> changes, Change? change)
    {
        if (change is not null) changes.Add(change);
    }
}
