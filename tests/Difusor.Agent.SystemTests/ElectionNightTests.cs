using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests;

/// <summary>The main job, with the real binary, a real chronyd and real folders.</summary>
public sealed class ElectionNightTests
{
    static readonly string[] AsNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

    static DateTimeOffset InSeconds(int seconds) =>
        new(DateTimeOffset.UtcNow.AddSeconds(seconds).Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond,
        TimeSpan.Zero);

    [Fact]
    public void AnEarlyPackageIsHeldUnreadableAndPublishedAtTheOpening()
    {
        using var first = new Chronyd();
        using var second = new Chronyd();
        using var agent = new RunningAgent(InSeconds(8), [first.Address, second.Address]).Start();
        var package = new TestPackage(agent.Opens).Deliver(agent.Drop);

        var held = agent.Await("PACKAGE_HELD", "CORTE_PUBLISHED", "PACKAGE_REJECTED");
        Assert.Equal("PACKAGE_HELD", RunningAgent.Event(held));
        Assert.Equal("before-opening", RunningAgent.Field(held, "reason"));
        Assert.Equal("notice", Path.GetFileName(File.ResolveLinkTarget(agent.Current, false)!.FullName));
        // Nobody else can read a byte of it, not even its name.
        Assert.False(Can(AsNobody, "ls", agent.At("estado/held")));
        Assert.False(Can(AsNobody, "cat", agent.At($"estado/held/{RunningAgent.Field(held, "release")}/index.html")));
        Assert.False(Can(AsNobody, "ls", agent.At("estado/staging")));
        Assert.False(Can(AsNobody, "ls", agent.At("estado/vault")));

        var opened = agent.Await("GATE_OPENED", "CORTE_PUBLISHED");
        Assert.Equal("GATE_OPENED", RunningAgent.Event(opened));
        Assert.True(Time(opened, "earliest") >= agent.Opens);
        var published = agent.Await("CORTE_PUBLISHED");
        Assert.True(At(published) >= agent.Opens);
        Assert.Equal(package.Files["index.html"], File.ReadAllText(agent.Current + "/index.html"));
        Assert.True(Can(AsNobody, "cat", agent.Current + "/index.html"));
        Assert.Equal((0, ""), (agent.Command("journal", "verify").ExitCode, agent.Command("journal", "verify").Errors));
        Assert.Equal(0, agent.Stop());
    }

