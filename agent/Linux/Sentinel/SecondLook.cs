using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// Checks which of some alterations are true now. It runs on the agent loop's thread, between two publications, because
/// the watch only gives hints.
/// </summary>
sealed class SecondLook(PublishedState state) : IDisposable
{
    readonly TreeLook look = new();
    readonly MountTable mounts = new();

    /// <summary>Returns what is wrong now at the places of <paramref name="told"/>.</summary>
    public ImmutableArray<Alteration> At(IReadOnlyCollection<Alteration> told)
    {
        var holds = ImmutableArray.CreateBuilder<Alteration>();
        foreach (var group in told.GroupBy(alteration => (alteration.Root, alteration.Release)))
        {
            if (state.Expected.Of(group.Key.Root) is not { } root) continue;
            var inTree = group.Where(alteration => alteration.Kind != AlterationKind.Mount).ToList();
            if (group.Key.Release is { } id && inTree.Count > 0 && root.Trees.TryGetValue(id, out var tree))
                holds.AddRange(InTree(root, tree, inTree));
            if (group.Key.Release is null || inTree.Count < group.Count()) holds.AddRange(AboveTrees(root, [.. group]));
        }
        look.End();
        return holds.ToImmutable();
    }

    /// <summary>
    /// Returns whether another file system is mounted over a root. The agent opens nothing through it, because the
    /// mount could then not be removed.
    /// </summary>
    public bool IsCovered(Root root) =>
        state.Expected.Of(root) is { } expected
            && expected.Mounts(mounts.Read()).Any(mount => mount.Path is "." or "releases");

    public void Dispose() => mounts.Dispose();

    List<Alteration> InTree(ExpectedRoot root, SealedTree tree, List<Alteration> told)
    {
        using var folder = TreeLook.Open(root, tree, out _);
        if (folder is null) return [.. tree.At("", null)];
        var found = new List<Alteration>();
        foreach (var path in told.Select(alteration => alteration.Path).Distinct())
            found.AddRange(look.At(tree, folder, path == "." ? default : Encoding.UTF8.GetBytes(path)));
        return found;
    }

    IEnumerable<Alteration> AboveTrees(ExpectedRoot root, IReadOnlyCollection<Alteration> told) =>
        state.Judge([root.Root], mounts) is { } found
            ? found.Where(now => told.Any(then => then.Kind == now.Kind && then.Path == now.Path)) : told;
}
