using System.Text;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Packages;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// One root that Apache may read: <c>releases/</c>, <c>notice/</c>, the relative link <c>current</c>,
/// <c>current.map</c>, and <c>previous</c>, the link to what was live before. The system calls of a swap, in this
/// order, whatever happens in between:
/// <code>
/// .current.map.new written and fsynced                              what needs room comes first
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
    /// The release that <c>current</c> leads to; null: the notice page, or nothing that is ours. From <see
    /// cref="Remember"/> on, what the agent itself has made live: a link that somebody else has turned is no
    /// publication.
    /// </summary>
    internal ReleaseId? Live => remembers ? served : ReleaseOf(Current);

    /// <summary>From now on only a swap changes what is live.</summary>
    internal void Remember(ReleaseId? id) => (served, remembers) = (id, true);

    /// <summary>The release that was live before.</summary>
    internal ReleaseId? Previous => ReleaseOf(Before);

    internal bool ShowsNotice => Target(Current) == Notice;

    internal string PathOf(ReleaseId id) => $"{ReleasesFolder.Path}/{id}";

    internal bool Has(ReleaseId id) => ReleasesFolder.Identify(id.Value) is { Kind: FileKind.Folder };

    /// <summary>
    /// Makes a release live, or the notice page: the one instant at which readers change over. All that needs room is
    /// written before it.
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

    /// <summary>After a crash: the map agrees with the link, and no half of a swap is left.</summary>
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

    /// <summary>The release that the map names: the last word where the link itself is gone.</summary>
    internal ReleaseId? Mapped =>
        FileBytes.TryRead(folder, Map) is { } map && Encoding.ASCII.GetString(map).TrimEnd().Split(' ') is [
            "release", var id] ? ReleaseId.Read(id) : null;

    /// <summary>The agent's own page, without any result: written where it differs.</summary>
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
    /// What the shipped vhost resolves a request by. Apache keeps a map until its modification time changes, so each
    /// one is newer than the last by a microsecond at least, the finest that Apache sees. Without a release the map is
    /// empty: the vhost falls back to the notice page.
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
