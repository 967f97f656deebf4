using Difusor.Agent.Drop;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Finds the trees of releases on disk, makes a lost one again, and corrects modification times. The store's lock
/// guards it.
/// </summary>
sealed class ReleaseTrees(
    OpenFolders folders, ReleaseRecords records, PublishedRoots roots, FileMaker maker, FlushAhead flushAhead)
{
    /// <summary>
    /// Gets the release whose unchanged files a new tree shares: the live one, or else the newest that is stored.
    /// </summary>
    internal Release? Reference => Live(Root.Public) ?? Live(Root.Rehearsal) ?? records.All.MaxBy(one => one.Rank);

    /// <summary>Returns the release that a root serves; null for the notice page.</summary>
    internal Release? Live(Root root) => records.Find(roots[root].Live);

    /// <summary>Returns the release that a root served before.</summary>
    internal Release? Previous(Root root) => records.Find(roots[root].Previous);

    /// <summary>Returns where a release's tree is; null if it has none (it can be rebuilt from the vault).</summary>
    internal string? PathOf(Release release) => roots.PathOf(release.Id)
        ?? (folders.Held.Identify(release.Id.Value) is { Kind: FileKind.Folder }
            ? $"{folders.Held.Path}/{release.Id}" : null);

    /// <summary>Returns the tree of <see cref="Reference"/>.</summary>
    /// <returns>Null if there is none, or it cannot be reached (removed, or a mount over it); a new tree then shares
    /// nothing.</returns>
    internal ReleaseTree? Before()
    {
        try
        {
            if (Reference is not { } before || PathOf(before) is not { } path
                || records.TryRead(before) is not { } record) return null;
            return new ReleaseTree(before, record.Files.ToDictionary(file => file.Path.Value), OwnFolder.Open(path));
        }
        catch (SystemFault)
        {
            return null;
        }
    }

    /// <summary>Rebuilds a lost tree in <c>held/</c>.</summary>
    internal void Rebuild(Release release)
    {
        var record = records.Read(release);
        records.CountReferences();
        var failures = flushAhead.Failures;
        var name = folders.NewTree("tree");
        using (var tree = OwnFolder.Open(folders.Staged(name)))
        {
            FileMaker.MakeFolders(tree, record.Files);
            foreach (var file in record.Files)
                maker.Make(tree, file.Path.Value, file, Reference is { } live ? PathOf(live) : null);
        }
        flushAhead.Flush(failures);
        DurableFile.Rename(folders.Staged(name), $"{folders.Held.Path}/{release.Id}");
        folders.Held.Flush();
    }

    /// <summary>Moves a release's tree into a root, and makes it the one that the root serves.</summary>
    /// <returns>The release as it is served: its modification times may have changed.</returns>
    internal Release Serve(Release release, Root root, DateTimeOffset now)
    {
        var target = roots[root];
        if (target.Live == release.Id && target.Has(release.Id))
        {
            target.MendMap();
            return release;
        }
        if (PathOf(release) is null) Rebuild(release);
        release = Retime(release, root, now);
        if (!target.Has(release.Id))
        {
            DurableFile.Rename(PathOf(release)!, target.PathOf(release.Id));
            target.ReleasesFolder.Flush();
            folders.Held.Flush();
        }
        target.Swap(release.Id);
        if (root == Root.Public) records.WasPublished(release.Id);
        return release;
    }

    /// <summary>
    /// Corrects the modification times if another release has become live since this one was staged. A file that
    /// differs from the live release must be newer than everything in it; a file that does not differ must have the
    /// same time. This is done before the release is public, and in fresh inodes, because the old inodes may also
    /// belong to another release.
    /// </summary>
    Release Retime(Release release, Root root, DateTimeOffset now)
    {
        if ((Live(root) ?? Previous(root)) is not { } reference || records.TryRead(reference) is not { } served
            || records.TryRead(release) is not { } record) return release;
        var byPath = served.Files.ToDictionary(file => file.Path.Value);
        var stamp = ModificationTimes.Stamp(now, reference.Newest);
        var violations = ModificationTimes.Violations(record.Files, byPath, reference.Newest, stamp);
        if (violations.Count == 0) return release;
        records.CountReferences();
        var failures = flushAhead.Failures;
        var tree = PathOf(release)!;
        foreach (var file in violations)
        {
            var fresh = folders.NewName("file");
            maker.Make(folders.Staging, fresh, file, tree);
            DurableFile.Rename(folders.Staged(fresh), $"{tree}/{file.Path}");
        }
        var moved = violations.ToDictionary(file => file.Path);
        var files = record.Files.Select(file => moved.GetValueOrDefault(file.Path, file)).ToList();
        flushAhead.Flush(failures);
        return records.Write(new ReleaseRecord(release with { Newest = files.Max(file => file.Mtime) }, files));
    }
}
