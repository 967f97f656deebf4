using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Compares the inode, size, mtime and ctime of every file of a delivery with what was read of it. Several threads can
/// work on it together, one folder at a time. The delivery must not be changed meanwhile.
/// </summary>
sealed class Comparison
{
    /// <summary>How many files that are passed over are named to the verdict.</summary>
    public const int MostPassedOver = 10_000;

    readonly SafeFolder drop;
    readonly Delivery delivery;
    readonly Settings settings;
    /// <summary>
    /// The folders that are not begun. It is also the lock that guards <see cref="busy"/> and <see cref="differs"/>.
    /// </summary>
    readonly Queue<(RawPath Path, int Levels)> folders = new();
    readonly bool isOneFile;
    readonly List<string> passedOver = [];
    readonly long number = Interlocked.Increment(ref comparisons);
    static long comparisons;
    int busy, same;
    bool differs;

    /// <summary>
    /// Gets the paths in the package of files that are passed over because of their names; valid as
    /// <see cref="IsSame"/> is. There may be more of them, which were only counted: <see cref="MorePassedOver"/>.
    /// </summary>
    public IReadOnlyCollection<string> PassedOver => passedOver;

    public int MorePassedOver { get; private set; }

    public Comparison(SafeFolder drop, Delivery delivery, Settings settings)
    {
        (this.drop, this.delivery, this.settings) = (drop, delivery, settings);
        isOneFile = delivery.IsArchive || (delivery.At(delivery.Root) is not null && !delivery.Root.IsRoot);
        // A delivery beyond the limits is refused in any case, so nothing of it is compared.
        if (delivery.Excess is null) folders.Enqueue((delivery.Root, settings.Limits.PathDepth + 1));
    }

    /// <summary>
    /// Gets whether everything is as it was read and nothing else is there. Valid once <see cref="Work"/> has returned
    /// on every thread.
    /// </summary>
    public bool IsSame => !differs && same == delivery.Files.Count;

    /// <summary>Compares folders until none is left to begin and those begun by other threads are done.</summary>
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

    /// <summary>Gives up, because the result is not needed any more: folders that were not begun are skipped.</summary>
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
        if (folder is null) return true; // a missing folder shows in the number of files found
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
            // Nearly every file is known. Ask the drop map only about the others.
            if (delivery.At(child) is not { } file)
                return DropMap.Of(settings.Drop, child, identity.Kind).Part != DropPart.Inside
                    || (identity.Kind == FileKind.Regular && delivery.PassesOver(child)
                    && PassOver(child.Below(delivery.Root)));
            // A folder that changes while it is listed may show a name twice: count it once.
            var isFirst = Interlocked.Exchange(ref file.Compared, number) != number;
            if (isFirst) found++;
            if (!file.IsPassedOver) return file.Identity is { } then && then.SameContents(identity);
            file.Identity = identity;
            return !isFirst || PassOver(file.Below);
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

    /// <summary>Notes a file that is passed over. Any of the threads.</summary>
    /// <returns>True: the comparison goes on.</returns>
    bool PassOver(RawPath below)
    {
        var path = below.Read(settings.Limits.Paths).Path!.Value;
        lock (passedOver)
            if (passedOver.Count < MostPassedOver) passedOver.Add(path);
            else MorePassedOver++;
        return true;
    }
}
