using Difusor.Agent.Configuration;
using Difusor.Agent.Setup;

namespace Difusor.Agent.Tests.Setup;

/// <summary>
/// A host as values: the packages are installed, nothing is set up yet; and what making a plan's changes makes of it.
/// </summary>
static class SetupScene
{
    public const string Key =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8m0Jp8m6z1ZkGzNn1z0000000000000000000000000 ieem\n";
    public static SetupInstance First { get; } = new("agent");
    public static SetupInstance Second { get; } = new("ine");
    public static SetupWish Wish { get; } =
        new("prep.ejemplo.mx", ["203.0.113.7"], Key, false, "/etc/ssl/prep.pem", "/etc/ssl/prep.key", null);

    public static HostFacts Host(bool debian = true, string? config = null)
    {
        config ??= File.ReadAllText(Path.Combine(Repository.Root, "packaging/agent.yaml"));
        return WithConfig(new HostFacts
        {
            Debian = debian, AccountExists = true, ApacheInstalled = true, SshdInstalled = true,
            RsyslogDropInExists = true, SyslogSocketExists = true,
            Now = new DateTimeOffset(2021, 4, 12, 12, 0, 0, TimeSpan.FromHours(-5)),
            Elections = ["ieem-2021", "ieem-2024"], AgentRuns = true, AgentStarts = true, ApacheStarts = true,
            Present = ["/etc/ssl/prep.pem", "/etc/ssl/prep.key"],
            Files = ImmutableDictionary<string, string>.Empty.Add(SetupInstance.SharedSite(debian), "the package's"),
        }, First, config);
    }

    /// <summary>A host where only the package was installed.</summary>
    public static HostFacts Fresh(bool debian = true) => Host(debian) is var host
        ? host with
        {
            Files = host.Files.Remove(First.Config), Places = null, Settings = null, AgentRuns = false,
            AgentStarts = false,
        } : null!;

    public static ElectionProfile Profile(string id)
    {
        var path = Path.Combine(Repository.Root, $"packaging/elections/{id}.yaml");
        return ProfileReader.Read(File.ReadAllBytes(path), path).Value!;
    }

    public static HostFacts WithConfig(HostFacts host, SetupInstance instance, string config)
    {
        var reading = SettingsReader.Read(Encoding.UTF8.GetBytes(config), instance.Config);
        return host
            with { Files = host.Files.SetItem(instance.Config, config), Places = reading.Places,
            Settings = reading.Value };
    }

    /// <summary>The host after a plan.</summary>
    public static HostFacts After(HostFacts host, SetupInstance instance, IEnumerable<Stage> plan)
    {
        foreach (var change in plan.SelectMany(stage => stage.Changes))
            host = change switch
            {
                FileChange { After: null } file when file.Path == instance.Config =>
                    host with { Files = host.Files.Remove(file.Path), Places = null, Settings = null },
                FileChange { After: null } file => host with { Files = host.Files.Remove(file.Path) },
                FileChange file when file.Path == instance.Config => WithConfig(host, instance, file.After),
                FileChange file => host with { Files = host.Files.SetItem(file.Path, file.After) },
                CommandChange { Run: ["mv", _, var old, var kept] } => host with
                {
                    Files = host.Files.SetItem(kept, host.Files[old]).Remove(old), Places = null, Settings = null,
                },
                CommandChange { Run: ["a2enmod", _, var module] } => host with { Enabled = host.Enabled.Add(module) },
                CommandChange { Run: ["a2dismod", .., var module] } =>
                    host with { Enabled = host.Enabled.Remove(module) },
                CommandChange { Run: ["a2ensite", _, var site] } =>
                    host with { Enabled = host.Enabled.Add("site:" + site) },
                CommandChange { Run: ["a2dissite", _, var site] } =>
                    host with { Enabled = host.Enabled.Remove("site:" + site) },
                CommandChange { Run: ["firewall-cmd", .., var what] } =>
                    host with { Firewalld = Rules(host.Firewalld!, what) },
                CommandChange { Run: ["systemctl", var verb, _, "apache2.service" or "httpd.service"] } =>
                    host with { ApacheStarts = verb == "enable" },
                CommandChange { Run: ["systemctl", "enable", ..] } =>
                    host with { AgentRuns = true, AgentStarts = true },
                CommandChange { Run: ["systemctl", "disable", ..] } =>
                    host with { AgentRuns = false, AgentStarts = false },
                CommandChange { Run: ["systemd-sysusers", ..] } => host with { AccountExists = true },
                _ => host,
            };
        return host;
    }

    static string Rules(string rules, string what) =>
        what[(what.IndexOf('=', StringComparison.Ordinal) + 1)..] is var value && what.StartsWith(
            "--add", StringComparison.Ordinal) ? rules + " " + value
            : rules.Replace(" " + value, "", StringComparison.Ordinal);

    public static IReadOnlyList<string> Commands(IEnumerable<Stage> plan) =>
        [.. plan.SelectMany(stage => stage.Changes).OfType<CommandChange>()
            .Select(change => string.Join(' ', change.Run))];

    public static string FileOf(IEnumerable<Stage> plan, string path) =>
        plan.SelectMany(stage => stage.Changes).OfType<FileChange>().Single(change => change.Path == path).After!;
}
