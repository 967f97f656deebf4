using Difusor.Agent.Linux.Files;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// The next corte's tree, made ahead: every file of what is live under a second name, on stable storage already, so
/// that a corte brings only what it changes. It is worth no more than those names: a file counts once a delivery has
/// brought its bytes and its inode was looked at, and what no delivery brings goes before the tree is sealed.
/// </summary>
public sealed partial class ReleaseStore
{
    NextTree? next;
    int preparation;

    /// <param name="Failures">How many flushes had failed when it was begun.</param>
    sealed record NextTree(string Name, ReleaseId Before, int Failures);

    /// <summary>
    /// Makes it, unless it is there. Any thread; gives up where a delivery comes, or something is healed, meanwhile.
    /// Where the disk refuses there is none.
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
            return false; // what comes next is staged into a tree of its own, and says why if it fails too
        }
    }

    /// <summary>
    /// The tree that was made ahead, if it is one of <paramref name="before"/>; it is the taker's from now on.
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

    /// <summary>What was live is altered, or was: nothing may come from its inodes.</summary>
    void DropNext() => TakeNext(null);

    static IEnumerable<string> FoldersOf(IEnumerable<ReleaseFile> files) =>
        files.SelectMany(file => Ancestors(file.Path.Folder)).ToHashSet().Order(StringComparer.Ordinal);
}
