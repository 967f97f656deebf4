namespace Difusor.Agent.Setup;

/// <summary>
/// Plans the undo of setup: it removes its own drop-ins, sets its own keys of agent.yaml back to their defaults, and
/// reverses the recorded commands. Data, accounts and the journal stay.
/// </summary>
public static class UndoPlan
{
    public static IReadOnlyList<Stage> Of(SetupInstance instance, HostFacts host)
    {
        var recorded = host.Files.GetValueOrDefault(instance.Record, "")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Reverse().ToList();
        // Clause I.1: what is published stays, and so does the way to its readers; the operator takes it down with
        // `withdraw`, which asks for a reason. Another instance's site also needs Apache and the modules, no matter
        // which instance enabled them. Commands that are not undone now stay in the record for later.
        var shared = host.Enabled.Any(
            name => name.StartsWith("site:difusor-agent", StringComparison.Ordinal) && name != "site:" + instance.Site);
        bool Later(string[] words) => OfApache(words) && (host.Published || (shared && words[0] != "a2dissite"));
        List<Stage> stages =
        [
            new("firewall", Taken(words => words[0] is "firewall-cmd" or "ufw"), [],
                host.Firewalld is null ? [] : [["firewall-cmd", "-q", "--reload"]]),
            new("ssh", SetupPlan.Provable(Gone(instance.SshDropIn), host), [new Proof(["sshd", "-t"])],
                [["systemctl", "reload-or-restart", host.SshUnit]]),
            new("account", [.. Gone(instance.Keys), .. Taken(words => words[0] == "usermod")], [], []),
            new("apache",
                host.Published ? []
                : [.. Taken(OfApache), .. instance.IsFirst ? [] : Gone(instance.SiteFile(host.Debian)),
                .. Gone(instance.ApacheNames)],
                [new Proof(["apachectl", "configtest"])], [["systemctl", "reload-or-restart", host.ApacheUnit]]),
            new("agent",
                [.. Taken(words => words[0] == "systemctl" && !OfApache(words)), .. Configuration(instance, host)], [],
                instance.IsFirst && host.AgentRuns ? [["systemctl", "restart", instance.Unit]] : []),
            new("syslog", instance.IsFirst ? [] : Gone(instance.RsyslogDropIn), [],
                [["systemctl", "try-restart", "rsyslog.service"]]),
        ];
        var left = string.Concat(recorded.Where(Later).Reverse().Select(words => string.Join('\t', words) + "\n"));
        stages.Add(
            new("record", SetupPlan.File(host, instance.Record, left.Length == 0 ? null : left) is { } record
            ? [record] : [], [], []));
        stages.RemoveAll(stage => stage.Changes.Count == 0);
        return stages;

        bool OfApache(string[] words) =>
            words[0] is "a2dissite" or "a2dismod" || (words[0] == "systemctl" && words[^1] == host.ApacheUnit);
        List<Change> Taken(Func<string[], bool> which) =>
            [.. recorded.Where(words => which(words) && !Later(words)).Select(words => new CommandChange(words))];
        List<Change> Gone(string path) => SetupPlan.File(host, path, null) is { } change ? [change] : [];
    }

    static IEnumerable<Change> Configuration(SetupInstance instance, HostFacts host)
    {
        if (!instance.IsFirst || host.Settings is not { } settings || host.Places is not { } places
            || !host.Files.TryGetValue(instance.Config, out var text)) return [];
        var edits = new List<(string, string)>();
        var ours = SetupPlan.OfRsyslog(instance);
        if (ours.Contains(settings.Syslog.Target))
            edits.Add(("syslog.target", SetupPlan.Quoted(SetupPlan.DefaultTarget)));
        if (settings.Syslog.Targets is [SetupPlan.DefaultTarget, var second] && ours.Contains(second))
            edits.Add(("syslog.targets", "null"));
        if (settings.Sentinel.Probes.Any(probe =>
            probe.Url.OriginalString.Contains("@127.0.0.1/", StringComparison.Ordinal))) edits.Add(
            ("sentinel.probes", "[]"));
        return SetupPlan.File(host, instance.Config, SetupPlan.Edited(text, places, edits)) is { } change ? [change]
            : [];
    }
}
