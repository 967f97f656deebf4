using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// One root that Apache may read: <c>releases/</c>, <c>notice/</c>, the relative link <c>current</c>,
/// <c>current.map</c>, and <c>previous</c>, the link to the release that was live before. A swap always makes these
/// system calls in this order:
/// <code>
/// .current.map.new written and fsynced                              everything that needs disk space comes first
/// symlink(LIVE, .previous.new)   rename(.previous.new, previous)
/// symlink(TARGET, .current.new)  rename(.current.new, current)      a reader sees the old one or the new one
/// fsync(root)
/// rename(.current.map.new, current.map)  fsync(root)
/// </code>
/// </summary>
sealed class PublishedRoot : IDisposable
{
    const string Current = "current", Before = "previous", Map = "current.map", Notice = "notice",
    Releases = "releases";

    readonly OwnFolder folder;
    ReleaseId? served;
    bool remembers;

    internal PublishedRoot(string path)
    {
        folder = OwnFolder.Open(path);
        folder.MakeFolder(Releases, Modes.PublicFolder);
        folder.MakeFolder(Notice, Modes.PublicFolder);
        ReleasesFolder = OwnFolder.Open($"{path}/{Releases}");
    }

    internal OwnFolder ReleasesFolder { get; }

    /// <summary>
    /// Gets the release that <c>current</c> points to; null for the notice page, or for a target that is not a release.
    /// After <see cref="Remember"/> it is the release that the agent itself made live: if an intruder changes the link,
    /// that does not count as a publication.
    /// </summary>
    internal ReleaseId? Live => remembers ? served : ReleaseOf(Current);

    /// <summary>Stores what is live now. From then on only a swap changes <see cref="Live"/>.</summary>
    internal void Remember(ReleaseId? id) => (served, remembers) = (id, true);

    /// <summary>Gets the release that was live before.</summary>
    internal ReleaseId? Previous => ReleaseOf(Before);

    internal bool ShowsNotice => Target(Current) == Notice;

    internal string PathOf(ReleaseId id) => $"{ReleasesFolder.Path}/{id}";

    internal bool Has(ReleaseId id) => ReleasesFolder.Identify(id.Value) is { Kind: FileKind.Folder };

    /// <summary>
    /// Makes a release live, or the notice page if <paramref name="id"/> is null. The rename of <c>current</c> is the
    /// one moment at which readers change over. Everything that needs disk space is written before it.
    /// </summary>
    internal void Swap(ReleaseId? id)
    {
        var map = PrepareMap(id);
        if (Live is { } old && old != id) Link(Before, $"{Releases}/{old}");
        Link(Current, id is { } release ? $"{Releases}/{release}" : Notice);
        Remember(id);
        folder.Flush();
        DurableFile.Rename($"{folder.Path}/{map}", $"{folder.Path}/{Map}");
        folder.Flush();
    }

    /// <summary>
    /// Repairs the root after a crash: makes the map agree with the link, and removes the files of an unfinished swap.
    /// </summary>
    /// <returns>True if the map had to be written.</returns>
    internal bool MendMap()
    {
        folder.Unlink($".{Current}.new");
        folder.Unlink($".{Before}.new");
        folder.Unlink($".{Map}.new");
        var written = FileBytes.TryRead(folder, Map);
        if (written is not null && written.AsSpan().SequenceEqual(Encoding.ASCII.GetBytes(MapLine(Live)))) return false;
        DurableFile.Rename($"{folder.Path}/{PrepareMap(Live)}", $"{folder.Path}/{Map}");
        folder.Flush();
        return true;
    }

    /// <summary>Gets the release that the map names. The recovery uses it when the link itself is gone.</summary>
    internal ReleaseId? Mapped =>
        FileBytes.TryRead(folder, Map) is { } map && Encoding.ASCII.GetString(map).TrimEnd().Split(' ') is [
            "release", var id] ? ReleaseId.Read(id) : null;

    /// <summary>Writes the notice page, which shows no results, if the file on disk differs from it.</summary>
    internal void WriteNotice(byte[] page)
    {
        using var notice = OwnFolder.Open($"{folder.Path}/{Notice}");
        if (FileBytes.TryRead(notice, "index.html") is { } written && written.AsSpan().SequenceEqual(page)) return;
        DurableFile.Write(notice, "index.html", page, Modes.PublicFile);
    }

    public void Dispose()
    {
        folder.Dispose();
        ReleasesFolder.Dispose();
    }

    /// <summary>
    /// Prepares the map that the shipped vhost uses to resolve a request. Apache caches a map until its modification
    /// time changes, so each map is newer than the last by at least a microsecond, the finest step that Apache sees.
    /// Without a release the map is empty, and the vhost falls back to the notice page.
    /// </summary>
    string PrepareMap(ReleaseId? id)
    {
        var last = folder.Identify(Map)?.MtimeNanos ?? 0;
        var now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;
        return DurableFile.Prepare(
            folder, Map, Encoding.ASCII.GetBytes(MapLine(id)), Modes.PublicFile, Math.Max(now, last + 1_000),
            flush: true);
    }

    static string MapLine(ReleaseId? id) => id is { } release ? $"release {release}\n" : "";

    void Link(string name, string target)
    {
        var fresh = $"{folder.Path}/.{name}.new";
        folder.Unlink($".{name}.new");
        SystemFault.Check(Syscall.symlink(target, fresh), "symlink", fresh);
        DurableFile.Rename(fresh, $"{folder.Path}/{name}");
    }

    ReleaseId? ReleaseOf(string link) =>
        Target(link) is { } target && target.StartsWith($"{Releases}/", StringComparison.Ordinal)
            ? ReleaseId.Read(target[(Releases.Length + 1)..]) : null;

    string? Target(string link)
    {
        var target = new StringBuilder(256);
        var length = Syscall.readlink($"{folder.Path}/{link}", target);
        if (length >= 0) return target.ToString(0, length);
        return SystemFault.LastErrno is var errno and not (Errno.ENOENT or Errno.EINVAL)
            ? throw new SystemFault("readlink", $"{folder.Path}/{link}", errno) : null;
    }
}
