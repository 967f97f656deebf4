using System.IO.MemoryMappedFiles;
using Difusor.Agent.Linux.Files;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// Where a published site lies: its root, the live release's tree and an older one's, and a folder outside on the same
/// file system.
/// </summary>
sealed record SitePaths(string Root, string Live, string Older, string Elsewhere)
{
    public string InRoot(string relative) => Path.Combine(Root, relative);
    public string InLive(string relative) => Path.Combine(Live, relative);
    public string InOlder(string relative) => Path.Combine(Older, relative);
    public string Outside(string relative) => Path.Combine(Elsewhere, relative);
}

/// <summary>
/// The ways in which somebody alters what is published; each in a folder that has index.html, css/site.css and
/// datos/a/b.csv.
/// </summary>
static class Tamperings
{
    /// <param name="Code">What one of the changes told is called.</param>
    /// <param name="Prepare">What the hand does beforehand, where no alarm may come yet: a copy outside, a hidden
    /// link.</param>
    /// <param name="Silent">The kernel has no event for it: only a rescan finds it.</param>
    public sealed record Tampering(
        string Name, string Code, Action<SitePaths> Do, bool NeedsRoot = false, bool Silent = false,
        Action<SitePaths>? Prepare = null);

    static readonly List<IDisposable> Mapped = [];

