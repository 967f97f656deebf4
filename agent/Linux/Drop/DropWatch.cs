using System.Diagnostics;
using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Watches a folder and the folders beneath it by inotify, and turns events into hints. A folder that appears is
/// watched first and listed afterwards, so that nothing is missed that was put into it meanwhile (some of it is
/// reported twice). A sender decides how many folders there are, so at most <see cref="WatchAllowance.MostInDrop"/> of
/// them are watched: a new one takes the place of those where nothing has happened for the longest time. The full look
/// finds changes in the folders that are not watched, and the rest of a listing that is too long.
/// </summary>
sealed class DropWatch : IDisposable
{
    /// <summary>
    /// How many entries of folders that appeared are listed within <see cref="Interval"/>. Without a limit, a folder
    /// that is renamed to and fro would be listed without end.
    /// </summary>
    const int MostListed = 1 << 18;

    /// <summary>How many watches are left to others where the kernel has none left for us.</summary>
    const int Spare = 64;

    static readonly TimeSpan Interval = TimeSpan.FromSeconds(10), UntilMoreAreAskedFor = TimeSpan.FromMinutes(1);

    readonly FolderWatches<RawPath> watches = new("drop");
    readonly WatchAllowance allowance;
    readonly SafeFolder root;
    readonly int depth;
    RawPath lastPath;
    volatile int most;
    long lowered, listingSince;
    int listed;

    /// <summary>
    /// Watches <paramref name="root"/> and what is beneath it, at most <paramref name="depth"/> levels deep. Files that
    /// are there already are not reported.
    /// </summary>
    public DropWatch(SafeFolder root, int depth, WatchAllowance? allowance = null)
    {
        this.root = root;
        this.depth = depth;
        this.allowance = allowance ?? new WatchAllowance();
        most = this.allowance.MostInDrop;
        this.allowance.Lend(GiveBack);
        Watch(root, RawPath.Root, tell: null, depth);
    }

    /// <summary>Gets whether the kernel watches nothing here, not even the folder itself: full looks must do.</summary>
    public bool IsBlind { get; private set; }

    /// <summary>Gets whether some folder is not watched: only a full look finds what changes in it.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>With fewer watches than this, it is not the sender who has used them up.</summary>
    const int Many = 64;

    /// <summary>Gets whether there are more folders now than may be watched.</summary>
    public bool LacksWatches => IsPartial && watches.Count >= Math.Max(Many, most - (most / 8));

    public int Count => watches.Count;
    public int Descriptor => watches.Descriptor;

    /// <summary>Gets whether more hints come than are read, so that hints are late.</summary>
    public bool IsBehind => watches.IsBehind;

    /// <summary>Reports the hints that are there now, for 20 ms at most, without waiting.</summary>
    public void Drain(Action<Hint> tell)
    {
        if (!watches.Drain((folder, name, mask) => Translate(folder, name, mask, tell)))
            tell(new Hint(HintKind.Lost, RawPath.Root));
    }

    void Translate(RawPath folder, ReadOnlySpan<byte> name, uint mask, Action<Hint> tell)
    {
        if ((mask & (Native.InIgnored | Native.InDeleteSelf | Native.InMoveSelf | Native.InUnmount)) != 0)
        {
            // The parent folder reports a move inside the drop. Here only the end of the drop itself matters.
            if (folder.IsRoot && (mask & Native.InAttributes) == 0) tell(new Hint(HintKind.DropGone, RawPath.Root));
            return;
        }
        if (name.IsEmpty)
        {
            // We hold the drop open, so when it is removed the kernel reports only a change of its attributes.
            if (folder.IsRoot) tell(new Hint(HintKind.DropGone, RawPath.Root));
            return;
        }
        var path = PathOf(folder, name);
        var isFolder = (mask & Native.InFolder) != 0;
        if ((mask & (Native.InMovedFrom | Native.InDelete)) != 0)
        {
            var wasHeard = isFolder && (mask & Native.InDelete) != 0 && watches.Has(path);
            if (isFolder) watches.Forget(inner => inner == path || inner.IsIn(path));
            tell(new Hint(wasHeard ? HintKind.Emptied : HintKind.Gone, path));
        }
        else if (isFolder)
        {
            if ((mask & (Native.InCreate | Native.InMovedTo)) != 0) Enter(path, tell);
            // The folder could not be entered before. Its permissions may have been corrected.
            else if ((mask & Native.InAttributes) != 0 && !watches.Has(path)) Enter(path, tell);
        }
        else if ((mask & Native.InCreate) != 0)
            tell(new Hint(WillBeClosed(path) ? HintKind.Writing : HintKind.Settled, path));
        else tell(new Hint((mask & Native.InModify) != 0 ? HintKind.Writing : HintKind.Settled, path));
    }

