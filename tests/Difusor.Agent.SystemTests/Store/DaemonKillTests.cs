using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Difusor.Agent.SystemTests.Harness;
using Mono.Unix.Native;

namespace Difusor.Agent.SystemTests.Store;

/// <summary>
/// SIGKILL at a mutating system call of the real <c>difusor-agent run</c>, from its start over the publication of a
/// second corte (20 of 60 files changed) to its end. Before the restart a reader finds a whole release; after it the
/// second is live without help, and the journal's chain holds. A sample under `make test`, all of them under `make
/// test-crash` (DIFUSOR_CRASH=all).
/// </summary>
public sealed partial class DaemonKillTests(OpenedNight night, ITestOutputHelper output) : IClassFixture<OpenedNight>
{
    static readonly string[] Mutating = [.. StoreScene.Mutating, "pwrite64", "fdatasync", "ftruncate", "fallocate"];

    [Fact]
    public void TheDaemonSurvivesAKillAtAnySystemCallOfAPublication()
    {
        var points = Points();
        var all = Environment.GetEnvironmentVariable("DIFUSOR_CRASH") == "all";
        var chosen = points.Where((_, at) => all || at % 20 == 0).ToList();
        var outcomes = new ConcurrentDictionary<string, int>();
        var scenes = new ConcurrentBag<(RunningAgent Agent, TestPackage Second)>();
        try
        {
            Parallel.ForEach(
                Partitioner.Create(chosen, EnumerablePartitionerOptions.NoBuffering),
                new() { MaxDegreeOfParallelism = Environment.ProcessorCount }, point =>
            {
                if (!scenes.TryTake(out var scene)) scene = Scene();
                outcomes.AddOrUpdate(KillAt(scene.Agent, scene.Second, point), 1, (_, count) => count + 1);
                scenes.Add(scene);
            });
        }
        finally
        {
            foreach (var (agent, _) in scenes) agent.Dispose();
        }
        output.WriteLine(
            $"daemon: {chosen.Count} of {points.Count} kill points, "
            + $"{string.Join(", ", outcomes.Select(one => $"{one.Value} {one.Key}"))}: 100 % whole");
        Assert.Contains(outcomes.Keys, outcome => outcome.StartsWith("killed", StringComparison.Ordinal));
    }

    string Corte => new Packages.Corte(night.Opens.AddMinutes(40).ToOffset(TimeSpan.FromHours(-6))).ToString();

    (RunningAgent, TestPackage) Scene()
    {
        var agent = night.Agent();
        return (agent, night.Package(40, " 20:40").Deliver(agent.Drop));
    }

    string KillAt(RunningAgent agent, TestPackage second, (string Call, int Number) point)
    {
        var where = $"{point.Call} number {point.Number}";
        night.Restore(agent);
        agent.Launch(
            "strace", "-f", "-o", "/dev/null", "-e", $"trace={point.Call}", "-e",
            $"inject={point.Call}:signal=KILL:when={point.Number}");
        var reached = !agent.PublishesOrEnds(Corte) || !EndsByItself(agent);
        agent.Reap();
        var found = night.Served(agent, second);
        Assert.True(found is "first" or "second", $"killed at {where}: {found}");
        agent.Start();
        Assert.True(agent.PublishesOrEnds(Corte), $"restarted after {where}: it ended\n{agent.Errors}");
        Assert.True(night.Served(agent, second) == "second", $"restarted after {where}: {night.Served(agent, second)}");
        Assert.True(OpenedNight.MapAgrees(agent), $"restarted after {where}: the map does not agree");
        agent.Stop(Signum.SIGKILL);
        var verified = agent.Command("journal", "verify");
        Assert.True(verified.ExitCode == 0, $"restarted after {where}: {verified.Output}{verified.Errors}");
        return !reached ? "ended first" : $"killed with the {found} live";
    }

    /// <summary>Told to end, as systemd would: the calls of an orderly end are kill points too.</summary>
    static bool EndsByItself(RunningAgent agent)
    {
        agent.Signal(Signum.SIGTERM);
        return Bounded.Ended(agent.Process!) == 0;
    }

    /// <summary>Every mutating call of an undisturbed run; strace counts each kind by itself, in each thread.</summary>
    List<(string Call, int Number)> Points()
    {
        var (agent, _) = Scene();
        using (agent)
        {
            agent.Launch("strace", "-f", "-o", agent.At("trace"), "-e", $"trace={string.Join(',', Mutating)}");
            Assert.True(agent.PublishesOrEnds(Corte) && EndsByItself(agent), agent.Errors);
            agent.Reap();
            var calls = File.ReadLines(agent.At("trace")).Select(line => Call().Match(line))
                .Where(match => match.Success)
                .GroupBy(match => (Thread: match.Groups[1].Value, Name: match.Groups[2].Value))
                    .GroupBy(thread => thread.Key.Name);
            return [.. calls.SelectMany(
                call => Enumerable.Range(1, call.Max(thread => thread.Count())).Select(number => (call.Key, number)))];
        }
    }

    [GeneratedRegex(@"^(\d+) +(\w+)\(")]
    private static partial Regex Call();
}