    public static IReadOnlyList<Tampering> All { get; } =
    [
        new("AppendToAFile", "changed", site => File.AppendAllText(site.InLive("index.html"), "<script src=//evil>")),
        new("OverwriteInPlaceSameLength", "changed", site => Overwrite(site.InLive("index.html"))),
        new("OverwriteAndRestoreTheTime", "changed", site =>
        {
            var before = File.GetLastWriteTimeUtc(site.InLive("index.html"));
            Overwrite(site.InLive("index.html"));
            File.SetLastWriteTimeUtc(site.InLive("index.html"), before);
        }),
        new("Truncate", "changed", site => Assert.Equal(0, Syscall.truncate(site.InLive("css/site.css"), 1))),
        new("ReplaceByRename", "changed", site =>
        {
            File.WriteAllText(site.Outside("evil.html"), "evil");
            Assert.Equal(0, Syscall.rename(site.Outside("evil.html"), site.InLive("index.html")));
        }),
        new("RemoveAFile", "removed", site => File.Delete(site.InLive("datos/a/b.csv"))),
        new("RemoveAFolder", "removed", site => Directory.Delete(site.InLive("datos"), recursive: true)),
        new("AddAFile", "added", site => File.WriteAllText(site.InLive("datos/a/evil.html"), "evil")),
        new("AddAHiddenFile", "added", site => File.WriteAllText(site.InLive(".htaccess"), "Redirect / http://evil/")),
        new("AddAFolder", "added", site => Directory.CreateDirectory(site.InLive("evil/deep"))),
        new("RenameAFile", "removed", site => File.Move(site.InLive("index.html"), site.InLive("index.bak"))),
        new("SwapAFolder", "changed", site => Swap(site.Outside("css"), site.InLive("css")), Prepare: site =>
        {
            Directory.CreateDirectory(site.Outside("css"));
            File.WriteAllText(site.Outside("css/site.css"), "evil");
        }),
        new("LetOthersWriteAFile", "mode", site =>
            Assert.Equal(0, Syscall.chmod(site.InLive("index.html"), (FilePermissions)0x1B6))),
        new("LetOthersWriteAFolder", "mode", site =>
            Assert.Equal(0, Syscall.chmod(site.InLive("datos"), (FilePermissions)0x1FF))),
        new("TakeAwayReading", "mode", site =>
            Assert.Equal(0, Syscall.chmod(site.InLive("index.html"), (FilePermissions)0x180))),
        new("GiveAFileToAnother", "owner", site =>
            Assert.Equal(0, Syscall.chown(site.InLive("index.html"), 65534, 65534)), NeedsRoot: true),
        new("LinkInPlaceOfAFile", "type", site => Swap(site.Outside("link"), site.InLive("index.html")),
            Prepare: site => File.CreateSymbolicLink(site.Outside("link"), "/etc/passwd")),
        new("FifoInPlaceOfAFile", "type", site => Swap(site.Outside("fifo"), site.InLive("index.html")),
            Prepare: site => Assert.Equal(0, Syscall.mkfifo(site.Outside("fifo"), FilePermissions.DEFFILEMODE))),
        new("LinkInPlaceOfAFolder", "type", site => Swap(site.Outside("link"), site.InLive("css")),
            Prepare: site => Directory.CreateSymbolicLink(site.Outside("link"), site.Outside("elsewhere"))),
        new("PointCurrentElsewhere", "link", site =>
        {
            File.CreateSymbolicLink(site.Outside("evil"), "/tmp");
            Assert.Equal(0, Syscall.rename(site.Outside("evil"), site.InRoot("current")));
        }),
        new("RemoveCurrent", "link", site => File.Delete(site.InRoot("current"))),
        new("RewriteTheMap", "map", site => File.WriteAllText(site.InRoot("current.map"), "release ../../etc\n")),
        // Healed under its hands, rm may complain of what comes back.
        new("RemoveTheTree", "removed", site => Run("sh", "-c", $"rm -rf {site.Live} 2>/dev/null || true")),
        new("ReplaceTheTree", "changed", site => Swap(site.Outside("copy"), site.Live), Prepare: site =>
        {
            Run("cp", "-a", site.InLive("."), site.Outside("copy"));
            File.WriteAllText(site.Outside("copy/index.html"), "evil");
        }),
        new("RenameTheReleasesAway", "removed", site => Directory.Move(site.InRoot("releases"), site.InRoot("aside"))),
        new("MoveTheRootAway", "removed", site => Directory.Move(site.Root, site.Outside("moved"))),
        new("LinkInPlaceOfTheRoot", "removed", site =>
        {
            Directory.Move(site.Root, site.Outside("moved"));
            File.CreateSymbolicLink(site.Root, site.Outside("moved"));
        }),
        new("LetOthersWriteTheReleases", "mode", site =>
            Assert.Equal(0, Syscall.chmod(site.InRoot("releases"), (FilePermissions)0x1FF))),
        new("GiveTheReleasesToAnother", "owner", site =>
            Assert.Equal(0, Syscall.chown(site.InRoot("releases"), 65534, 65534)), NeedsRoot: true),
        new("LetOthersWriteTheMap", "mode", site =>
            Assert.Equal(0, Syscall.chmod(site.InRoot("current.map"), (FilePermissions)0x1B6))),
        new("RemoveTheMap", "map", site => File.Delete(site.InRoot("current.map"))),
        new("FolderInPlaceOfCurrent", "link", site => Swap(site.Outside("evil"), site.InRoot("current")),
            Prepare: site =>
        {
            Directory.CreateDirectory(site.Outside("evil"));
            File.WriteAllText(site.Outside("evil/index.html"), "evil");
        }),
        new("LetOthersWriteTheRoot", "mode", site => Assert.Equal(0, Syscall.chmod(site.Root, (FilePermissions)0x1FF))),
        new("RewriteTheNotice", "changed", site =>
            File.AppendAllText(site.InRoot("notice/index.html"), "<p>resultados</p>")),
        new("AddToTheNotice", "added", site => File.WriteAllText(site.InRoot("notice/resultados.html"), "evil")),
        new("RemoveTheNotice", "removed", site => Directory.Delete(site.InRoot("notice"), recursive: true)),
        new("AlterAnOlderRelease", "changed", site => Overwrite(site.InOlder("index.html"))),
        new("WriteThroughALinkInAnOlderRelease", "changed", site => Overwrite(site.InOlder("css/site.css"))),
        new("WriteThroughALinkFromOutside", "changed", site => Overwrite(site.Outside("hidden")), Silent: true,
            Prepare: site => Assert.Equal(0, Syscall.link(site.InLive("index.html"), site.Outside("hidden")))),
        new("WriteThroughAMapping", "changed", site =>
        {
            // Held open, as whoever maps a page does: the close of the descriptor is what the kernel would tell.
            var file = MemoryMappedFile.CreateFromFile(site.InLive("index.html"), FileMode.Open);
            using var view = file.CreateViewAccessor();
            view.Write(0, (byte)'X');
            view.Flush();
            Mapped.Add(file);
        }, Silent: true),
    ];

    public static Tampering Named(string name) => All.Single(tampering => tampering.Name == name);

    /// <summary>In one step, so that no look in between sees something else.</summary>
    static void Swap(string theirs, string ours) => Assert.Equal(0, Native.Exchange(theirs, ours));

    static void Overwrite(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        file.Write("evil"u8);
    }

    static void Run(string program, params string[] arguments)
    {
        var (code, output, errors) = Bounded.Run(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {code} {output}{errors}");
    }
}
