using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;
using Mono.Unix.Native;

namespace Difusor.Agent.Daemon;

/// <summary>
/// Computes from the store what must be published now, and tells the sentinel's threads at each change.
/// </summary>
sealed class ExpectedSite(ReleaseStore store, StoreFolders folders, PublishedState state)
{
    public static readonly Root[] Roots = [Root.Public, Root.Rehearsal];

    readonly Dictionary<ReleaseId, SealedTree> trees = [];
    readonly Dictionary<Root, (byte[] Page, SealedTree Tree)> notices = [];

    /// <summary>Tells the sentinel's threads what must be published from now on, if that has changed.</summary>
    /// <returns>Whether it has changed.</returns>
    public bool Follow()
    {
        var sealedNow = store.Sealed.ToDictionary(release => release.Id);
        var expected = Roots.Select(root => Expected(root, sealedNow)).ToImmutableArray();
        foreach (var gone in trees.Keys.Where(id => !sealedNow.ContainsKey(id)).ToList()) trees.Remove(gone);
        var known = state.Expected;
        if (expected.Length == known.Roots.Length
            && expected.Zip(known.Roots).All(pair => Same(pair.First, pair.Second))) return false;
        state.Expect(new Expectation(expected));
        return true;
    }

    /// <summary>Returns whether a release is one of those that must be on disk.</summary>
    public bool Knows(ReleaseId id) => trees.ContainsKey(id);

    ExpectedRoot Expected(Root root, Dictionary<ReleaseId, Release> sealedNow)
    {
        var known = state.Expected.Of(root);
        var live = store.Live(root)?.Id;
        var here = ImmutableDictionary.CreateBuilder<ReleaseId, SealedTree>();
        foreach (var release in sealedNow.Values)
        {
            var wasHere = known is not null && known.Trees.ContainsKey(release.Id);
            if (release.Id != live && !wasHere && !(release.Destination == root && store.HasTree(release, root)))
                continue;
            if (Tree(release, root) is { } tree) here.Add(release.Id, tree);
        }
        return new ExpectedRoot(
            root, folders.Of(root), live is { } id && here.ContainsKey(id) ? live : null, here.ToImmutable(),
            Notice(root));
    }

    SealedTree? Notice(Root root)
    {
        if (store.NoticePage(root) is not { Length: > 0 } page) return null;
        if (notices.TryGetValue(root, out var known) && ReferenceEquals(known.Page, page)) return known.Tree;
        var tree = ExpectedRoot.NoticeTree(root, page, Syscall.geteuid());
        notices[root] = (page, tree);
        return tree;
    }

    SealedTree? Tree(Release release, Root root)
    {
        if (trees.TryGetValue(release.Id, out var known)) return known;
        return store.Record(release) is { } sealedRecord
            ? trees[release.Id] = new SealedTree(sealedRecord, root, Syscall.geteuid()) : null;
    }

    static bool Same(ExpectedRoot one, ExpectedRoot other) =>
        one.Root == other.Root && one.Live == other.Live && ReferenceEquals(one.Notice, other.Notice)
            && one.Trees.Count == other.Trees.Count
            && one.Trees.Keys.All(other.Trees.ContainsKey);
}
