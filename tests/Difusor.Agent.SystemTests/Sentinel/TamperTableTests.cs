using System.Diagnostics;
using Difusor.Agent.SystemTests.Harness;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.SystemTests.Sentinel;

/// <summary>
/// Every kind of tampering on the real binary, one after the other: found, healed, and served again byte for byte;
/// first as the kernel tells, then with the instant path switched off. 60 files under `make test`; 13,175 and the
/// bounds under `make tamper`.
/// </summary>
public sealed class TamperTableTests(ITestOutputHelper output)
{
    static readonly string? Asked = Environment.GetEnvironmentVariable("DIFUSOR_TAMPER_FILES");
    static bool Measures => Asked is { Length: > 0 };
    static int Files => Measures ? int.Parse(Asked!, CultureInfo.InvariantCulture) : 60;

    /// <summary>A tampering with these alters more than a hundred files.</summary>
    static readonly string[] WholeTree = ["RemoveTheTree", "ReplaceTheTree", .. AllTrees];

    /// <summary>The older release's tree goes too, and is healed after the one that readers get.</summary>
    static string[] AllTrees => ["RenameTheReleasesAway", "MoveTheRootAway", "LinkInPlaceOfTheRoot"];

    /// <summary>DIFUSOR_TAMPER_KINDS: some of them, by name, joined by commas; else all.</summary>
    static bool Wanted(string kind) =>
        Environment.GetEnvironmentVariable("DIFUSOR_TAMPER_KINDS") is not { Length: > 0 } some
        || some.Split(',').Contains(kind);

    [Fact]
    public void EachKindIsFoundAtOnceAndHealed() => Table(instant: true);

    [Fact]
    public void EachKindIsFoundByTheRescanWithoutAnyEvent() => Table(instant: false);

    /// <param name="instant">False: in a namespace of the agent's own, whose root may not take back a folder that was
    /// given to another.</param>
    void Table(bool instant)
    {
        var rescan = Measures ? instant ? "10s" : "3s" : instant ? "1s" : "250ms";
        using var scene = new TamperScene(Files, rescan, instant);
        scene.AwaitIntact();
        output.WriteLine(
            $"{(instant ? "instant" : "rescan only, every " + rescan)}, {Files} "
            + $"files{(instant ? $"; * no event: found by the rescan, every {rescan}" : "")}");
        output.WriteLine($"{"kind",-36} {"found after",12} {"healed after",12}");
        var late = new List<string>();
        foreach (var kind in Tamperings.All.Where(kind =>
            Wanted(kind.Name) && (!kind.NeedsRoot || Environment.IsPrivilegedProcess)
            && (instant || kind.Name != "GiveTheReleasesToAnother")))
        {
            var paths = scene.Paths();
            kind.Prepare?.Invoke(paths);
            var began = Stopwatch.GetTimestamp();
            var hand = Task.Run(() => kind.Do(paths), TestContext.Current.CancellationToken);
            scene.Agent.Await(
                record => RunningAgent.Event(record) == "TAMPER_DETECTED" && TamperScene.Tells(record, kind.Code),
                $"{kind.Name} found");
            var found = Stopwatch.GetElapsedTime(began);
            var healed = scene.Agent.Await("TAMPER_HEALED", "HEAL_FAILED");
            var after = Stopwatch.GetElapsedTime(began) - found;
            Assert.Equal(("TAMPER_HEALED", kind.Name), (RunningAgent.Event(healed), kind.Name));
            Bounded.Ended(hand, $"the end of {kind.Name}");
            if (AllTrees.Contains(kind.Name) && RunningAgent.Field(healed, "release") != scene.Older)
                scene.Agent.Await(
                    record =>
                    RunningAgent.Event(record) == "TAMPER_HEALED"
                    && RunningAgent.Field(record, "release") == scene.Older,
                    $"{kind.Name}: the older release healed");
            scene.AwaitServed();
            output.WriteLine(
                string.Create(
                CultureInfo.InvariantCulture,
                $"{(kind.Silent ? "* " : "") + kind.Name,-36} {found.TotalSeconds,10:0.000} s "
                + $"{after.TotalSeconds,10:0.000} s"));
            if (!Measures) continue;
            if (instant && !kind.Silent && found > TimeSpan.FromSeconds(1))
                late.Add($"{kind.Name} found after {found}");
            if (after > TimeSpan.FromSeconds(WholeTree.Contains(kind.Name) ? 10 : 2))
                late.Add($"{kind.Name} healed after {after}");
        }
        Assert.Empty(late);
    }
}
