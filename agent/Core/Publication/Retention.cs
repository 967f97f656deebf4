using Difusor.Agent.Packages;

namespace Difusor.Agent.Publication;

/// <summary>What a root has of its own: the live release and the one that was live before it.</summary>
public readonly record struct RootPair(ReleaseId? Live, ReleaseId? Previous);

/// <summary>Which stored releases and rejected packages may go.</summary>
public static class Retention
{
    /// <summary>
    /// The releases past the <paramref name="keep"/> newest, oldest first. Never among them: a live one, the one before
    /// it, the last good one (the newest that counts), and what still waits to be published. Rejected packages are no
    /// releases and do not count.
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
    /// What was set aside past <paramref name="keep"/> or past <paramref name="size"/> bytes in all; the newest stays,
    /// however large.
    /// </summary>
    /// <param name="newestFirst">Name and bytes of each.</param>
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
