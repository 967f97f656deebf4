using System.Text.RegularExpressions;
using Difusor.Agent.Linux.Syslog;
using Difusor.Agent.Setup;
using static Difusor.Agent.Tests.Setup.SetupScene;

namespace Difusor.Agent.Tests.Setup;

/// <summary>
/// rsyslog's socket for the agent: as the packages have it, as setup has it for a second instance, and for a host of
/// version 0.1.0.
/// </summary>
public sealed partial class SyslogSocketTests
{
    static readonly string Packaged =
        File.ReadAllText(Path.Combine(Repository.Root, "packaging/rsyslog/difusor-agent.conf"));

    static readonly string[] Both = ["unix:/dev/log", "unix:/var/lib/difusor-syslog/dev/log"];

    /// <summary>
    /// Up to 0.1.0 the socket lay in a folder of the agent's account, through which rsyslogd went as root.
    /// </summary>
    [Fact]
    public void TheSocketOfAnOlderSetupIsLeftForTheOneInRootsFolder()
    {
        var old = Host(config: "election: ieem-2021\nsyslog: {target: \"unix:/var/lib/difusor-agent/dev/log\"}\n");
        Assert.Equal(["unix:/dev/log"], After(old, First, UndoPlan.Of(First, old)).Settings!.Syslog.All);
        Assert.Equal(Both, After(old, First, SetupPlan.Of(Wish, First, old)).Settings!.Syslog.All);
    }

    /// <summary>
    /// Up to 0.2.0 setup sent the events to rsyslog's socket alone, and journalctl showed none from then on.
    /// </summary>
    [Theory]
    [InlineData(""), InlineData("syslog: {target: \"unix:/dev/log\"}"), InlineData("syslog: {facility: daemon}")]
    [InlineData("syslog:\n  target: \"unix:/var/lib/difusor-syslog/dev/log\"\n  facility: local3")]
    [InlineData("syslog: {facility: local3, target: \"unix:/var/lib/difusor-syslog/dev/log\"}")]
    [InlineData("syslog:\n  target: \"unix:/dev/log\"\n  targets: null")]
    public void AfterSetupEventsReachJournaldAndTheFileOfRsyslog(string syslog)
    {
        var host = Host(config: $"election: ieem-2021\n{syslog}\nlanguage: es\n");
        var done = After(host, First, SetupPlan.Of(Wish, First, host));
        Assert.Equal(Both, done.Settings!.Syslog.All);
        Assert.Equal(host.Settings!.Syslog.Facility, done.Settings.Syslog.Facility);
        Assert.DoesNotContain(
            SetupPlan.Of(Wish, First, done), stage =>
            stage.Changes.OfType<FileChange>().Any(change => change.Path == First.Config));
        Assert.Equal(["unix:/dev/log"], After(done, First, UndoPlan.Of(First, done)).Settings!.Syslog.All);
    }

    /// <summary>
    /// rsyslogd starts without it where it may not make it, as under SELinux: only the socket itself shows it.
    /// </summary>
    [Fact]
    public void SetupIsNotDoneWhereRsyslogHasNotMadeTheSocket()
    {
        string[] restart = ["systemctl", "restart", "rsyslog.service"];
        Stage Of(SetupInstance instance) => SetupPlan.Of(
            Wish with { Election = "ieem-2024" }, instance, Fresh() with { SyslogSocketExists = false })
                .Single(stage => stage.Name == "syslog");
        Assert.Equal(restart, Assert.IsType<CommandChange>(Assert.Single(Of(First).Changes)).Run);
        Assert.Equal([["test", "-S", First.SyslogSocket]], Of(First).Reloads);
        Assert.Equal([restart, ["test", "-S", Second.SyslogSocket]], Of(Second).Reloads);
    }

    [Fact]
    public void ATargetOfTheSysadminsOwnStaysAlone()
    {
        var host = Host(config: "election: ieem-2021\nsyslog: {target: \"tls://siem.ejemplo.mx:6514\"}\n");
        Assert.Equal(
            ["tls://siem.ejemplo.mx:6514"], After(host, First, SetupPlan.Of(Wish, First, host)).Settings!.Syslog.All);
    }

    [Fact]
    public void NobodyButTheAgentsAccountEntersTheFolderOfTheSocket()
    {
        var rules = TmpfilesRules("difusor-syslog");
        Assert.Equal(["d /var/lib/difusor-syslog 0755 root root -", "d /var/lib/difusor-syslog/dev 0700 root root -",
            "a /var/lib/difusor-syslog/dev - - - - user:difusor-agent:--x"], rules);
        Assert.Contains($"Socket=\"{First.SyslogSocket}\"", Packaged, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSecondInstancesSocketIsAsThePackagesOwn()
    {
        var host = Host() with { AccountExists = false, AgentRuns = false, Settings = null };
        var plan = SetupPlan.Of(Wish with { Election = "ieem-2024" }, Second, host);
        Assert.Equal(Lines(Packaged).Select(ForTheSecond), Lines(FileOf(plan, Second.RsyslogDropIn)));
        var own = FileOf(plan, Second.Tmpfiles).Split('\n');
        Assert.All(TmpfilesRules("difusor-syslog"), rule => Assert.Contains(ForTheSecond(rule), own));
    }

    /// <summary>
    /// A message that rsyslog drops is missing from the auditor's file: what the agent sends at most is far below the
    /// limit.
    /// </summary>
    [Fact]
    public void TheAgentNeverMeetsTheRateLimitOfItsOwnSocket()
    {
        var limits = Limit().Matches(Packaged)
            .ToDictionary(
            match => match.Groups[1].Value, match =>
            int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        var pace = SyslogSink.OfDatagrams;
        var most = pace.AtOnce * ((limits["Interval"] / pace.Pause.TotalSeconds) + 2);
        Assert.InRange(limits["Burst"], most * 1.5, 10_000);
    }

    static string ForTheSecond(string line) =>
        line.Replace("difusor-syslog", "difusor-syslog-ine", StringComparison.Ordinal)
        .Replace("difusor-agent\"", "difusor-agent-ine\"", StringComparison.Ordinal)
            .Replace("difusor-agent.log", "difusor-agent-ine.log", StringComparison.Ordinal);

    static IEnumerable<string> Lines(string text) => text.Split('\n').Where(line => line.Length > 0 && line[0] != '#');

    static List<string> TmpfilesRules(string path) =>
        [.. Lines(File.ReadAllText(Path.Combine(Repository.Root, "systemd/difusor-agent.tmpfiles")))
            .Where(line => line.Contains(path, StringComparison.Ordinal)).Select(line => Spaces().Replace(line, " "))];

    [GeneratedRegex("RateLimit\\.([A-Za-z]+)=\"([0-9]+)\"")]
    private static partial Regex Limit();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
