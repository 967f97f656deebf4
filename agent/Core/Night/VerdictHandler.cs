using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Night;

/// <summary>
/// Carries out what follows from a verdict. A rejected package goes to quarantine; a duplicate is discarded; any other
/// is sealed, and published, held or kept as superseded. Each outcome is one event and one acuse (contract, section 6).
/// </summary>
/// <param name="started">When the agent started: packages that were there before count as having come then.</param>
public sealed class VerdictHandler(
    IReleases releases, EventRecorder recorder, NightClock clock, Publisher publisher, IReceipts receipts,
    Settings settings, ClockReading started)
{
    /// <summary>When each release that has no root yet was first seen.</summary>
    readonly Dictionary<ReleaseId, ClockReading> undecided = [];
    Settings settings = settings;

    /// <summary>Takes the settings of a reload.</summary>
    public void Follow(Settings changed) => settings = changed;

    /// <summary>Carries out the verdict on one delivery completely.</summary>
    /// <exception cref="IOException">The disk refused: call again with the same arrival.</exception>
    public void Take(Arrival arrival, ClockReading now)
    {
        var destination = clock.Admission.RootOf(arrival.FirstSeen, clock.State, now, clock.OpeningProven)
            ?? WaivedRoot(arrival, now);
        arrival.Destination = destination;
        if (arrival.Release is null)
        {
            var verdict = arrival.Verdict with { Corte = arrival.Verdict.Corte ?? arrival.Given };
            arrival.Verdict = Waive(JudgedByTheHour(verdict, destination), arrival);
        }
        if (!arrival.Verdict.Accepted)
        {
            Reject(arrival, now);
            return;
        }
        var candidate = new Candidate(
            arrival.Verdict.Corte!.Value, arrival.Verdict.Series, arrival.Verdict.ManifestSha256, destination);
        var root = publisher.StateOf(destination ?? Root.Public, now);
        var decision = arrival.Release is null ? PublicationOrder.Decide(candidate, root, SeriesIsNamed)
            : publisher.DecisionOn(arrival.Release, now);
        if (decision is Decision.UnexpectedSeries && arrival.Waived.Contains(ReasonCode.UnexpectedSeries.Code()))
        {
            arrival.Needed.Add(ReasonCode.UnexpectedSeries.Code());
            decision = PublicationOrder.Decide(candidate with { Series = null }, root, SeriesIsNamed);
        }
        if (decision is Decision.UnexpectedSeries other)
        {
            arrival.Verdict = arrival.Verdict
                with { Reasons =
                [Finding.Of(ReasonCode.UnexpectedSeries, null, $"this corte is there as {other.Published}")] };
            Reject(arrival, now);
            return;
        }
        if (decision is Decision.Hold { Reason: HoldReason.FutureCorte } && arrival.Release is null
            && publisher.HeldForTheFuture(now) is var held && held >= settings.Limits.FutureReleases)
        {
            arrival.Later = candidate.Corte;
            arrival.Verdict = arrival.Verdict
                with { Reasons =
                [Finding.Of(ReasonCode.FutureCorte, null, $"{candidate.Corte}; {held} of the future are held")] };
            Reject(arrival, now);
            return;
        }
        if (PublicationOrder.SeriesChanges(candidate, root.Live) && !SeriesIsNamed)
            arrival.Verdict = WithWarning(arrival.Verdict, root.Live!.Series!);
        Accept(arrival, decision, destination, now);
    }

    /// <summary>
    /// Gives each waiting release its root, once trusted time decides. A corte outside the window belongs to a test: it
    /// is rejected and removed.
    /// </summary>
    public void AssignRoots(ClockReading now)
    {
        foreach (var release in releases.Sealed.Where(release => release.Destination is null).ToList())
        {
            var sealedBefore = !undecided.TryGetValue(release.Id, out var seen);
            if (clock.Admission.RootOf(sealedBefore ? started : seen, clock.State, now, clock.OpeningProven)
                is not { } root) continue;
            // Sealed by an earlier run: only the system clock says when it came, so a release that may belong to a
            // rehearsal stays in the rehearsal.
            if (sealedBefore && clock.Profile.Rehearsals.Any(window => window.Contains(release.SealedAt)))
                root = Root.Rehearsal;
            if (root == Root.Public && Untimely(release.Corte) is { } untimely)
            {
                publisher.Reject(release, untimely, now);
                releases.Remove([release]);
            }
            else releases.Assign(release, root);
            undecided.Remove(release.Id);
        }
    }

    bool SeriesIsNamed => settings.Drop.Series is not null || clock.Profile.Series is not null;

    /// <summary>Adds the reason that only the time can show. A rehearsal's packages may have any stamps.</summary>
    Verdict JudgedByTheHour(Verdict verdict, Root? destination) =>
        verdict.Corte is { } corte && destination == Root.Public && Untimely(corte) is { } untimely
            ? verdict with { Reasons = [.. verdict.Reasons, untimely] } : verdict;

    /// <summary>
    /// Returns why the time rejects a corte of the public root, at its verdict or once its root is known; null if it
    /// does not.
    /// </summary>
    Finding? Untimely(Corte corte) => clock.Admission.IsOutsideWindow(corte)
        ? Finding.Of(
            ReasonCode.CorteOutsideWindow, null,
            $"{corte} is not within {new Corte(clock.Profile.FirstCorte)} and "
                + $"{new Corte(clock.Profile.KeepUntil + Admission.UsefulAfterKeep)} (election: {clock.Profile.Id})")
        : null;

    /// <summary>
    /// Turns the reasons that an operator has waived into warnings. A package without a corte stays rejected, because
    /// nothing says where it belongs; who gives it one has waived that.
    /// </summary>
    static Verdict Waive(Verdict verdict, Arrival arrival)
    {
        IReadOnlyList<string> codes =
            arrival.Given is null ? arrival.Waived : [.. arrival.Waived, ReasonCode.NoCorte.Code()];
        if (codes.Count == 0 || verdict.Corte is null) return verdict;
        arrival.Needed.UnionWith(verdict.Reasons.Select(reason => reason.Code).Where(codes.Contains));
        ImmutableArray<Finding> left = [.. verdict.Reasons.Where(reason => !codes.Contains(reason.Code))];
        // The first finding of each code is always kept. So if no reason is left, those that were only counted are
        // waived too.
        return verdict with
        {
            Reasons = left,
            MoreReasons = left.IsEmpty ? 0 : verdict.MoreReasons,
            Warnings = [.. verdict.Warnings, .. verdict.Reasons.Where(reason => codes.Contains(reason.Code))],
            MoreWarnings = verdict.MoreWarnings + (left.IsEmpty ? verdict.MoreReasons : 0),
        };
    }

    /// <summary>
    /// Returns the public root if an operator overrules the clock: then the opening is past, and so is every rehearsal.
    /// Returns null otherwise.
    /// </summary>
    Root? WaivedRoot(Arrival arrival, ClockReading now) =>
        clock.Decision.Reason is { } reason && IsWaived(arrival, reason.Hold(), now) ? Root.Public : null;

    /// <summary>
    /// Records the operator's command that brought a package, once it is known what comes of it and before it does.
    /// </summary>
    void TellByHand(Arrival arrival, PackageState outcome, ClockReading now)
    {
        if (arrival.ByHand is not { } told) return;
        var isDone = outcome == PackageState.Published;
        string[]? waived = arrival.Needed.Count == 0 ? null : [.. arrival.Needed];
        recorder.Record(
            told with
            {
                Corte = arrival.Verdict.Corte, Waived = waived, Done = isDone,
                Refusal = isDone ? null : outcome.Word(),
            }, now);
        arrival.ByHand = null;
        clock.OpeningWaived |= isDone && clock.Gate.IsWaiver(arrival.Needed, now.System);
    }

    /// <summary>
    /// Returns whether a release is held by a closed gate for a reason of the clock that the operator has waived, and
    /// may waive.
    /// </summary>
    bool IsWaived(Arrival arrival, HoldReason held, ClockReading now) =>
        held.Gate() is { } reason && arrival.Waived.Contains(held.Code())
            && clock.Gate.MayWaive(reason, clock.Bound(now), now);

    static Verdict WithWarning(Verdict verdict, string published) =>
        verdict.Warnings.Any(warning => warning.Code == "series-changed") ? verdict
        : verdict
            with { Warnings =
            [.. verdict.Warnings, new Finding("series-changed", null, $"{published} was published before")] };

    void Reject(Arrival arrival, ClockReading now)
    {
        TellByHand(arrival, PackageState.Rejected, now);
        if (!arrival.IsPutAway)
            arrival.Quarantine = arrival.Staged.Quarantine(arrival.Verdict.In(settings.Language), now.System);
        arrival.IsPutAway = true;
        var verdict = arrival.Verdict;
        recorder.Record(
            new PackageRejected(
                verdict.Package, verdict.Series, verdict.Corte, verdict.Files, verdict.Bytes, arrival.Algorithm,
                verdict.ManifestSha256,
                Told.Of(verdict.Reasons), verdict.ReasonsTotal, Told.Of(verdict.Warnings), verdict.WarningsTotal,
                arrival.Quarantine,
                arrival.PutOff > 0 ? arrival.PutOff : null, arrival.Destination.IfRehearsal()),
            now);
        releases.PruneQuarantine(settings.Quarantine.Keep, settings.Quarantine.Size);
        End(arrival, PackageState.Rejected, now);
    }

    void Accept(Arrival arrival, Decision decision, Root? destination, ClockReading now)
    {
        if (decision is Decision.Duplicate { Of: var same } && arrival.Release is null)
        {
            arrival.Twin = same;
            decision = publisher.DecisionOnTwin(same, now);
        }
        if (decision is Decision.Hold { Reason: var closed } && IsWaived(arrival, closed, now))
        {
            arrival.Needed.Add(closed.Code());
            decision = new Decision.Publish();
        }
        var outcome = decision is Decision.Publish ? PackageState.Published
            : decision is Decision.Hold ? PackageState.Held
            : decision is Decision.Duplicate { Of: var twin } && publisher.IsLive(twin) ? PackageState.Duplicate
            : PackageState.Superseded;
        TellByHand(arrival, outcome, now);
        if (!arrival.IsVerified)
        {
            var verdict = arrival.Verdict;
            recorder.Record(
                new PackageVerified(
                    verdict.Package, verdict.Series, verdict.Corte, verdict.Files, verdict.Bytes, arrival.Algorithm,
                    verdict.ManifestSha256,
                    Told.Of(verdict.Warnings), verdict.WarningsTotal, GateKeeper.SecondsBetween(arrival.LastByte, now),
                    destination.IfRehearsal()),
                now);
            arrival.IsVerified = true;
        }
        if (arrival.Release is null) Keep(arrival, decision, destination, now);
        var stored = (arrival.Release ?? arrival.Twin)!;
        // A twin may have come under another name; what is told is about this package.
        var told = stored with { Package = arrival.Verdict.Package, Series = arrival.Verdict.Series };
        switch (decision)
        {
            case Decision.Publish:
                publisher.Publish(stored, stored.Destination ?? destination!.Value, now, arrival.LastByte);
                break;
            case Decision.Hold hold:
                publisher.RecordHeld(told, hold.Reason, now);
                break;
            case Decision.Superseded superseded:
                publisher.RecordSuperseded(told, superseded.By, now);
                break;
            case Decision.Duplicate:
                publisher.RecordDuplicate(told, now);
                break;
        }
        End(arrival, outcome, now);
    }

    /// <summary>Seals the package, unless its bytes are stored already.</summary>
    void Keep(Arrival arrival, Decision decision, Root? destination, ClockReading now)
    {
        if (arrival.Twin is { } twin)
        {
            if (!arrival.IsDiscarded) arrival.Staged.DiscardDuplicate();
            arrival.IsDiscarded = true;
            // The held twin waits for the clock, which an operator overrules now.
            if (decision is Decision.Publish) arrival.Release = twin;
            return;
        }
        arrival.Release = arrival.Staged.Seal(
            arrival.Verdict, destination, decision is Decision.Hold { Reason: HoldReason.FutureCorte }, now.System);
        if (destination is null) undecided[arrival.Release.Id] = arrival.FirstSeen;
    }

    void End(Arrival arrival, PackageState state, ClockReading now)
    {
        arrival.Outcome = state;
        receipts.Write(
            arrival.Delivery, state, arrival.Verdict.In(settings.Language), clock.BestTime(now),
            arrival.Destination == Root.Rehearsal);
    }
}