    /// <summary>
    /// Returns whether a close will follow the creation. It does not for a link, a FIFO, a socket or a second name of a
    /// file: these are complete at once.
    /// </summary>
    bool WillBeClosed(RawPath path) =>
        root.Identify(path.ToBytes()) is not { } identity || identity is { Kind: FileKind.Regular, Links: 1 };

    /// <summary>
    /// Returns the path of a name in a folder. The string of the last event is used again if the path is the same,
    /// because create, write and close of a file come in a row.
    /// </summary>
    RawPath PathOf(RawPath folder, ReadOnlySpan<byte> name)
    {
        var last = lastPath.Bytes;
        var start = folder.IsRoot ? 0 : folder.Bytes.Length + 1;
        if (last is not null && last.Length == start + name.Length
            && (start == 0 || (last[start - 1] == '/' && last.StartsWith(folder.Bytes, StringComparison.Ordinal))))
        {
            var same = true;
            for (var i = 0; same && i < name.Length; i++) same = last[start + i] == name[i];
            if (same) return lastPath;
        }
        return lastPath = folder.Child(name);
    }

    void Enter(RawPath path, Action<Hint> tell)
    {
        var level = path.Bytes.AsSpan().Count('/') + 1;
        if (level >= depth) return;
        using var folder = root.TryEnterFolder(path.ToBytes(), out _);
        if (folder is not null) Watch(folder, path, tell, depth - level);
    }

    /// <summary>Watches a folder, then lists it: in this order no change falls between the two.</summary>
    void Watch(SafeFolder folder, RawPath path, Action<Hint>? tell, int levels)
    {
        Set(folder, path, isNew: tell is not null);
        if (IsBlind) return;
        List<byte[]>? below = null;
        folder.List((name, in identity) =>
        {
            if (tell is not null && !MayList())
            {
                IsPartial = true;
                return false;
            }
            if (identity.Kind == FileKind.Folder) (below ??= []).Add(name.ToArray());
            // Its writer may not have closed it yet. Report it all the same: a look shows what it is, and the close
            // comes as an event.
            else tell?.Invoke(new Hint(HintKind.Settled, path.Child(name)));
            return true;
        });
        if (below is null || levels <= 1) return;
        foreach (var name in below)
        {
            using var inner = folder.TryOpenFolder(name, out _);
            if (inner is not null) Watch(inner, path.Child(name), tell, levels - 1);
        }
    }

    void Set(SafeFolder folder, RawPath path, bool isNew)
    {
        if (most < allowance.MostInDrop && Stopwatch.GetElapsedTime(lowered) > UntilMoreAreAskedFor)
            most = allowance.MostInDrop;
        if (!path.IsRoot && watches.Count >= most && !MakeRoom(isNew)) return;
        var refusal = watches.Add(folder, path);
        if (refusal == Errno.ENOSPC)
        {
            GiveBack(Spare);
            if (MakeRoom(isNew)) refusal = watches.Add(folder, path);
        }
        if (refusal == 0) return;
        IsPartial = true;
        IsBlind |= path.IsRoot;
    }

    /// <summary>
    /// Gives back an eighth of the watches at once, because each time all of them are searched for the oldest.
    /// </summary>
    bool MakeRoom(bool isNew)
    {
        IsPartial = true;
        return isNew && watches.GiveBack(Math.Max(1, most / 8), path => path.IsRoot) > 0;
    }

    /// <summary>
    /// Gives watches back because the sentinel, or anybody, has none left; for a while fewer are used here. Any thread.
    /// </summary>
    int GiveBack(int count)
    {
        most = Math.Max(1, watches.Count - count);
        Interlocked.Exchange(ref lowered, Stopwatch.GetTimestamp());
        return watches.GiveBack(count, path => path.IsRoot);
    }

    bool MayList()
    {
        if (Stopwatch.GetElapsedTime(listingSince) > Interval) (listingSince, listed) = (Stopwatch.GetTimestamp(), 0);
        return ++listed <= MostListed;
    }

    public void Dispose()
    {
        allowance.End(GiveBack);
        watches.Dispose();
    }
}
