using System.Diagnostics;
using System.Text.Json.Nodes;
using Mono.Unix.Native;

namespace Difusor.Agent.SystemTests.Sentinel;

/// <summary>
/// Tamperings at random, one after the other: each is found and told in the journal, and healed. 60 under `make test`,
/// 3,000 under `make tamper`.
/// </summary>
public sealed class RandomTamperTests(ITestOutputHelper output)
{
    static int Times =>
        int.Parse(Environment.GetEnvironmentVariable("DIFUSOR_TAMPERINGS") ?? "60", CultureInfo.InvariantCulture);
    static int Seed =>
        int.Parse(Environment.GetEnvironmentVariable("DIFUSOR_SEED") ?? "1", CultureInfo.InvariantCulture);

    [Fact]
    public void EachIsFoundToldAndHealed()
    {
        using var scene = new TamperScene(files: 40, rescan: "200ms");
        scene.AwaitIntact();
        var random = new Random(Seed);
        var wanted = new Dictionary<(string Code, string Path), int>();
        var began = Stopwatch.GetTimestamp();
        for (var time = 0; time < Times; time++)
        {
            var done = Tamper(scene, random, time);
            wanted[done] = wanted.GetValueOrDefault(done) + 1;
            // Readers have the package again: that alone says that it was found, whatever the journal is still to tell.
            Assert.True(
                Restored(scene),
                $"tampering {time}: {done} was not healed; the journal ends with "
                + $"{string.Join('\n', scene.Agent.Journal().TakeLast(4))}");
        }
        var told = Told(scene, wanted);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Times} tamperings at random (seed {Seed}): "
                + $"{told.Sum(one => Math.Min(one.Value, wanted.GetValueOrDefault(one.Key)))} found and told, "
                + $"{Times} healed, in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
        Assert.All(
            wanted, one =>
            Assert.True(
            told.GetValueOrDefault(one.Key) >= one.Value,
            $"{one.Key}: {one.Value} done, {told.GetValueOrDefault(one.Key)} told"));
        scene.AwaitServed();
    }

    /// <returns>What the journal must tell of it.</returns>
    static (string Code, string Path) Tamper(TamperScene scene, Random random, int time)
    {
        var tree = scene.LiveTree;
        var files = scene.Expected.Keys.Where(path => path.Contains('.', StringComparison.Ordinal)).ToList();
        var file = files[random.Next(files.Count)];
        var path = Path.Combine(tree, file);
        switch (random.Next(10))
        {
            case 0:
                File.AppendAllText(path, $"evil {time}");
                return ("changed", file);
            case 1:
                using (var open = new FileStream(path, FileMode.Open, FileAccess.Write)) open.Write("#"u8);
                return ("changed", file);
            case 2:
                Assert.Equal(0, Syscall.truncate(path, 0));
                return ("changed", file);
            case 3:
                var fresh = Path.Combine(scene.Paths().Elsewhere, "evil");
                File.WriteAllText(fresh, $"evil {time}");
                Assert.Equal(0, Syscall.rename(fresh, path));
                return ("changed", file);
            case 4:
                File.Delete(path);
                return ("removed", file);
            case 5:
                File.WriteAllText(Path.Combine(tree, $"evil-{time}.html"), "evil");
                return ("added", $"evil-{time}.html");
            case 6:
                Assert.Equal(0, Syscall.chmod(path, (FilePermissions)0x1B6));
                return ("mode", file);
            case 7:
                var leading = Path.Combine(scene.Paths().Elsewhere, "evil");
                File.CreateSymbolicLink(leading, "/etc/hostname");
                Assert.Equal(0, Syscall.rename(leading, path));
                return ("type", file);
            case 8:
                var link = Path.Combine(scene.Paths().Elsewhere, "hidden");
                Assert.Equal(0, Syscall.link(path, link));
                using (var open = new FileStream(link, FileMode.Open, FileAccess.Write)) open.Write("#"u8);
                return ("changed", file);
            default:
                File.Delete(Path.Combine(scene.Root, "current"));
                return ("link", "current");
        }
    }

    static bool Restored(TamperScene scene)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(30); DateTime.UtcNow < deadline;)
        {
            try
            {
                scene.AssertServed();
                return true;
            }
            catch (Exception altered)
                when (altered is Xunit.Sdk.XunitException or IOException or UnauthorizedAccessException)
            {
                // Not yet.
            }
        }
        return false;
    }

    /// <summary>
    /// Noise is held back for ten seconds at a time, and nothing is left out: the journal has it all once the last is
    /// told.
    /// </summary>
    static Dictionary<(string Code, string Path),
    int> Told(TamperScene scene, Dictionary<(string Code, string Path), int> wanted)
    {
        var told = new Dictionary<(string Code, string Path), int>();
        while (!wanted.All(one => told.GetValueOrDefault(one.Key) >= one.Value))
        {
            var record = scene.Agent.Await("TAMPER_DETECTED");
            if ((string?)record["fields"]!["release"] != scene.Live) continue;
            foreach (var change in record["fields"]!["changes"]!.AsArray().OfType<JsonNode>())
            {
                var key = ((string)change["code"]!, (string)change["path"]!);
                told[key] = told.GetValueOrDefault(key) + 1;
            }
        }
        return told;
    }
}
