using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Difusor.Agent.SystemTests.Store;

/// <summary>
/// The power goes at a random instant of a publication: an ext4 on a loop device is shut down hard (EXT4_IOC_SHUTDOWN
/// without a log flush), so what was not brought to stable storage is lost, and mounted again. Needs root;
/// DIFUSOR_POWER_CUTS instants, 3 by default, 200 under `make test-crash`; DIFUSOR_SEED repeats a run.
/// </summary>
public sealed partial class PowerLossTests(ITestOutputHelper output) : IDisposable
{
    const nuint Shutdown = 0x8004587D;
    const uint WithoutLogFlush = 2;

    readonly string top = Directory.CreateTempSubdirectory("difusor-power-").FullName;

    string Mount => Path.Combine(top, "mount");

    public void Dispose()
    {
        StoreScene.Run(["umount", Mount]);
        StoreScene.Run(["rm", "-rf", top]);
    }

    [Fact]
    public void APowerCutAtAnyInstantLeavesAWholeRelease()
    {
        Assert.SkipUnless(Environment.UserName == "root", "a loop device needs root");
        using var scene = new StoreScene(Path.Combine(top, "scene"), Path.Combine(Mount, "state"));
        var (kept, image) = (Path.Combine(top, "kept.img"), Path.Combine(top, "disk.img"));
        Directory.CreateDirectory(Mount);
        StoreScene.Must(StoreScene.Run(["truncate", "-s", "48M", kept]));
        StoreScene.Must(StoreScene.Run(["mkfs.ext4", "-q", kept]));
        Assert.SkipUnless(StoreScene.Run(["mount", "-o", "loop", kept, Mount]).Status == 0, "no loop device here");
        scene.PublishFirst();
        StoreScene.Must(StoreScene.Run(["umount", Mount]));

        var seed = int.Parse(Environment.GetEnvironmentVariable("DIFUSOR_SEED") ?? "1", CultureInfo.InvariantCulture);
        var cuts =
            int.Parse(Environment.GetEnvironmentVariable("DIFUSOR_POWER_CUTS") ?? "3", CultureInfo.InvariantCulture);
        var random = new Random(seed);
        var whole = Enumerable.Range(0, 5).Max(_ => Round(scene, kept, image, null));
        var outcomes = new Dictionary<string, int>();
        for (var cut = 0; cut < cuts; cut++)
        {
            var instant = whole * random.NextDouble() * 1.2;
            Round(scene, kept, image, instant);
            var served = scene.Served();
            Assert.True(served is "first" or "second", $"cut {cut} (seed {seed}) at {instant}: {served}");
            outcomes[served] = outcomes.GetValueOrDefault(served) + 1;
            StoreScene.Must(StoreScene.Run([StoreScene.Driver, "recover", scene.State]));
            Assert.True(
                scene.Served() is "first" or "second" && scene.MapAgrees(),
                $"cut {cut} (seed {seed}) at {instant}, restarted: {scene.Served()}");
            StoreScene.Must(StoreScene.Run(scene.PublishSecond));
            Assert.True(
                scene.Served() == "second" && scene.MapAgrees(),
                $"cut {cut} (seed {seed}) at {instant}, published again: {scene.Served()}");
            StoreScene.Must(StoreScene.Run(["umount", Mount]));
        }
        output.WriteLine(
            $"{cuts} power cuts within {whole.TotalMilliseconds:0} ms (seed {seed}), "
            + $"{string.Join(", ", outcomes.Select(one => $"{one.Value} left the {one.Key}"))}: 100 % whole");
    }

    /// <summary>
    /// Publishes the second package on a fresh copy of the disk; with an instant, the power goes then, and the disk is
    /// mounted again.
    /// </summary>
    /// <returns>How long it ran, from the start of the publication.</returns>
    TimeSpan Round(StoreScene scene, string kept, string image, TimeSpan? instant)
    {
        StoreScene.Must(StoreScene.Run(["cp", "--sparse=always", kept, image]));
        StoreScene.Must(StoreScene.Run(["mount", "-o", "loop", image, Mount]));
        using var folder = File.OpenHandle(Path.Combine(Mount, "state", "public", "current.map"));
        var command = scene.PublishSecond.ToList();
        using var process = Process.Start(
            new ProcessStartInfo(
            command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Bounded.Line(process.StandardOutput, "the beginning of the publication"); // recovered; the publication begins
        var start = Stopwatch.GetTimestamp();
        if (instant is { } at)
        {
            while (Stopwatch.GetElapsedTime(start) < at) Thread.SpinWait(100);
            var how = WithoutLogFlush;
            Assert.Equal(0, ioctl((int)folder.DangerousGetHandle(), Shutdown, ref how));
            process.Kill();
        }
        Bounded.Result(
            process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), "the end of the publication");
        Bounded.Ended(process);
        var took = Stopwatch.GetElapsedTime(start);
        if (instant is null) Assert.Equal("second", scene.Served());
        folder.Dispose();
        StoreScene.Must(StoreScene.Run(["umount", Mount]));
        if (instant is not null) StoreScene.Must(StoreScene.Run(["mount", "-o", "loop", image, Mount]));
        return took;
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ioctl(int descriptor, nuint request, ref uint how);
}
