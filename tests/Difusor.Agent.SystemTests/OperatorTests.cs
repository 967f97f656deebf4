using System.Text.Json.Nodes;
using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests;

/// <summary>The operator's commands through the socket of a real daemon, and who may give them.</summary>
public sealed class OperatorTests(OpenedNight night) : IClassFixture<OpenedNight>
{
    const string First = "first", Second = "second";

    [Fact]
    public void GoingBackHoldingAndResuming()
    {
        using var agent = night.Agent().StartWhole();
        var second = Publish(agent, 40);
        Assert.Equal(2, Releases(agent).Count);

        Does(agent, "releases", "activate", Corte(20), "--reason", "acta ilegible");
        Assert.Equal(First, night.Served(agent, second));
        var action = agent.Journal().Last(record => RunningAgent.Event(record) == "OPERATOR_ACTION");
        Assert.Equal(("activate", "0", "root", "acta ilegible"), Who(action));
        var third = Publish(agent, 60); // without a hold the next newer corte replaces it
        Assert.Equal(Second, night.Served(agent, third));

        Does(agent, "releases", "activate", Corte(40), "--reason", "prueba", "--hold");
        Assert.Equal(Second, night.Served(agent, second));
        Assert.NotNull(agent.AwaitStatus(status => status["hold"] is not null));
        var fourth = night.Package(80, " 80").Deliver(agent.Drop);
        Assert.Equal("operator-hold", RunningAgent.Field(agent.Await("PACKAGE_HELD"), "reason"));
        Assert.Equal(0, agent.Stop());
        agent.StartWhole(); // a hold outlives a restart
        Assert.Equal(Second, night.Served(agent, second));
        Does(agent, "releases", "resume");
        Assert.Equal(Second, night.Served(agent, fourth));
        Assert.Equal(1, agent.Command("releases", "resume").ExitCode); // there is no hold any more
        Assert.Equal(1, agent.Command("releases", "activate", Corte(500), "--reason", "no hay").ExitCode);
        Assert.Equal(0, agent.Command("journal", "verify").ExitCode);
    }

    [Fact]
    public void TakingTheSiteDownWithinTheWindowNeedsForce()
    {
        using var agent = night.Agent().StartWhole();
        var refused = agent.Command("withdraw", "--reason", "prueba");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--force", refused.Errors + refused.Output, StringComparison.Ordinal);
        Assert.Equal(First, night.Served(agent, night.Package(40, "")));
        Does(agent, "withdraw", "--reason", "orden del instituto", "--force");
        Assert.Equal("notice", new DirectoryInfo(agent.Current).LinkTarget);
        Assert.Equal(
            ("withdraw", "0", "root", "orden del instituto"),
            Who(agent.Journal().Last(record => RunningAgent.Event(record) == "OPERATOR_ACTION")));
        agent.Stop();
        var began = DateTimeOffset.UtcNow;
        agent.StartWhole();
        Assert.Equal("notice", new DirectoryInfo(agent.Current).LinkTarget);
        // Nothing is overdue that the operator has just taken down: the loop has looked once.
        agent.AwaitStatus(status => (DateTimeOffset)status["written_at"]! > began.AddSeconds(6));
        Assert.DoesNotContain(agent.Journal(), record => RunningAgent.Event(record) == "CORTE_OVERDUE");
        // before keep_until always, whatever is shown
        Assert.Equal(1, agent.Command("withdraw", "--reason", "otra vez").ExitCode);
    }

    [Fact]
    public void AHeldCorteOfTheFutureIsNotWhatAnOperatorGoesBackFrom()
    {
        using Chronyd one = new(), two = new();
        using var agent = night.Agent(servers: [one.Address, two.Address]).StartWhole();
        agent.Await("CLOCK_SYNCHRONIZED");
        Publish(agent, 40);
        night.Package(240, " 240").Deliver(agent.Drop);
        Assert.Equal("future-corte", RunningAgent.Field(agent.Await("PACKAGE_HELD"), "reason"));
        Does(agent, "releases", "activate", Corte(20), "--reason", "acta ilegible");
        Publish(agent, 60); // the next newer corte replaces it
        Assert.Single(
            agent.AwaitStatus(status => (string?)status["published"]!["corte"] == Corte(60))["held"]!.AsArray());

        Does(agent, "withdraw", "--reason", "orden del instituto", "--force");
        night.Package(80, " 80").Deliver(agent.Drop);
        Assert.Equal("operator-hold", RunningAgent.Field(agent.Await("PACKAGE_HELD"), "reason"));
        Does(agent, "releases", "resume");
        Assert.Equal(Corte(80), RunningAgent.Field(agent.Await("CORTE_PUBLISHED"), "corte"));
        // all had their say before
        Assert.DoesNotContain(agent.Journal(), record => RunningAgent.Event(record) == "PACKAGE_SUPERSEDED");
    }

