using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Night;

/// <summary>
/// Lets go of releases: of those that are too many, of the future's where room is short, of those of a past rehearsal.
/// </summary>
public sealed partial class Publisher
{
    /// <summary>Removes what retention no longer keeps. Waiting releases stay, except those beyond the limit.</summary>
    public void Prune(int keep, ClockReading now, int mostWaiting = WaitingRoom.Most)
    {
        foreach (var crowd in Crowds(now)) LetGo(crowd, mostWaiting, now);
        releases.Prune(keep, Held(now).Select(release => release.Id).ToHashSet());
    }

    public void Prune(ClockReading now) => Prune(settings.KeepReleases, now);

    /// <summary>Counts the releases that are held because their corte is in the future.</summary>
    public int HeldForTheFuture(ClockReading now) => WaitingRoom.Future(Held(now), clock.Bound(now)).Count;

    /// <summary>
    /// Removes releases whose time has not come, to make room for those whose time has come. What is safely stored is
    /// not given up in vain: if all of them are not what fills the disk, they stay.
    /// </summary>
    /// <param name="bytes">How much room is missing.</param>
    /// <returns>The removed releases: their deliveries must be judged again when their time comes.</returns>
    public IReadOnlyList<Release> LetFutureGo(long bytes, ClockReading now)
    {
        var going = WaitingRoom.ForRoom(WaitingRoom.Future(Held(now), clock.Bound(now)), bytes);
        foreach (var release in going)
        {
            var reason = Finding.Of(ReasonCode.NoRoom, null, "removed because the disk is nearly full");
            Reject(release, reason, now);
        }
        if (going.Count > 0) releases.Remove(going);
        return going;
    }

    /// <summary>
    /// Records that a sealed release is not published after all, and says so in its acuse. <c>ultimo.json</c> stays,
    /// because this is not the last event of its delivery. The caller removes the release.
    /// </summary>
    public void Reject(Release release, Finding reason, ClockReading now)
    {
        recorder.Record(
            new PackageRejected(
                release.Package, release.Series, release.Corte, null, null, null, null, Told.Of([reason]), 1,
                Root: release.Destination.IfRehearsal()),
            now);
        receipts.Write(release, PackageState.Rejected, clock.BestTime(now), isLast: false, reason);
    }

    /// <summary>
    /// Returns the waiting releases that count: one list per root, and one for those without a root yet.
    /// </summary>
    IEnumerable<List<Release>> Crowds(ClockReading now)
    {
        var bound = clock.Bound(now);
        foreach (var root in Roots)
            yield return [
                .. PublicationOrder.Waiting(StateOf(root, now))
                .Where(release => PublicationOrder.Counts(release, bound))];
        yield return [.. releases.Sealed.Where(release => release.Destination is null)];
    }

    void LetGo(List<Release> waiting, int most, ClockReading now)
    {
        var going = WaitingRoom.Surplus(waiting, most);
        if (going.Count == 0) return;
        var newest = waiting.MaxBy(release => release.Rank)!.Corte;
        foreach (var release in going) PassOver(release, newest, now, isKept: false);
        releases.Remove(going);
    }

    /// <summary>
    /// Takes a rehearsal down once it is certainly over: its root shows the notice page, and all its releases are
    /// removed, so that none can be published anywhere.
    /// </summary>
    public void EndRehearsal(ClockReading now)
    {
        var over = clock.Bound(now) is { } bound
            ? !clock.Profile.Rehearsals.Any(window => bound.Latest >= window.From && bound.Earliest < window.To)
            : clock.OpeningProven && clock.Profile.Rehearsals.All(window => window.To <= clock.Profile.Opens);
        if (!over) return;
        var left = releases.Sealed.Where(release => release.Destination == Root.Rehearsal).ToList();
        if (left.Count == 0) return;
        if (releases.Live(Root.Rehearsal) is not null) releases.Withdraw(Root.Rehearsal);
        releases.Remove(left);
    }
}
