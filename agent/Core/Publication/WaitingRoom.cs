using Difusor.Agent.Gate;

namespace Difusor.Agent.Publication;

/// <summary>
/// Limits what is kept because it may still be published. Without a limit a sender could fill the disk with small
/// packages before the opening, or with future cortes.
/// </summary>
public static class WaitingRoom
{
    /// <summary>
    /// How many releases of one root may wait at once, in addition to those of the future. Only the newest of them is
    /// published when the gate opens; the others are for an operator who wants an earlier one.
    /// </summary>
    public const int Most = 24;

    /// <summary>
    /// Returns which of the waiting releases must go, the oldest first. The newest corte always stays, and so do the
    /// <paramref name="most"/> that were sealed last: so a sender of cortes with late stamps cannot push out those that
    /// come after them.
    /// </summary>
    /// <param name="waiting">The releases of one root that count, in any order.</param>
    public static IReadOnlyList<Release> Surplus(IReadOnlyCollection<Release> waiting, int most)
    {
        if (waiting.Count <= most) return [];
        var newest = waiting.MaxBy(release => release.Rank);
        return [.. waiting.OrderByDescending(release => release.Sequence).Skip(most).Where(release => release != newest)
            .Reverse()];
    }

    /// <summary>Returns those of the waiting releases whose time has not come.</summary>
    public static IReadOnlyList<Release> Future(IEnumerable<Release> waiting, ClockBound? bound) =>
        [.. waiting.Where(release => !PublicationOrder.Counts(release, bound))];

    /// <summary>
    /// Returns the fewest of these releases whose removal makes so much room, the latest corte first. Returns none if
    /// all of them together do not make it.
    /// </summary>
    public static IReadOnlyList<Release> ForRoom(IEnumerable<Release> future, long bytes)
    {
        var going = new List<Release>();
        foreach (var release in future.OrderByDescending(release => release.Rank))
        {
            going.Add(release);
            // Its tree, and the copy in the vault.
            bytes -= 2 * release.Bytes;
            if (bytes <= 0) return going;
        }
        return [];
    }
}
