using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Removes releases: the record first, because a tree without a record is removed at the next start; then the tree, in
/// the background, and the vault contents that only they used. The store's lock guards it.
/// </summary>
sealed class ReleaseRemoval(OpenFolders folders, ReleaseRecords records, PublishedRoots roots, ReleaseTrees trees)
{
    /// <summary>Removes the releases beyond <paramref name="keep"/>.</summary>
    /// <param name="waiting">Releases that still wait to be published: they stay.</param>
    internal IReadOnlyList<Release> Prune(int keep, IReadOnlySet<ReleaseId> waiting)
    {
        var pairs = PublishedRoots.Both.Select(root => new RootPair(roots[root].Live, roots[root].Previous));
        var outdated = Retention.Outdated([.. records.All], [.. pairs], waiting, keep);
        if (outdated.Count > 0) Remove(outdated);
        return outdated;
    }

    /// <exception cref="InvalidOperationException">A root serves one of them.</exception>
    internal void Remove(IReadOnlyList<Release> unwanted)
    {
        if (unwanted.Any(release => roots.Serve(release.Id)))
            throw new InvalidOperationException("what is live is not removed");
        records.CountReferences();
        var gone = unwanted.Select(release => (release, records.TryRead(release))).ToList();
        records.Unlink(unwanted);
        foreach (var (release, record) in gone)
        {
            records.Lose(release.Id);
            if (trees.PathOf(release) is { } tree) folders.Trash(tree, release.Id.Value);
            foreach (var file in record?.Files ?? []) folders.Vault.Drop(file.Sha256);
        }
        records.Forget();
    }
}
