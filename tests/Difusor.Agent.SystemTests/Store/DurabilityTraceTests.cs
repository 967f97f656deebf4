using System.Text.RegularExpressions;

namespace Difusor.Agent.SystemTests.Store;

/// <summary>
/// The real system calls of a publication, read back: nothing is renamed into place before its data and its folder are
/// on stable storage.
/// </summary>
public sealed partial class DurabilityTraceTests
{
    [Fact]
    public void NothingIsRenamedIntoPlaceBeforeItIsDurable()
    {
        using var scene = new StoreScene();
        scene.PublishFirst();
        StoreScene.Must(
            StoreScene.Run(
            ["strace", "-f", "-y", "-o", scene.Trace, "-e", $"trace={string.Join(',', StoreScene.Mutating)}",
            .. scene.PublishSecond]));
        var calls = File.ReadLines(scene.Trace)
            .Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..].TrimStart())
            .Where(call =>
                call.Contains(scene.State, StringComparison.Ordinal)
                || call.StartsWith("rename", StringComparison.Ordinal)).ToList();

        var flush = calls.FindLastIndex(call => call.StartsWith("syncfs(", StringComparison.Ordinal));
        var written = calls.FindLastIndex(call => ContentWrite().IsMatch(call));
        var intoHeld = calls.FindIndex(call => Rename("staging/[^/]+", "held/[^/]+").IsMatch(call));
        var record = calls.FindIndex(call => Rename(@"sealed/\.[^/]+\.json\.new", @"sealed/[^/]+\.json").IsMatch(call));
        var intoReleases = calls.FindIndex(call => Rename("held/[^/]+", "public/releases/[^/]+").IsMatch(call));
        var current = calls.FindIndex(call => Rename(@"public/\.current\.new", "public/current").IsMatch(call));
        var map = calls.FindIndex(call => Rename(@"public/\.current\.map\.new", @"public/current\.map").IsMatch(call));
        int[] order =
        [
            written, flush, intoHeld, record, Fsync("held", record), Fsync("sealed", record), intoReleases,
            Fsync("public/releases", intoReleases),
            current, Fsync("public", current), map, Fsync("public", map),
        ];
        Assert.DoesNotContain(-1, order);
        Assert.Equal(order.Order(), order);
        Assert.InRange(Fsync(@"public/\.current\.map\.new", 0), 0, current);
        // One flush for the tree that is made ahead, one for what the corte brings.
        Assert.Equal(2, calls.Count(call => call.StartsWith("syncfs(", StringComparison.Ordinal)));
        var ahead = calls.FindLastIndex(
            call => call.StartsWith("linkat(", StringComparison.Ordinal)
            && call.Contains("-next-", StringComparison.Ordinal));
        Assert.InRange(
            calls.FindIndex(call => call.StartsWith("syncfs(", StringComparison.Ordinal)), ahead + 1, written);
        Assert.DoesNotContain(
            calls, call =>
            call.StartsWith("fsync(", StringComparison.Ordinal)
            && (call.Contains("/vault", StringComparison.Ordinal)
            || call.Contains("/staging", StringComparison.Ordinal)));

        int Fsync(string subject, int from) =>
            calls.FindIndex(from, call => Regex.IsMatch(call, $@"^fsync\(\d+<[^>]*/state/{subject}>\)"));
        static Regex Rename(string from, string to) =>
            new($"^rename\\(\"[^\"]*/state/{from}\", \"[^\"]*/state/{to}\"\\) += 0");
    }

    /// <summary>
    /// A small file's calls are those that <c>DurableFile</c> promises in its comment: the map's, here.
    /// </summary>
    [Fact]
    public void ASmallFileIsWrittenAsDurableFilePromises()
    {
        using var scene = new StoreScene();
        scene.PublishFirst();
        StoreScene.Must(
            StoreScene.Run(
            ["strace", "-f", "-y", "-o", scene.Trace, "-e",
            "trace=unlinkat,openat,fchmod,write,utimensat,fsync,close,rename", .. scene.PublishSecond]));
        var calls = File.ReadLines(scene.Trace)
            .Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..].TrimStart())
            .Where(call => call.Contains("current.map.new", StringComparison.Ordinal))
                .Select(call => call[..call.IndexOf('(', StringComparison.Ordinal)]).ToList();
        Assert.Equal(
            ["unlinkat", "openat", "fchmod", "write", "utimensat", "fsync", "close", "rename"],
            calls[calls.LastIndexOf("unlinkat")..]);
    }

    [GeneratedRegex(@"^(write|linkat|mkdirat|fchmod|copy_file_range|utimensat)\(.*/state/(staging|vault|sealed)")]
    private static partial Regex ContentWrite();
}