    [Fact]
    public void AClockThatIsWaivedLetsOutWhatWaitsForIt()
    {
        using var agent = new RunningAgent(night.Opens, ["127.0.0.1:9", "127.0.0.1:19"]).Start();
        var package = night.Package(20, "").Deliver(agent.Drop);
        Assert.Equal("clock-unsynchronized", RunningAgent.Field(agent.Await("PACKAGE_HELD"), "reason"));
        var path = Path.Combine(agent.Drop, package.Name);
        Assert.Equal(1, agent.Command("publish", path, "--reason", "sin NTP").ExitCode);
        Does(agent, "publish", path, "--reason", "sin NTP", "--waive", "clock-unsynchronized");
        Assert.Equal(Corte(20), RunningAgent.Field(agent.Await("CORTE_PUBLISHED"), "corte"));
    }

    [Fact]
    public void PublishingByHandWaivesWhatMayBeWaived()
    {
        using var agent = night.Agent(yaml: "drop: {settle: 300ms}").StartWhole();
        var package = night.Package(40, " 40")
            .Deliver(agent.Drop, added => added.Files["sobra.html"] = "<p>sin HASH</p>\n");
        Assert.Contains(
            "uncovered-file", RunningAgent.Field(agent.Await("PACKAGE_REJECTED"), "reasons"), StringComparison.Ordinal);
        Does(agent, "retry"); // nothing has changed: rejected again
        agent.Await("PACKAGE_REJECTED");
        var path = Path.Combine(agent.Drop, package.Name);
        Assert.NotEqual(0, agent.Command("publish", path, "--reason", "prueba", "--waive", "digest-mismatch").ExitCode);
        var refused = agent.Command("publish", path, "--reason", "prueba");
        Assert.Equal(1, refused.ExitCode);
        // says what would mend it
        Assert.Contains("hashes.require_full_coverage", refused.Errors, StringComparison.Ordinal);
        Does(agent, "publish", path, "--reason", "archivo de prueba", "--waive", "uncovered-file");
        Assert.True(File.Exists(agent.Current + "/sobra.html"));
        var action = agent.Journal().Last(record => RunningAgent.Event(record) == "OPERATOR_ACTION");
        Assert.Equal("uncovered-file", (string?)action["fields"]!["waived"]![0]);
    }

    [Fact]
    public void AMemberOfTheGroupMayAndAStrangerMayNot()
    {
        Assert.SkipUnless(Environment.UserName == "root", "other accounts need root");
        const int group = 54321;
        using var folder = new OwnEtcGroup(group);
        using var agent = night.Agent(folder.Wrapper);
        agent.StartWhole();
        string[] ask = [Binary.Path, "releases", "list", "--config", agent.Configuration];
        string[] activate =
            [Binary.Path, "releases", "activate", Corte(20), "--reason", "de nobody", "--config", agent.Configuration];
        Assert.SkipUnless(
            folder.As(["--clear-groups"], Binary.Path, "--version") == 0,
            "another account cannot enter this working copy");
        Assert.NotEqual(0, folder.As(["--clear-groups"], ask));
        Assert.NotEqual(0, folder.As(["--clear-groups"], activate));
        Assert.DoesNotContain(agent.Journal(), record => RunningAgent.Event(record) == "OPERATOR_ACTION");
        Assert.Equal(0, folder.As([$"--groups={group}"], ask));
        Assert.Equal(0, folder.As([$"--groups={group}"], activate));
        Assert.Equal(("activate", "65534", "nobody", "de nobody"), Who(agent.Await("OPERATOR_ACTION")));
    }

    [Fact]
    public void FoldersOnTwoFileSystemsAreRefusedWithBothNamed()
    {
        using var agent = night.Agent();
        using var other = new SmallDisk("1m", agent.At("estado/vault"));
        var (code, _, errors) = agent.Command("run");
        Assert.Equal(3, code);
        Assert.Contains(agent.At("estado/vault"), errors, StringComparison.Ordinal);
    }

    TestPackage Publish(RunningAgent agent, int minute)
    {
        var package = night.Package(minute, $" {minute}").Deliver(agent.Drop);
        agent.Await(
            record =>
            RunningAgent.Event(record) == "CORTE_PUBLISHED" && RunningAgent.Field(record, "corte") == Corte(minute),
            "corte");
        return package;
    }

    string Corte(int minute) =>
        night.Opens.AddMinutes(minute).ToOffset(TimeSpan.FromHours(-6)).ToString("yyyy-MM-dd'T'HH:mm:sszzz");

    static void Does(RunningAgent agent, params string[] command)
    {
        var (code, output, errors) = agent.Command(command);
        Assert.True(code == 0, $"{string.Join(' ', command)}: {code} {output}{errors}");
    }

    static JsonArray Releases(RunningAgent agent) =>
        JsonNode.Parse(agent.Command("releases", "list", "--json").Output)!["releases"]!.AsArray();

    static (string?, string?, string?, string?) Who(JsonNode record) => (
        RunningAgent.Field(record, "action"), RunningAgent.Field(record, "uid"), RunningAgent.Field(record, "name"),
        RunningAgent.Field(record, "reason"));
}
