using Difusor.Agent.Linux.Files;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Prepares the tree for the next corte in advance. It holds a second name (hard link) for every file of the live
/// release, already on stable storage, so that a corte only adds what it changes. These names prove nothing alone: a
/// file counts only after a delivery has brought its bytes and its inode was checked, and any name that no delivery
/// brought is removed before the tree is sealed.
/// </summary>
public sealed partial class ReleaseStore
{
    NextTree? next;
    int preparation;

    /// <param name="Failures">How many flushes had failed when the tree was begun.</param>
    sealed record NextTree(string Name, ReleaseId Before, int Failures);

    /// <summary>
    /// Prepares the next tree, unless it exists. Gives up if a delivery comes or a healing starts in the meantime. If
    /// the disk refuses, there is no prepared tree. Any thread may call it.
    /// </summary>
    public void PrepareNext()
    {
        ReleaseTree before;
        string name;
        int failures, turn;
        lock (inventory)
        {
            if (isClosed || Reference is not { } reference || next?.Before == reference.Id || Before() is not { } found)
                return;
            before = found;
            DropNext();
            (failures, turn, name) = (flushAhead.Failures, preparation, $"{prefix}-next-{++stagings}");
        }
        var made = TryMake(name, before, turn, failures);
        lock (inventory)
        {
            if (made && preparation == turn) next = new NextTree(name, before.Release.Id, failures);
            else TakeApart(name);
        }
    }

    bool TryMake(string name, ReleaseTree before, int turn, int failures)
    {
        try
        {
            using (before.Folder)
            {
                staging.MakeFolder(name, Modes.PublicFolder);
                using var tree = OwnFolder.Open($"{staging.Path}/{name}");
                foreach (var folder in FoldersOf(before.Files.Values)) tree.MakeFolder(folder, Modes.PublicFolder);
                foreach (var path in before.Files.Keys)
                    if (Volatile.Read(ref preparation) != turn || !before.Folder.TryLink(path, tree, path))
                        return false;
            }
            flushAhead.Flush(failures);
            return true;
        }
        catch (SystemFault)
        {
            return false; // no loss: the next delivery gets an empty tree, and reports the cause if that fails too
        }
    }

    /// <summary>
    /// Takes the prepared tree if it was made from <paramref name="before"/>. The caller owns it from then on.
    /// </summary>
    NextTree? TakeNext(ReleaseTree? before)
    {
        preparation++;
        if (next is not { } made) return null;
        next = null;
        if (made.Before == before?.Release.Id && made.Failures == flushAhead.Failures) return made;
        TakeApart(made.Name);
        return null;
    }

    /// <summary>
    /// Discards the prepared tree. The live release is, or was, altered, so its inodes must not be reused.
    /// </summary>
    void DropNext() => TakeNext(null);

    static IEnumerable<string> FoldersOf(IEnumerable<ReleaseFile> files) =>
        files.SelectMany(file => Ancestors(file.Path.Folder)).ToHashSet().Order(StringComparer.Ordinal);
}
