using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux;

/// <summary>
/// inotify over a folder and all folders beneath: tells hints. A folder that appears is watched first and listed afterwards, so that
/// nothing which was put into it meanwhile is missed (some of it is told twice). Where the kernel grants no more watches,
/// <see cref="IsBlind"/> is set and looks must do.
/// </summary>
sealed class DropWatch : IDisposable
{
    readonly FolderWatches<RawPath> watches = new("drop");
    readonly SafeFolder root;
    readonly int depth;
    RawPath lastPath;

    /// <summary>Watches <paramref name="root"/> and what is beneath it, <paramref name="depth"/> levels deep at most; tells nothing of what is there already.</summary>
    public DropWatch(SafeFolder root, int depth)
    {
        this.root = root;
        this.depth = depth;
        Watch(root, RawPath.Root, tell: null, depth);
    }

    public bool IsBlind => watches.IsBlind;
    public int Descriptor => watches.Descriptor;

    /// <summary>Tells all hints that are there now, and does not wait.</summary>
    public void Drain(Action<Hint> tell)
    {
        if (!watches.Drain((folder, name, mask) => Translate(folder, name, mask, tell))) tell(new Hint(HintKind.Lost, RawPath.Root));
    }

    void Translate(RawPath folder, ReadOnlySpan<byte> name, uint mask, Action<Hint> tell)
    {
        if ((mask & (Native.InIgnored | Native.InDeleteSelf | Native.InMoveSelf | Native.InUnmount)) != 0)
        {
            // A move inside the drop is told by the parents; only an end of the watch ends it.
            if (folder.IsRoot && (mask & Native.InAttributes) == 0) tell(new Hint(HintKind.DropGone, RawPath.Root));
            return;
        }
        if (name.IsEmpty)
        {
            // Of a removed drop, which is held open here, the kernel says only that its attributes have changed.
            if (folder.IsRoot) tell(new Hint(HintKind.DropGone, RawPath.Root));
            return;
        }
        var path = PathOf(folder, name);
        var isFolder = (mask & Native.InFolder) != 0;
        if ((mask & (Native.InMovedFrom | Native.InDelete)) != 0)
        {
            if (isFolder) watches.Forget(inner => inner == path || inner.IsIn(path));
            tell(new Hint(HintKind.Gone, path));
        }
        else if (isFolder)
        {
            if ((mask & (Native.InCreate | Native.InMovedTo)) != 0) Enter(path, tell);
            // The rights of a folder that could not be entered may have been mended.
            else if ((mask & Native.InAttributes) != 0 && !watches.Has(path)) Enter(path, tell);
        }
        else if ((mask & Native.InCreate) != 0) tell(new Hint(WillBeClosed(path) ? HintKind.Writing : HintKind.Settled, path));
        else tell(new Hint((mask & Native.InModify) != 0 ? HintKind.Writing : HintKind.Settled, path));
    }

    /// <summary>A link, a FIFO, a socket or a second name of a file is there as it is: no close follows its creation.</summary>
    bool WillBeClosed(RawPath path) => root.Identify(path.ToBytes()) is not { } identity || identity is { Kind: FileKind.Regular, Links: 1 };

    /// <summary>The same path as the last event's is the same string: a file's create, write and close come in a row.</summary>
    RawPath PathOf(RawPath folder, ReadOnlySpan<byte> name)
    {
        var last = lastPath.Bytes;
        var start = folder.IsRoot ? 0 : folder.Bytes.Length + 1;
        if (last is not null && last.Length == start + name.Length && (start == 0 || (last[start - 1] == '/' && last.StartsWith(folder.Bytes, StringComparison.Ordinal))))
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
        using var folder = root.TryOpenFolder(path.ToBytes(), out _);
        if (folder is not null) Watch(folder, path, tell, depth - level);
    }

    /// <summary>Watch, then list: in this order nothing falls between the two.</summary>
    void Watch(SafeFolder folder, RawPath path, Action<Hint>? tell, int levels)
    {
        watches.Add(folder, path);
        List<byte[]>? below = null;
        folder.List((name, in identity) =>
        {
            if (identity.Kind == FileKind.Folder) (below ??= []).Add(name.ToArray());
            // Whether its writer has closed it nobody can say: a look tells what it is, its close comes as an event.
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

    public void Dispose() => watches.Dispose();
}
