using System.Text.RegularExpressions;

namespace Difusor.Agent.SystemTests.Store;

/// <summary>
/// SIGKILL at a mutating system call of a run that publishes a second corte. After it, and after each restart, a reader
/// finds a whole release; what was sealed is live after the restart without help, and the rest once the delivery is
/// looked at again. Renames and every 29th other call under `make test`, all of them under `make test-crash`
/// (DIFUSOR_CRASH=all).
/// </summary>
public sealed partial class KillTests(ITestOutputHelper output)
{
    [Fact]
    public void SwapSurvivesAKillAtEverySystemCall()
    {
        using var scene = new StoreScene();
        scene.PublishFirst();
        scene.Keep();
        var points = Points(scene);
        var all = Environment.GetEnvironmentVariable("DIFUSOR_CRASH") == "all";
        var chosen = points.Where((point, at) => all || point.Call is "rename" or "symlink" or "syncfs" || at % 29 == 0)
            .ToList();
        var (killed, sealedFirst) = (0, 0);
        foreach (var (call, number) in chosen)
        {
            var where = $"{call} number {number}";
            scene.StartAgain();
            var (status, _) = StoreScene.Run(["strace", "-f", "-o", "/dev/null", "-e", $"trace={call}",
                "-e", $"inject={call}:signal=KILL:when={number}", .. scene.PublishSecond]);
            if (status != 0) killed++;
            Assert.True(scene.Served() is "first" or "second", $"killed at {where}: {scene.Served()}");
            var isSealed = scene.SecondIsSealed();
            if (isSealed) sealedFirst++;
            StoreScene.Must(StoreScene.Run([StoreScene.Driver, "recover", scene.State]));
            Assert.True(
                scene.Served() == "second" || (!isSealed && scene.Served() == "first"),
                $"restarted after {where}: {scene.Served()}");
            Assert.True(scene.MapAgrees(), $"restarted after {where}: the map does not agree");
            StoreScene.Must(StoreScene.Run(scene.PublishSecond));
            Assert.True(
                scene.Served() == "second" && scene.MapAgrees(), $"published again after {where}: {scene.Served()}");
        }
        output.WriteLine(
            $"{chosen.Count} of {points.Count} kill points, {killed} killed, {sealedFirst} after the sealing: 100 % "
            + $"whole");
        Assert.True(killed > 0);
    }

    /// <summary>Every mutating call of the run: strace counts each kind by itself.</summary>
    static List<(string Call, int Number)> Points(StoreScene scene)
    {
        scene.StartAgain();
        StoreScene.Must(
            StoreScene.Run(
            ["strace", "-f", "-o", scene.Trace, "-e", $"trace={string.Join(',', StoreScene.Mutating)}",
            .. scene.PublishSecond]));
        var calls = File.ReadLines(scene.Trace).Select(line => Call().Match(line)).Where(match => match.Success)
            .GroupBy(match => (Thread: match.Groups[1].Value, Name: match.Groups[2].Value))
                .GroupBy(thread => thread.Key.Name);
        return [.. calls.SelectMany(
            call => Enumerable.Range(1, call.Max(thread => thread.Count())).Select(number => (call.Key, number)))];
    }

    [GeneratedRegex(@"^(\d+) +(\w+)\(")]
    private static partial Regex Call();
}
