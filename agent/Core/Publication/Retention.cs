namespace Difusor.Agent.Publication;

/// <summary>What belongs to one root: the live release and the one that was live before it.</summary>
public readonly record struct RootPair(ReleaseId? Live, ReleaseId? Previous);

/// <summary>Chooses which stored releases and rejected packages may be removed.</summary>
public static class Retention
{
    /// <summary>
    /// Returns the releases beyond the <paramref name="keep"/> newest, oldest first. Never returns a live one, the one
    /// before it, the last good one (the newest that counts), or one that still waits to be published. Rejected
    /// packages are not releases and do not count.
    /// </summary>
    public static IReadOnlyList<Release> Outdated(
        IReadOnlyList<Release> stored, IReadOnlyList<RootPair> roots, IReadOnlySet<ReleaseId> waiting, int keep)
    {
        var newestFirst = stored.OrderByDescending(release => release.Rank).ToList();
        var lastGood = newestFirst.Find(release => !release.Future);
        bool Stays(Release release) =>
            release == lastGood || waiting.Contains(release.Id)
                || roots.Any(root => root.Live == release.Id || root.Previous == release.Id);
        return [.. newestFirst.Skip(keep).Where(release => !Stays(release)).Reverse()];
    }

    /// <summary>
    /// Returns what was set aside beyond <paramref name="keep"/> items or beyond <paramref name="size"/> bytes in all.
    /// The newest is never removed because of its size.
    /// </summary>
    /// <param name="newestFirst">The name and size in bytes of each.</param>
    public static IReadOnlyList<string> QuarantineOutdated(
        IEnumerable<(string Name, long Bytes)> newestFirst, int keep, long size)
    {
        var outdated = new List<string>();
        var (count, total) = (0, 0L);
        foreach (var (name, bytes) in newestFirst)
        {
            total += bytes;
            if (++count > keep || (count > 1 && total > size)) outdated.Add(name);
        }
        return outdated;
    }
}
