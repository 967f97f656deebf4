using System.Collections.Immutable;
using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent;

/// <summary>
/// What follows from a verdict: rejected into quarantine; the same again, discarded; else sealed, and published, held or kept as an
/// older one. Each outcome is one event and one acuse (contract, section 6).
/// </summary>
sealed class Intake(ReleaseStore store, Chronicle chronicle, Timekeeper time, Publisher publisher, Receipts receipts)
{
    /// <summary>When each release that has no root yet was first seen; after a restart, when the agent started.</summary>
    readonly Dictionary<ReleaseId, ClockReading> undecided = [];
    readonly ClockReading started = HostClock.Read();

    public Settings Settings { private get; set; } = null!;

    /// <summary>Takes one judged delivery to its end.</summary>
    /// <exception cref="SystemFault">The disk refused: call again with the same arrival.</exception>
    public void Take(Arrival arrival, ClockReading now)
    {
        var destination = time.Admission.RootOf(arrival.FirstSeen, time.Clock, now, time.OpeningProven) ?? WaivedRoot(arrival, now);
        if (arrival.Release is null) arrival.Verdict = Waive(JudgedByTheHour(arrival.Verdict, destination), arrival.Waived);
        if (!arrival.Verdict.Accepted)
        {
            Reject(arrival, now);
            return;
        }
        var candidate = new Candidate(arrival.Verdict.Corte!.Value, arrival.Verdict.Series, arrival.Verdict.ManifestSha256, destination);
        var root = publisher.StateOf(destination ?? Root.Public, now);
        var decision = arrival.Release is null ? PublicationOrder.Decide(candidate, root, SeriesIsNamed) : publisher.DecisionOn(arrival.Release, now);
        if (decision is Decision.UnexpectedSeries && arrival.Waived.Contains(ReasonCode.UnexpectedSeries.Code()))
            decision = PublicationOrder.Decide(candidate with { Series = null }, root, SeriesIsNamed);
        if (decision is Decision.UnexpectedSeries other)
        {
            arrival.Verdict = arrival.Verdict with { Reasons = [Finding.Of(ReasonCode.UnexpectedSeries, null, $"this corte is there as {other.Published}")] };
            Reject(arrival, now);
            return;
        }
        if (decision is Decision.Hold { Reason: "future-corte" } && arrival.Release is null
            && publisher.HeldForTheFuture(now) is var held && held >= Settings.Limits.FutureReleases)
        {
            arrival.Later = candidate.Corte;
            arrival.Verdict = arrival.Verdict with { Reasons = [Finding.Of(ReasonCode.FutureCorte, null, $"{candidate.Corte}; {held} of the future are held")] };
            Reject(arrival, now);
            return;
        }
        if (PublicationOrder.SeriesChanges(candidate, root.Live) && !SeriesIsNamed) arrival.Verdict = WithWarning(arrival.Verdict, root.Live!.Series!);
        Accept(arrival, decision, destination, now);
    }

    /// <summary>Gives each waiting release its root, once trusted time tells; a corte outside the window is a test's, and goes nowhere.</summary>
    public void AssignRoots(ClockReading now)
    {
        foreach (var release in store.Sealed.Where(release => release.Destination is null).ToList())
        {
            var sealedBefore = !undecided.TryGetValue(release.Id, out var seen);
            if (time.Admission.RootOf(sealedBefore ? started : seen, time.Clock, now, time.OpeningProven) is not { } root) continue;
            // Sealed by an earlier run: when it came is known by the system clock only, and what may be a rehearsal's stays one.
            if (sealedBefore && time.Profile.Rehearsals.Any(window => window.Contains(release.SealedAt))) root = Root.Rehearsal;
            if (root == Root.Public && time.Admission.IsOutsideWindow(release.Corte))
            {
                chronicle.Record(EventCode.PackageRejected, now, Publisher.Fields(release, OutsideWindow(release.Corte)));
                store.Remove([release]);
            }
            else store.Assign(release, root);
            undecided.Remove(release.Id);
        }
    }

    bool SeriesIsNamed => (Settings.Drop.Series ?? time.Profile.Series) is not null;

    /// <summary>What only the hour can say. A rehearsal's stamps are its own.</summary>
    Verdict JudgedByTheHour(Verdict verdict, Root? destination) =>
        verdict.Corte is { } corte && destination == Root.Public && time.Admission.IsOutsideWindow(corte)
            ? verdict with { Reasons = [.. verdict.Reasons, OutsideWindow(corte)] } : verdict;

    Finding OutsideWindow(Packages.Corte corte) => Finding.Of(ReasonCode.CorteOutsideWindow, null,
        $"{corte} is not within {new Packages.Corte(time.Profile.FirstCorte)} and {new Packages.Corte(time.Profile.KeepUntil + Admission.UsefulAfterKeep)}");

