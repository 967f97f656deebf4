using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Night;

/// <summary>
/// Makes sealed releases live. It always asks <see cref="PublicationOrder"/> what is due, from what is on disk. So
/// the same question gets the same answer at a verdict, at the opening, at start, after a fault and at each tick.
/// </summary>
/// <param name="readClocks">Reads the clocks again after a swap, which takes time.</param>
/// <param name="published">Called for each release that has become live.</param>
public sealed partial class Publisher(
    IReleases releases, EventRecorder recorder, NightClock clock, IReceipts receipts, PublicationSettings settings,
    ReadClocks readClocks, Action<Release, Root> published)
{
    static readonly Root[] Roots = [Root.Public, Root.Rehearsal];

    /// <summary>The releases that the public root has served at any time.</summary>
    readonly HashSet<ReleaseId> everPublic = [];

    /// <summary>
    /// What follows from the last swap and is not done: the disk has refused it. Readers get that release already, so
    /// nothing else is published before.
    /// </summary>
    readonly Queue<Action> owed = new();
    PublicationSettings settings = settings;

    /// <summary>Takes the settings of a reload.</summary>
    public void Follow(PublicationSettings changed) => settings = changed;

    /// <summary>Gets when the public release became live, by trusted time; from the journal after a restart.</summary>
    public DateTimeOffset? PublishedSince { get; private set; }

    /// <summary>Restores from the journal what was public, and when the live release became live.</summary>
    public void Recall(IReadOnlyList<JournalRecord> records)
    {
        PublishedSince = RecordOf(releases.Live(Root.Public), records)?.BestTime;
        everPublic.UnionWith(
            records.Select(record => record.Happened).OfType<CortePublished>()
            .Where(published => published.Root == Root.Public).Select(published => published.Release));
    }

    /// <summary>Returns whether the public has had these bytes: to publish them again is to go back.</summary>
    public bool WasPublic(Release release) =>
        releases.Live(Root.Public)?.Id == release.Id || everPublic.Contains(release.Id)
            || (release.MadeFrom is { } from && everPublic.Contains(from))
            || releases.Sealed.Any(copy => copy.MadeFrom == release.Id && everPublic.Contains(copy.Id));

    /// <summary>
    /// Records a live release that has no record, because a crash came between the swap and the record.
    /// </summary>
    public void RecordWhatACrashLeft(IReadOnlyList<JournalRecord> records, ClockReading now)
    {
        foreach (var root in Roots)
            if (releases.Live(root) is { } live && RecordOf(live, records) is null)
                RecordPublished(live, root, releases.Previous(root), now);
    }

    static JournalRecord? RecordOf(Release? live, IReadOnlyList<JournalRecord> records) => live is null ? null
        : records.LastOrDefault(record => record.Happened is CortePublished published && published.Release == live.Id);

    /// <summary>Returns the state of one root for the publication order.</summary>
    public RootState StateOf(Root root, ClockReading now) => new(
        releases.Live(root), [.. releases.Sealed.Where(release => release.Destination == root)], releases.Choice(root),
        ClosedReason(root), clock.Bound(now));

    /// <summary>
    /// Publishes what is due in each root. If several are held, it publishes the newest and records the others as
    /// superseded.
    /// </summary>
    /// <param name="told">Releases up to this one were recorded before and are not recorded again.</param>
    public void PublishDue(ClockReading now, ReleaseRank? told = null)
    {
        Settle();
        foreach (var root in Roots)
        {
            var state = StateOf(root, now);
            if (PublicationOrder.Due(state) is not { } due) continue;
            var passedOver = PublicationOrder.Waiting(state)
                .Where(release => release.Rank < due.Rank && !(release.Rank <= told));
            Swap(
                due, root, now, null,
                [
                    () => receipts.Write(due, PackageState.Published, clock.BestTime(now), isLast: true),
                    .. passedOver.Select<Release, Action>(release => () => PassOver(release, due.Corte, now)),
                ]);
        }
    }

    /// <summary>
    /// Swaps a release in and records it. Except for an operator's <c>activate</c>, this is the only way to make
    /// anything public. The caller writes the acuse. If a disk fault interrupts it, call it again: it finishes what is
    /// missing.
    /// </summary>
    /// <param name="lastByte">When its last byte came, for the event; null if it was held.</param>
    public void Publish(Release release, Root root, ClockReading now, ClockReading? lastByte = null)
    {
        Settle();
        if (!releases.IsServed(release)) Swap(release, root, now, lastByte, []);
    }

    /// <summary>Records the release that an operator has made live.</summary>
    public void RecordActivated(Release release, Release? previous)
    {
        Owe(release, Root.Public, previous, null, []);
        Settle();
    }

    void Swap(Release release, Root root, ClockReading now, ClockReading? lastByte, ImmutableArray<Action> then)
    {
        var previous = releases.Live(root);
        try
        {
            releases.Publish(release, root, now.System);
        }
        catch (IOException) when (releases.Live(root)?.Id == release.Id)
        {
            owed.Enqueue(() =>
            {
                if (releases.Live(root)?.Id == release.Id) releases.Publish(release, root, now.System);
            });
            Owe(release, root, previous, lastByte, then);
            throw;
        }
        Owe(release, root, previous, lastByte, then);
        Settle();
    }

    void Owe(Release release, Root root, Release? previous, ClockReading? lastByte, ImmutableArray<Action> then)
    {
        owed.Enqueue(() => RecordPublished(release, root, previous, readClocks(), lastByte));
        owed.Enqueue(() => published(release, root));
        foreach (var step in then) owed.Enqueue(step);
    }

    /// <summary>Does what the last swap owes. What the disk refuses stays owed; an unforeseen error does not.</summary>
    void Settle()
    {
        while (owed.TryPeek(out var step))
        {
            try
            {
                step();
            }
            catch (Exception fault) when (fault is not IOException)
            {
                owed.Dequeue();
                throw;
            }
            owed.Dequeue();
        }
    }

    void RecordPublished(
        Release release, Root root, Release? previous, ClockReading now, ClockReading? lastByte = null)
    {
        if (root == Root.Public)
        {
            PublishedSince = clock.BestTime(now);
            everPublic.Add(release.Id);
        }
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
                tellsWhen ? clock.Profile.Opens : null, release.Destination.IfRehearsal()), now);
    }

    /// <summary>Records that a release is older than the live one. The caller writes the acuse.</summary>
    /// <param name="isKept">Whether an operator can still make it live.</param>
    public void RecordSuperseded(Release release, Corte by, ClockReading now, bool isKept = true)
    {
        recorder.Record(
            new PackageSuperseded(
                release.Package, release.Series, release.Corte, release.Id, by, isKept ? CommandFor(release) : null,
                release.Destination.IfRehearsal()), now);
    }

    /// <summary>Records that a package has the bytes of a stored release, which does not change by that.</summary>
    public void RecordDuplicate(Release twin, ClockReading now)
    {
        var isLive = IsLive(twin);
        recorder.Record(
            new PackageDuplicate(
                twin.Package, twin.Series, twin.Corte, twin.ManifestSha256, twin.Id, isLive ? twin.Id : null,
                isLive ? null : CommandFor(twin), twin.Destination.IfRehearsal()), now);
    }

    static string CommandFor(Release release) => $"difusor-agent releases activate {release.Id} --reason ...";

    /// <summary>
    /// Records that another release became live in its place. <c>ultimo.json</c> stays, because this is not the last
    /// event of its delivery.
    /// </summary>
    void PassOver(Release release, Corte by, ClockReading now, bool isKept = true)
    {
        RecordSuperseded(release, by, now, isKept);
        receipts.Write(release, PackageState.Superseded, clock.BestTime(now), isLast: false);
    }

    /// <summary>Takes the public root down to its notice page.</summary>
    public void Withdraw()
    {
        Settle();
        releases.Withdraw(Root.Public);
        PublishedSince = null;
    }

    /// <summary>
    /// Decides what to do with a release that is already sealed, for an arrival that a disk fault interrupted.
    /// </summary>
    public Decision DecisionOn(Release release, ClockReading now)
    {
        if (release.Destination is not { } root) return new Decision.Hold(HeldReason(release, now));
        // It became live after the fault, or just before it.
        if (releases.IsServed(release)) return new Decision.Publish();
        var state = StateOf(root, now);
        if (PublicationOrder.Due(state) is { } due && due.Id == release.Id) return new Decision.Publish();
        return state.Live is { } live && live.Rank > release.Rank ? new Decision.Superseded(live.Corte)
            : new Decision.Hold(HeldReason(release, now));
    }

    /// <summary>Returns whether readers get this release now.</summary>
    public bool IsLive(Release release) => releases.Live(release.Destination ?? Root.Public)?.Id == release.Id;

    /// <summary>
    /// Decides what a package is that has the bytes of a stored release: a duplicate only if that is live, or if an
    /// operator went back from it. Otherwise it is what the stored one is.
    /// </summary>
    public Decision DecisionOnTwin(Release twin, ClockReading now)
    {
        if (IsLive(twin)) return new Decision.Duplicate(twin);
        if (Held(now).Any(release => release.Id == twin.Id)) return new Decision.Hold(HeldReason(twin, now));
        var root = StateOf(twin.Destination ?? Root.Public, now);
        if (root.Live is { } live && live.Corte > twin.Corte) return new Decision.Superseded(live.Corte);
        return root.Choice is { Hold: true } ? new Decision.Hold(HoldReason.OperatorHold)
            : new Decision.Duplicate(twin);
    }

    /// <summary>Returns the releases that are sealed and not public yet, but may still be published.</summary>
    public IEnumerable<Release> Held(ClockReading now) =>
        Roots.SelectMany(root => PublicationOrder.Waiting(StateOf(root, now)))
            .Concat(releases.Sealed.Where(release => release.Destination is null));

    /// <summary>Returns why a held release is not public now.</summary>
    public HoldReason HeldReason(Release release, ClockReading now)
    {
        if (release.Destination is not { } root) return ClosedReason(Root.Public) ?? HoldReason.RehearsalUndecided;
        if (!PublicationOrder.Counts(release, clock.Bound(now))) return HoldReason.FutureCorte;
        return releases.Choice(root) is { Hold: true } ? HoldReason.OperatorHold
            : ClosedReason(root) ?? HoldReason.Publishing;
    }

    HoldReason? ClosedReason(Root root)
    {
        var decision = clock.Decision;
        if (root == Root.Public) return decision.Reason?.Hold();
        if (decision.Rehearsal is not null) return null;
        if (decision.Reason is { } reason && reason.IsOfTheClock()) return reason.Hold();
        if (decision.Bound is not { } bound) return HoldReason.ClockUnsynchronized;
        if (clock.Simulacro?.IsBeforeOpening(bound) == true) return HoldReason.BeforeOpening;
        return IsOpenAt(bound.Earliest) ? HoldReason.ClockUnsynchronized
            : IsOpenAt(bound.Latest) ? HoldReason.BeforeOpening : HoldReason.RehearsalOver;
    }

    /// <summary>Returns whether the rehearsal root is open at a time, by its windows alone.</summary>
    bool IsOpenAt(DateTimeOffset at) =>
        clock.Election.Rehearsals.Any(window => window.Contains(at)) || clock.Simulacro?.Open.Contains(at) == true;
}
