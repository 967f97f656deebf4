using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Files;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Compares inode, size, mtime and ctime of all that lies there of a delivery with what was read of it. Any number of
/// threads work on it together, a folder at a time; nobody changes the delivery meanwhile.
/// </summary>
sealed class Comparison
{
    readonly SafeFolder drop;
    readonly Delivery delivery;
    readonly Settings settings;
    readonly Queue<(RawPath Path, int Levels)> folders = new();
    readonly bool isOneFile;
    readonly long number = Interlocked.Increment(ref comparisons);
    static long comparisons;
    int busy, same;
    bool differs;

    public Comparison(SafeFolder drop, Delivery delivery, Settings settings)
    {
        (this.drop, this.delivery, this.settings) = (drop, delivery, settings);
        isOneFile = delivery.IsArchive || (delivery.At(delivery.Root) is not null && !delivery.Root.IsRoot);
        // Too much of it: it is refused whatever lies there.
        if (delivery.Excess is null) folders.Enqueue((delivery.Root, settings.Limits.PathDepth + 1));
    }

    /// <summary>
    /// Once <see cref="Work"/> has returned to all: whether everything is as it was read, and nothing else is there.
    /// </summary>
    public bool IsSame => !differs && same == delivery.Files.Count;

    /// <summary>Works along until there is nothing left that nobody has begun, and what was begun has ended.</summary>
    public void Work()
    {
        while (true)
        {
            (RawPath Path, int Levels) folder;
            lock (folders)
            {
                while (folders.Count == 0 && busy > 0) Monitor.Wait(folders);
                if (folders.Count == 0) return;
                folder = folders.Dequeue();
                busy++;
            }
            var unlike = true;
            try { unlike = !(isOneFile ? CompareFile() : CompareFolder(folder.Path, folder.Levels)); }
            finally
            {
                lock (folders)
                {
                    busy--;
                    if (differs |= unlike) folders.Clear();
                    Monitor.PulseAll(folders);
                }
            }
        }
    }

    /// <summary>Nobody wants to know any more: what was not begun is left alone.</summary>
    public void GiveUp()
    {
        lock (folders)
        {
            differs = true;
            folders.Clear();
            Monitor.PulseAll(folders);
        }
    }

    bool CompareFile()
    {
        foreach (var file in delivery.Files)
            if (drop.Identify(file.Path.ToBytes()) is { } now && file.Identity is { } then && then.SameContents(now))
                same++;
        return true;
    }

    /// <returns>False where something differs.</returns>
    bool CompareFolder(RawPath path, int levels)
    {
        using var folder = drop.TryOpenFolder(path.IsRoot ? "."u8 : path.ToBytes(), out _);
        if (folder is null) return true; // what is missed is found by its number
        var found = 0;
        List<(RawPath, int)>? below = null;
        var whole = folder.List((name, in identity) =>
        {
            var child = path.Child(name);
            if (identity.Kind == FileKind.Folder && levels > 1)
            {
                (below ??= []).Add((child, levels - 1));
                return true;
            }
            // Nearly every file is known: only of the others the map is asked.
            if (delivery.At(child) is not { } file)
                return DropMap.Of(settings.Drop.Layout, child, identity.Kind).Part != DropPart.Inside;
            // A folder that changes while it is listed may show a name twice.
            if (Interlocked.Exchange(ref file.Compared, number) != number) found++;
            return file.Identity is { } then && then.SameContents(identity);
        });
        Interlocked.Add(ref same, found);
        if (below is null || !whole) return whole;
        lock (folders)
        {
            foreach (var one in below) folders.Enqueue(one);
            Monitor.PulseAll(folders);
        }
        return true;
    }
}
