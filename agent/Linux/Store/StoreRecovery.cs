using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Brings the store from any state that a crash can leave back to a complete one, without an operator. The store's lock
/// guards it.
/// </summary>
/// <param name="notice">The notice page that a root must have by the operator's choice.</param>
sealed class StoreRecovery(
    OpenFolders folders, ReleaseRecords records, OperatorChoices choices, PublishedRoots roots, ReleaseTrees trees,
    Func<Root, byte[]> notice)
{
    readonly List<string> removed = [], damaged = [];
    readonly List<ReleaseId> rebuilt = [];
    readonly List<Root> relinked = [], mapMended = [];

    /// <summary>
    /// Reads what is stored, and repairs it. A release exists if it has a record: a tree without one is left from a
    /// crash before its sealing was done or after its removal had begun, and is removed. The release that
    /// <c>current</c> points to is complete, or is completed from the vault. A root whose link leads nowhere goes back
    /// to what it served last.
    /// </summary>
    internal Recovery Run()
    {
        foreach (var name in folders.Staging.List()) Remove(name);
        records.Load(removed, damaged);
        choices.Load();
        foreach (var name in folders.Held.List()) KeepOrRemove(folders.Held, name, null);
        foreach (var root in PublishedRoots.Both.Select(root => roots[root]))
            foreach (var name in root.ReleasesFolder.List())
                KeepOrRemove(root.ReleasesFolder, name, root.Live);
        foreach (var root in PublishedRoots.Both)
        {
            roots.ShowNotice(root, notice(root));
            MendCurrent(root);
            if (roots[root].MendMap()) mapMended.Add(root);
            roots[root].Remember(roots[root].Live);
        }
        return new Recovery(removed, rebuilt, damaged, relinked, mapMended);
    }

    void KeepOrRemove(OwnFolder folder, string name, ReleaseId? live)
    {
        if (ReleaseId.Read(name) is { } id && (records.Has(id) || id == live)) return;
        removed.Add(name);
        folders.Trash($"{folder.Path}/{name}", name);
    }

    void Remove(string staged)
    {
        removed.Add(staged);
        folders.TakeApart(staged);
    }

    void MendCurrent(Root which)
    {
        var root = roots[which];
        if (root.Live is { } live && root.Has(live)) return;
        if (root.ShowsNotice) return;
        relinked.Add(which);
        foreach (var id in new[] { root.Live, root.Mapped, root.Previous })
        {
            if (records.Find(id) is not { } release || !TryMakeWhole(release, root)) continue;
            root.Swap(release.Id);
            return;
        }
        root.Swap(null);
    }

    bool TryMakeWhole(Release release, PublishedRoot root)
    {
        if (root.Has(release.Id)) return true;
        try
        {
            if (trees.PathOf(release) is null) trees.Rebuild(release);
        }
        catch (SystemFault)
        {
            return false; // the vault has lost it too: the caller tries the next release
        }
        DurableFile.Rename(trees.PathOf(release)!, root.PathOf(release.Id));
        root.ReleasesFolder.Flush();
        rebuilt.Add(release.Id);
        return true;
    }
}
