using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Night;

/// <summary>
/// Takes sealed releases live. What is due is always asked of <see cref="PublicationOrder"/>, from what lies on disk:
/// at a verdict, at the opening, at start, after a fault and at each tick the same question gets the same answer.
/// </summary>
/// <param name="readClocks">Read again after a swap, which takes clock.</param>
/// <param name="published">Told of each release that has become live.</param>
public sealed class Publisher(
    IReleases releases, EventRecorder recorder, NightClock clock, IReceipts receipts, PublicationSettings settings,
    ReadClocks readClocks,
    Action<Release, Root> published)
{
    static readonly Root[] Roots = [Root.Public, Root.Rehearsal];
    PublicationSettings settings = settings;

    /// <summary>Takes the settings of a reload.</summary>
    public void Follow(PublicationSettings changed) => settings = changed;

    /// <summary>Gets when what is public now became so, by trusted time; from the journal after a restart.</summary>
    public DateTimeOffset? PublishedSince { get; private set; }

    /// <summary>Recalls from the journal when what is live became so.</summary>
    public void Recall(IReadOnlyList<JournalRecord> records) =>
        PublishedSince = RecordOf(releases.Live(Root.Public), records)?.BestTime;

    /// <summary>
    /// Records a release that is live and has no record: a crash came between the swap and the record.
    /// </summary>
    public void RecordWhatACrashLeft(IReadOnlyList<JournalRecord> records, ClockReading now)
    {
        foreach (var root in Roots)
            if (releases.Live(root) is { } live && RecordOf(live, records) is null)
                RecordPublished(live, root, releases.Previous(root), now);
    }

    static JournalRecord? RecordOf(Release? live, IReadOnlyList<JournalRecord> records) => live is null ? null
        : records.LastOrDefault(record => record.Happened is CortePublished published && published.Release == live.Id);

    /// <summary>One root as the order sees it.</summary>
    public RootState StateOf(Root root, ClockReading now) => new(
        releases.Live(root), [.. releases.Sealed.Where(release => release.Destination == root)], releases.Choice(root),
        ClosedReason(root), clock.Bound(now));

    /// <summary>Publishes what is due in each root; of several held the newest, and says so of the others.</summary>
    /// <param name="told">What is no newer than this has had its say before.</param>
    public void PublishDue(ClockReading now, ReleaseRank? told = null)
    {
        foreach (var root in Roots)
        {
            var state = StateOf(root, now);
            if (PublicationOrder.Due(state) is not { } due) continue;
            var passedOver = PublicationOrder.Waiting(state)
                .Where(release => release.Rank < due.Rank && !release.Future && !(release.Rank <= told)).ToList();
            Publish(due, root, now);
            receipts.Write(due, PackageState.Published, clock.BestTime(now), isLast: true);
            foreach (var release in passedOver) PassOver(release, due.Corte, now);
        }
    }

    /// <summary>
    /// Swaps a release in, and records it: the one way by which anything becomes public. The acuse is the caller's.
    /// </summary>
    /// <param name="lastByte">When its last byte came, for the event; null where it had been held.</param>
    public void Publish(Release release, Root root, ClockReading now, ClockReading? lastByte = null)
    {
        var previous = releases.Live(root);
        release = releases.Publish(release, root, now.System);
        RecordPublished(release, root, previous, readClocks(), lastByte);
        published(release, root);
    }

    /// <summary>Records what an operator has made live.</summary>
    public void RecordActivated(Release release, Release? previous)
    {
        RecordPublished(release, Root.Public, previous, readClocks());
        published(release, Root.Public);
    }

    public void RecordPublished(
        Release release, Root root, Release? previous, ClockReading now, ClockReading? lastByte = null)
    {
        if (root == Root.Public) PublishedSince = clock.BestTime(now);
        recorder.Record(
            new CortePublished(
                release.Corte, release.Id, release.Package, release.Series, release.Files, release.Bytes,
                release.ManifestSha256,
                lastByte is { } last ? GateKeeper.SecondsBetween(last, now) : null, root, previous?.Id),
            now);
    }

    public void RecordHeld(Release release, HoldReason reason, ClockReading now)
    {
        var tellsWhen = reason == HoldReason.BeforeOpening && release.Destination != Root.Rehearsal;
        recorder.Record(
            new PackageHeld(
                release.Package, release.Series, release.Corte, release.Id, reason,
                tellsWhen ? clock.Profile.Opens : null), now);
    }

    /// <summary>Records that it is older than what is live. The acuse is the caller's.</summary>
    /// <param name="isKept">Whether an operator can still make it live.</param>
    public void RecordSuperseded(Release release, Corte by, ClockReading now, bool isKept = true)
    {
        var activate = isKept ? $"difusor-agent releases activate {release.Corte} --reason ..." : null;
        recorder.Record(
            new PackageSuperseded(release.Package, release.Series, release.Corte, release.Id, by, activate), now);
    }

    /// <summary>Another one became live in its place; that is not what happened last to its delivery.</summary>
    void PassOver(Release release, Corte by, ClockReading now, bool isKept = true)
    {
        RecordSuperseded(release, by, now, isKept);
        receipts.Write(release, PackageState.Superseded, clock.BestTime(now), isLast: false);
    }

    /// <summary>Takes the public root down to its notice page.</summary>
    public void Withdraw()
    {
        releases.Withdraw(Root.Public);
        PublishedSince = null;
    }

    /// <summary>
    /// What is to become of a release that is sealed already: for an arrival that a fault of the disk has interrupted.
    /// </summary>
    public Decision DecisionOn(Release release, ClockReading now)
    {
        if (release.Destination is not { } root) return new Decision.Hold(HeldReason(release, now));
        var state = StateOf(root, now);
        if (PublicationOrder.Due(state) is { } due && due.Id == release.Id) return new Decision.Publish();
        return state.Live is { } live && live.Rank > release.Rank ? new Decision.Superseded(live.Corte)
            : new Decision.Hold(HeldReason(release, now));
    }

    /// <summary>Sealed and not yet public: what may still go out.</summary>
    public IEnumerable<Release> Held(ClockReading now) =>
        Roots.SelectMany(root => PublicationOrder.Waiting(StateOf(root, now)))
            .Concat(releases.Sealed.Where(release => release.Destination is null));

    /// <summary>Why a held release is not public now.</summary>
    public HoldReason HeldReason(Release release, ClockReading now)
    {
        if (release.Destination is not { } root) return ClosedReason(Root.Public) ?? HoldReason.RehearsalUndecided;
        if (!PublicationOrder.Counts(release, clock.Bound(now))) return HoldReason.FutureCorte;
        return releases.Choice(root) is { Hold: true } ? HoldReason.OperatorHold
            : ClosedReason(root) ?? HoldReason.Publishing;
    }

    /// <summary>
    /// Removes what retention no longer keeps. Failures are not counted. What waits stays, but for what is too much of
    /// it.
    /// </summary>
    public void Prune(int keep, ClockReading now, int mostWaiting = WaitingRoom.Most)
    {
        foreach (var crowd in Crowds(now)) LetGo(crowd, mostWaiting, now);
        releases.Prune(keep, Held(now).Select(release => release.Id).ToHashSet());
    }

    public void Prune(ClockReading now) => Prune(settings.KeepReleases, now);

    /// <summary>Counts the releases that are held because their corte lies in the future.</summary>
    public int HeldForTheFuture(ClockReading now) => WaitingRoom.Future(Held(now), clock.Bound(now)).Count;

    /// <summary>Removes the releases whose time has not come, because there is no room for what has.</summary>
    /// <returns>What was removed: its deliveries are to be judged again when their time comes.</returns>
    public IReadOnlyList<Release> LetFutureGo(ClockReading now)
    {
        var going = WaitingRoom.Future(Held(now), clock.Bound(now));
        foreach (var release in going)
        {
            var reason = Finding.Of(ReasonCode.FutureCorte, null, "removed because the disk is nearly full");
            recorder.Record(Rejected(release, reason), now);
            receipts.Write(release, PackageState.Rejected, clock.BestTime(now), isLast: false);
        }
        if (going.Count > 0) releases.Remove(going);
        return going;
    }

    /// <summary>What waits and counts: for each root, and for what has no root yet.</summary>
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
    /// Takes a rehearsal down once it is certainly over: its root shows the notice, and nothing of it is left that
    /// could go anywhere.
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

    /// <summary>Tells that a release is not published after all.</summary>
    public static PackageRejected Rejected(Release release, Finding reason) =>
        new(release.Package, release.Series, release.Corte, null, null, null, null, Told.Of([reason]), 1);

    HoldReason? ClosedReason(Root root)
    {
        if (clock.Decision is not { } decision) return HoldReason.ClockUnsynchronized;
        if (root == Root.Public) return decision.Reason?.Hold();
        if (decision.Rehearsal is not null) return null;
        if (decision.Reason is { } reason && reason.IsOfTheClock()) return reason.Hold();
        var begins = decision.Bound is { } bound
            && clock.Profile.Rehearsals.Any(window => bound.Earliest < window.From && bound.Latest >= window.From);
        return begins ? HoldReason.BeforeOpening : HoldReason.RehearsalOver;
    }
}
