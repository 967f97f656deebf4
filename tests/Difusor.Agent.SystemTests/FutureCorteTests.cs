using System.Text.Json.Nodes;
using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests;

/// <summary>A sender whose cortes lie hours ahead: a typing error, a test, or somebody who wants the disk.</summary>
public sealed class FutureCorteTests(OpenedNight night) : IClassFixture<OpenedNight>
{
    [Fact]
    public void ASenderOfFutureCortesIsHeldToAFewAndAnOperatorRemovesThem()
    {
        using Chronyd one = new(), two = new();
        using var agent = night.Agent(
            yaml: "limits: {min_free: 1MiB, future_releases: 2}", servers: [one.Address, two.Address]).StartWhole();
        agent.Await("CLOCK_SYNCHRONIZED");
        foreach (var minute in new[] { 300, 320 })
        {
            night.Package(minute, $" {minute}").Deliver(agent.Drop);
            Assert.Equal("future-corte", RunningAgent.Field(agent.Await("PACKAGE_HELD"), "reason"));
        }
        night.Package(340, " 340").Deliver(agent.Drop);
        Assert.Equal("future-corte", (string?)agent.Await("PACKAGE_REJECTED")["fields"]!["reasons"]![0]!["code"]);
        night.Package(40, " 40").Deliver(agent.Drop);
        Assert.Equal(Corte(40), RunningAgent.Field(agent.Await("CORTE_PUBLISHED"), "corte"));

        var (live, held) = (Release(agent, "live"), Release(agent, "held"));
        Assert.Equal(1, agent.Command("releases", "remove", live, "--reason", "prueba").ExitCode);
        Assert.Equal(1, agent.Command("releases", "remove", "20210101-0000-9999", "--reason", "prueba").ExitCode);
        Assert.Equal(0, agent.Command("releases", "remove", held, "--reason", "corte de prueba").ExitCode);
        var action = agent.Journal().Last(record => RunningAgent.Event(record) == "OPERATOR_ACTION");
        Assert.Equal(("remove", held, "corte de prueba"), (
            RunningAgent.Field(action, "action"), RunningAgent.Field(action, "release"),
            RunningAgent.Field(action, "reason")));
        Assert.Single(agent.AwaitStatus(status => status["held"]!.AsArray().Count == 1)["held"]!.AsArray());
        Assert.Equal(0, agent.Command("retry").ExitCode); // there is a place for it now
        Assert.Equal("future-corte", RunningAgent.Field(agent.Await("PACKAGE_HELD"), "reason"));
    }

    [Fact]
    public void ADiskFullOfFutureCortesTakesTheGenuineOne()
    {
        using Chronyd one = new(), two = new();
        using var agent = night.Agent(yaml: "limits: {min_free: 12MiB}", servers: [one.Address, two.Address]);
        using var disk = new SmallDisk("64m", agent.At("estado"));
        night.Restore(agent);
        Directory.CreateDirectory(agent.At("estado/journal"));
        agent.StartWhole();
        agent.Await("CLOCK_SYNCHRONIZED");
        foreach (var minute in new[] { 300, 320 })
        {
            var package = night.Package(minute, "");
            package.Files["relleno.html"] = new string((char)('a' + (minute / 20 % 20)), 9 << 20);
            package.Deliver(agent.Drop);
            Assert.Equal("future-corte", RunningAgent.Field(agent.Await("PACKAGE_HELD"), "reason"));
        }
        var genuine = night.Package(40, " 40");
        genuine.Files["relleno.html"] = new string('z', 13 << 20);
        genuine.Deliver(agent.Drop);
        Assert.Equal(Corte(40), RunningAgent.Field(agent.Await("CORTE_PUBLISHED"), "corte"));
        var told = agent.Journal().Select(RunningAgent.Event).ToList();
        Assert.Contains("STORAGE_LOW", told);
        // As few as must go, the latest first.
        var gone = agent.Journal().Where(record => RunningAgent.Event(record) == "PACKAGE_REJECTED").ToList();
        Assert.Equal(Corte(320), RunningAgent.Field(gone[0], "corte"));
        Assert.All(gone, record => Assert.Equal("no-room", (string?)record["fields"]!["reasons"]![0]!["code"]));
    }

    /// <summary>A log fills the disk: what is held is not given up for it, and is published at its time.</summary>
    [Fact]
    public void ADiskThatSomethingElseFillsCostsNoHeldCorte()
    {
        using Chronyd one = new(), two = new();
        using var agent = night.Agent(yaml: "limits: {min_free: 12MiB}", servers: [one.Address, two.Address]);
        using var disk = new SmallDisk("64m", agent.At("estado"));
        night.Restore(agent);
        Directory.CreateDirectory(agent.At("estado/journal"));
        agent.StartWhole();
        agent.Await("CLOCK_SYNCHRONIZED");
        night.Package(300, " 300").Deliver(agent.Drop);
        agent.Await("PACKAGE_HELD");
        disk.Fill();
        agent.Await("STORAGE_LOW");
        night.Package(40, " 40").Deliver(agent.Drop);
        // Room is asked for each second; what is held would go at the fourth time.
        var begun = DateTimeOffset.Parse((string)agent.Status()["written_at"]!, CultureInfo.InvariantCulture);
        agent.AwaitStatus(status => DateTimeOffset.Parse((string)status["written_at"]!, CultureInfo.InvariantCulture)
            >= begun + TimeSpan.FromSeconds(8));
        disk.Empty();
        Assert.Equal(Corte(40), RunningAgent.Field(agent.Await("CORTE_PUBLISHED"), "corte"));
        Assert.Single(agent.AwaitStatus(status => status["held"]!.AsArray().Count == 1)["held"]!.AsArray());
        Assert.DoesNotContain("PACKAGE_REJECTED", agent.Journal().Select(RunningAgent.Event));
    }

    string Corte(int minute) =>
        night.Opens.AddMinutes(minute).ToOffset(TimeSpan.FromHours(-6)).ToString("yyyy-MM-dd'T'HH:mm:sszzz");

    static string Release(RunningAgent agent, string state) =>
        (string)JsonNode.Parse(agent.Command("releases", "list", "--json").Output)!["releases"]!.AsArray()
            .First(release => (string?)release!["state"] == state)!["release"]!;
}
