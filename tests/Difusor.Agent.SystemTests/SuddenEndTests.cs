using System.Text.Json.Nodes;
using Difusor.Agent.SystemTests.Harness;
using Mono.Unix.Native;

namespace Difusor.Agent.SystemTests;

/// <summary>The real agent is ended without a word while it has deliveries in hand.</summary>
public sealed class SuddenEndTests(OpenedNight night, ITestOutputHelper output) : IClassFixture<OpenedNight>
{
    const string Suspect = "20210606_2000_PREP_SOSPECHOSO";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Waits until the agent has said on disk that it has a delivery in hand: before it has staged anything of it.
    /// </summary>
    static void AwaitInHand(RunningAgent agent, string delivery)
    {
        using var watcher = new FileSystemWatcher(agent.At("estado"), "in-hand.json") { EnableRaisingEvents = true };
        for (var until = DateTime.UtcNow + Patience; DateTime.UtcNow < until;
        watcher.WaitForChanged(WatcherChangeTypes.All, 500))
            if (File.Exists(agent.At("estado/in-hand.json"))
                && File.ReadAllText(agent.At("estado/in-hand.json"))
                .Contains($"\"{delivery}\"", StringComparison.Ordinal)) return;
        throw new InvalidOperationException(
            $"{delivery} was never in hand: {File.ReadAllText(agent.At("estado/in-hand.json"))}");
    }

    static JsonNode Started(RunningAgent agent) =>
        agent.Journal().Last(record => RunningAgent.Event(record) == "AGENT_STARTED");

    /// <summary>
    /// A delivery that stays in hand for as long as it settles: its manifest names a file that is not there.
    /// </summary>
    static void Deliver(RunningAgent agent, string name)
    {
        Directory.CreateDirectory(Path.Combine(agent.Drop, "." + name));
        File.WriteAllText(Path.Combine(agent.Drop, "." + name, "index.html"), "<p>página</p>");
        File.WriteAllText(Path.Combine(agent.Drop, "." + name, "SHA256SUMS"), $"{new string('0', 64)}  falta.html\n");
        Directory.Move(Path.Combine(agent.Drop, "." + name), Path.Combine(agent.Drop, name));
    }

    [Fact]
    public void TwoDeathsWithItAloneInHandSetADeliveryAsideUntilRetry()
    {
        using var agent = night.Agent();
        agent.StartWhole();
        Deliver(agent, Suspect);
        for (var death = 1; death <= 2; death++)
        {
            AwaitInHand(agent, Suspect);
            agent.Stop(Signum.SIGKILL);
            agent.StartWhole();
            Assert.Equal(
                ("ended", Suspect),
                (RunningAgent.Field(Started(agent), "previous"),
                Started(agent)["fields"]!["in_hand"]![0]!.GetValue<string>()));
        }
        Assert.Contains(
            agent.Journal(), record =>
            RunningAgent.Event(record) == "DELIVERY_SET_ASIDE" && RunningAgent.Field(record, "package") == Suspect);
        agent.AwaitStatus(
            status =>
            status["deliveries"]!.AsArray()
            .Any(one => (string?)one!["package"] == Suspect && (string?)one["state"] == "set-aside"));
        Assert.Contains(
            "DELIVERY_SET_ASIDE", agent.Status()["troubles"]!.AsArray().Select(trouble => (string?)trouble!["event"]));
        var second = night.Package(40, " 20:40").Deliver(agent.Drop);
        agent.Await("CORTE_PUBLISHED");
        Assert.Equal("second", night.Served(agent, second));
        Assert.Equal(0, agent.Command("retry").ExitCode);
        AwaitInHand(agent, Suspect);
        agent.AwaitStatus(
            status => !status["troubles"]!.AsArray()
                .Any(trouble => (string?)trouble!["event"] == "DELIVERY_SET_ASIDE"));
        // A stop in good order counts for nobody.
        Assert.Equal(0, agent.Stop());
        agent.StartWhole();
        Assert.Equal("stopped", RunningAgent.Field(Started(agent), "previous"));
        AwaitInHand(agent, Suspect);
    }

    [Fact]
    public void APowerCutIsToldAndBlamesNobody()
    {
        using var agent = night.Agent();
        for (var cut = 1; cut <= 3; cut++)
        {
            agent.StartWhole();
            if (cut == 1) Deliver(agent, Suspect);
            AwaitInHand(agent, Suspect);
            agent.Stop(Signum.SIGKILL);
            var mark = JsonNode.Parse(File.ReadAllText(agent.At("estado/run.json")))!;
            mark["boot"] = "of another boot";
            File.WriteAllText(agent.At("estado/run.json"), mark.ToJsonString());
        }
        agent.StartWhole();
        Assert.Equal("reboot", RunningAgent.Field(Started(agent), "previous"));
        AwaitInHand(agent, Suspect);
        Assert.DoesNotContain(agent.Journal(), record => RunningAgent.Event(record) == "DELIVERY_SET_ASIDE");
    }

    [Fact]
    public void DeathsWithSeveralInHandBlameNone()
    {
        using var agent = night.Agent();
        agent.StartWhole();
        Deliver(agent, Suspect + "_1");
        AwaitInHand(agent, Suspect + "_1");
        Deliver(agent, Suspect + "_2");
        AwaitInHand(agent, Suspect + "_2");
        agent.Stop(Signum.SIGKILL);
        agent.StartWhole();
        Assert.Equal(2, Started(agent)["fields"]!["in_hand"]!.AsArray().Count);
        night.Package(40, " 20:40").Deliver(agent.Drop);
        agent.Await("CORTE_PUBLISHED");
        Assert.DoesNotContain(agent.Journal(), record => RunningAgent.Event(record) == "DELIVERY_SET_ASIDE");
        output.WriteLine($"threads: {Directory.GetDirectories($"/proc/{agent.Process!.Id}/task").Length}");
    }
}