    /// <summary>What an operator has waived is a warning from then on. A package without a corte stays rejected: nothing says where it belongs.</summary>
    static Verdict Waive(Verdict verdict, IReadOnlyList<string> codes)
    {
        if (codes.Count == 0 || verdict.Corte is null) return verdict;
        ImmutableArray<Finding> left = [.. verdict.Reasons.Where(reason => !codes.Contains(reason.Code))];
        // The first of each code is always kept: where none is left, those that were only counted are waived too.
        return verdict with
        {
            Reasons = left,
            MoreReasons = left.IsEmpty ? 0 : verdict.MoreReasons,
            Warnings = [.. verdict.Warnings, .. verdict.Reasons.Where(reason => codes.Contains(reason.Code))],
            MoreWarnings = verdict.MoreWarnings + (left.IsEmpty ? verdict.MoreReasons : 0),
        };
    }

    /// <summary>Where an operator overrules the clock the opening is past, and with it every rehearsal.</summary>
    Root? WaivedRoot(Arrival arrival, ClockReading now) => time.Decision?.Reason is { } reason && IsWaived(arrival, reason.Code(), now) ? Root.Public : null;

    /// <summary>A closed gate, where the operator may and does overrule the clock.</summary>
    bool IsWaived(Arrival arrival, string heldReason, ClockReading now) =>
        GateReasons.Named(heldReason) is { } reason && arrival.Waived.Contains(heldReason) && time.Gate.MayWaive(reason, now);

    static Verdict WithWarning(Verdict verdict, string published) => verdict.Warnings.Any(warning => warning.Code == "series-changed") ? verdict
        : verdict with { Warnings = [.. verdict.Warnings, new Finding("series-changed", null, $"{published} was published before")] };

    void Reject(Arrival arrival, ClockReading now)
    {
        arrival.Quarantine ??= store.Quarantine(arrival.Tree, into => VerdictJson.Write(into, arrival.Verdict), now.System);
        var fields = arrival.Fields("files", "bytes", "algorithm", "manifest_sha256", "reasons", "reasons_total", "warnings", "warnings_total");
        fields["quarantine"] = arrival.Quarantine;
        if (arrival.Judged.PutOff > 0) fields["put_off"] = arrival.Judged.PutOff;
        chronicle.Record(EventCode.PackageRejected, now, fields);
        store.PruneQuarantine(Settings.Quarantine.Keep, Settings.Quarantine.Size);
        End(arrival, "rejected", now);
    }

    void Accept(Arrival arrival, Decision decision, Root? destination, ClockReading now)
    {
        if (!arrival.IsVerified)
        {
            var fields = arrival.Fields("files", "bytes", "algorithm", "manifest_sha256", "warnings", "warnings_total");
            fields["seconds"] = Timekeeper.SecondsBetween(arrival.LastByte, now);
            chronicle.Record(EventCode.PackageVerified, now, fields);
            arrival.IsVerified = true;
        }
        if (decision is Decision.Duplicate twin && arrival.Release is null)
        {
            store.MendVault(arrival.Tree);
            arrival.Tree.Discard();
            if (!publisher.Held(now).Contains(twin.Of) || !IsWaived(arrival, publisher.HeldReason(twin.Of, now), now))
            {
                var fields = arrival.Fields("manifest_sha256");
                fields["release"] = twin.Of.Id.Value;
                chronicle.Record(EventCode.PackageDuplicate, now, fields);
                End(arrival, "duplicate", now);
                return;
            }
            // It waits for the clock that an operator overrules now.
            (arrival.Release, decision) = (twin.Of, new Decision.Publish());
        }
        if (arrival.Release is null)
        {
            arrival.Release = store.Seal(arrival.Tree, arrival.Verdict, destination, decision is Decision.Hold { Reason: "future-corte" }, now.System);
            if (destination is null) undecided[arrival.Release.Id] = arrival.FirstSeen;
        }
        if (decision is Decision.Hold { Reason: var closed } && IsWaived(arrival, closed, now)) decision = new Decision.Publish();
        switch (decision)
        {
            case Decision.Publish:
                publisher.Publish(arrival.Release, destination ?? arrival.Release.Destination!.Value, now, arrival.LastByte);
                End(arrival, "published", now);
                break;
            case Decision.Hold hold:
                publisher.RecordHeld(arrival.Release, hold.Reason, now);
                End(arrival, "held", now);
                break;
            case Decision.Superseded superseded:
                publisher.RecordSuperseded(arrival.Release, superseded.By, now);
                End(arrival, "superseded", now);
                break;
        }
    }

    void End(Arrival arrival, string state, ClockReading now)
    {
        receipts.Write(arrival.Delivery, state, arrival.Verdict, time.TrustedTime(now) ?? now.System.ToOffset(time.Profile.Opens.Offset));
        arrival.Ended?.Invoke(state);
    }
}