    [Fact]
    public void TheNightGoesOnCorteByCorte()
    {
        using var first = new Chronyd();
        using var second = new Chronyd();
        using var agent = new RunningAgent(InSeconds(-7200), [first.Address, second.Address], "drop: {settle: 300ms}")
            .Start();
        agent.Await("GATE_OPENED");
        var opens = agent.Opens;

        var one = new TestPackage(opens.AddMinutes(20)).Deliver(agent.Drop);
        Assert.Equal(Iso(opens.AddMinutes(20)), RunningAgent.Field(agent.Await("CORTE_PUBLISHED"), "corte"));

        new TestPackage(opens.AddMinutes(40)).Deliver(agent.Drop, package => package.Files["seccion/0002.html"] += " ");
        var rejected = agent.Await("PACKAGE_REJECTED", "CORTE_PUBLISHED");
        Assert.Equal("PACKAGE_REJECTED", RunningAgent.Event(rejected));
        Assert.Contains("digest-mismatch", RunningAgent.Field(rejected, "reasons"), StringComparison.Ordinal);
        Assert.Contains("seccion/0002.html", RunningAgent.Field(rejected, "reasons"), StringComparison.Ordinal);
        Assert.Equal(one.Files["index.html"], File.ReadAllText(agent.Current + "/index.html"));

        var newer = new TestPackage(opens.AddMinutes(60)).Deliver(agent.Drop);
        Assert.Equal(Iso(opens.AddMinutes(60)), RunningAgent.Field(agent.Await("CORTE_PUBLISHED"), "corte"));

        new TestPackage(opens).Deliver(agent.Drop);
        var older = agent.Await("PACKAGE_SUPERSEDED", "CORTE_PUBLISHED");
        Assert.Equal("PACKAGE_SUPERSEDED", RunningAgent.Event(older));
        Assert.Equal(newer.Files["index.html"], File.ReadAllText(agent.Current + "/index.html"));

        Assert.Equal(
            Iso(opens.AddMinutes(60)),
            Iso(DateTimeOffset.Parse((string)agent.Status()["published"]!["corte"]!, CultureInfo.InvariantCulture)));
        Assert.Equal(0, agent.Stop());
        var acuse = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(agent.At($"acuses/{newer.Name}.json")))!;
        Assert.Equal("published", (string?)acuse["state"]);
        Assert.Equal(
            "superseded",
            (string?)System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(agent.At("acuses/ultimo.json")))!["state"]);
    }

    [Fact]
    public void ServersThatAreSilentFromTheStartKeepTheGateClosedAndNothingElse()
    {
        using var agent = new RunningAgent(InSeconds(-3600), ["127.0.0.1:9", "127.0.0.1:19"]).Start();
        new TestPackage(agent.Opens.AddMinutes(20)).Deliver(agent.Drop);
        Assert.Equal(
            "clock-unsynchronized", RunningAgent.Field(agent.Await("PACKAGE_HELD", "CORTE_PUBLISHED"), "reason"));
        Assert.Equal("closed", (string?)agent.Status()["gate"]!["state"]);
        Assert.Equal("notice", Path.GetFileName(File.ResolveLinkTarget(agent.Current, false)!.FullName));
    }

    [Fact]
    public void TwoServersOfWhichOneLiesOpenNothing()
    {
        using var honest = new Chronyd();
        using var liar = new Chronyd("+1h");
        using var agent = new RunningAgent(InSeconds(1800), [honest.Address, liar.Address]).Start();
        new TestPackage(agent.Opens).Deliver(agent.Drop);
        Assert.Equal(
            "clock-unsynchronized", RunningAgent.Field(agent.Await("PACKAGE_HELD", "CORTE_PUBLISHED"), "reason"));
    }

    [Fact]
    public void AnOpeningThatWasProvenStandsAfterARestartWithoutAnyServer()
    {
        using var first = new Chronyd();
        var second = new Chronyd();
        using var agent = new RunningAgent(InSeconds(-3600), [first.Address, second.Address]).Start();
        agent.Await("GATE_OPENED");
        agent.Stop();
        second.Dispose();
        first.Dispose();
        agent.Start();
        new TestPackage(agent.Opens.AddMinutes(20)).Deliver(agent.Drop);
        Assert.Equal("CORTE_PUBLISHED", RunningAgent.Event(agent.Await("CORTE_PUBLISHED", "PACKAGE_HELD")));
    }

    [Fact]
    public void ADaemonThatIsKilledAfterThePublicationStartsWithTheSameSite()
    {
        using var first = new Chronyd();
        using var second = new Chronyd();
        using var agent = new RunningAgent(InSeconds(-3600), [first.Address, second.Address]).Start();
        agent.Await("GATE_OPENED");
        var package = new TestPackage(agent.Opens.AddMinutes(20)).Deliver(agent.Drop);
        agent.Await("CORTE_PUBLISHED");
        agent.Stop(Mono.Unix.Native.Signum.SIGKILL);
        Assert.Equal(package.Files["index.html"], File.ReadAllText(agent.Current + "/index.html"));
        agent.Start();
        var next = new TestPackage(agent.Opens.AddMinutes(40)).Deliver(agent.Drop);
        Assert.Equal(next.Name, RunningAgent.Field(agent.Await("CORTE_PUBLISHED"), "package"));
        Assert.Single(
            agent.Journal(), record =>
            RunningAgent.Event(record) == "CORTE_PUBLISHED"
            && RunningAgent.Field(record, "package") == package.Name);
        Assert.Equal(0, agent.Command("journal", "verify").ExitCode);
    }

    [Fact]
    public void TheWholeAgentRunsUnprivilegedBelowOneFolder()
    {
        using var first = new Chronyd();
        using var second = new Chronyd();
        using var agent = new RunningAgent(InSeconds(-3600), [first.Address, second.Address], wrapper: AsNobody);
        Assert.True(Can([], "chown", "-R", "65534:65534", agent.Folder));
        agent.Start();
        agent.Await("GATE_OPENED");
        new TestPackage(agent.Opens.AddMinutes(20)).Deliver(agent.Drop);
        agent.Await("CORTE_PUBLISHED");
    }

    static DateTimeOffset At(System.Text.Json.Nodes.JsonNode record) =>
        DateTimeOffset.Parse((string)record["at"]!, CultureInfo.InvariantCulture);

    static DateTimeOffset Time(System.Text.Json.Nodes.JsonNode record, string field) =>
        DateTimeOffset.Parse(RunningAgent.Field(record, field)!, CultureInfo.InvariantCulture);

    static string Iso(DateTimeOffset at) =>
        at.ToOffset(TimeSpan.FromHours(-6)).ToString("yyyy-MM-dd'T'HH:mm:00zzz", CultureInfo.InvariantCulture);

    static bool Can(string[] wrapper, params string[] command)
    {
        string[] all = [.. wrapper, .. command];
        return Bounded.Run(all[0], all[1..]).ExitCode == 0;
    }
}
