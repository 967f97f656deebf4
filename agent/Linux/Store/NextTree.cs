namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Prepares the tree for the next corte in advance. It holds a second name (hard link) for every file of the live
/// release, already on stable storage, so that a corte only adds what it changes. These names prove nothing alone: a
/// file counts only after a delivery has brought its bytes and its inode was checked, and any name that no delivery
/// brought is removed before the tree is sealed.
/// </summary>
/// <param name="inventory">The store's lock. It guards this type; <see cref="Make"/> takes it only at its end.</param>
sealed class NextTree(Lock inventory, OpenFolders folders, FlushAhead flushAhead)
{
    Prepared? prepared;
    int turn;
    bool isClosed;

    /// <summary>A tree to be made.</summary>
    /// <param name="Failures">How many flushes had failed when it was begun.</param>
    internal sealed record Order(string Name, ReleaseTree Before, int Turn, int Failures);

    sealed record Prepared(string Name, ReleaseId Before, int Failures);

    /// <summary>Returns whether there is no tree for this release yet.</summary>
    internal bool IsWanted(ReleaseId before) => !isClosed && prepared?.Before != before;

    /// <summary>Begins a tree with the files of <paramref name="before"/>.</summary>
    internal Order Begin(ReleaseTree before)
    {
        Drop();
        return new Order(folders.NewName("next"), before, turn, flushAhead.Failures);
    }

    /// <summary>
    /// Makes the tree. Gives up if a delivery comes or a healing starts in the meantime. If the disk refuses, there is
    /// no prepared tree. Any thread may call it, without the lock.
    /// </summary>
    internal void Make(Order order)
    {
        var isMade = TryMake(order);
        lock (inventory)
        {
            if (isMade && turn == order.Turn)
                prepared = new Prepared(order.Name, order.Before.Release.Id, order.Failures);
            else folders.TakeApart(order.Name);
        }
    }

    /// <summary>Takes the prepared tree if it was made from <paramref name="before"/>.</summary>
    /// <returns>Its name, and the caller owns it from then on; null if there is none.</returns>
    internal string? Take(ReleaseTree? before)
    {
        turn++;
        if (prepared is not { } made) return null;
        prepared = null;
        if (made.Before == before?.Release.Id && made.Failures == flushAhead.Failures) return made.Name;
        folders.TakeApart(made.Name);
        return null;
    }

    /// <summary>
    /// Discards the prepared tree. The live release is, or was, altered, so its inodes must not be reused.
    /// </summary>
    internal void Drop() => Take(null);

    /// <summary>Makes no tree any more. The next start removes what is prepared.</summary>
    internal void Close() => (isClosed, prepared, turn) = (true, null, turn + 1);

    bool TryMake(Order order)
    {
        try
        {
            using (order.Before.Folder)
            {
                folders.Staging.MakeFolder(order.Name, Modes.PublicFolder);
                using var tree = OwnFolder.Open(folders.Staged(order.Name));
                FileMaker.MakeFolders(tree, order.Before.Files.Values);
                foreach (var path in order.Before.Files.Keys)
                    if (Volatile.Read(ref turn) != order.Turn || !order.Before.Folder.TryLink(path, tree, path))
                        return false;
            }
            flushAhead.Flush(order.Failures);
            return true;
        }
        catch (SystemFault)
        {
            return false; // no loss: the next delivery gets an empty tree, and reports the cause if that fails too
        }
    }
}
