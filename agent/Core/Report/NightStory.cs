using Difusor.Agent.Events;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Report;

/// <summary>
/// Tells, from the journal's records, what has happened to each corte, and what was altered and healed. It keeps the
/// last of both; a flood of rejected packages pushes out no corte that was verified.
/// </summary>
/// <param name="mostCortes">How many cortes are kept.</param>
/// <param name="mostAlterations">How many alterations are kept.</param>
public sealed class NightStory(
    int mostCortes = NightStory.MostCortes, int mostAlterations = NightStory.MostAlterations)
{
    /// <summary>A night of 24 hours has 73 cortes.</summary>
    public const int MostCortes = 90;

    public const int MostAlterations = 50;

    const int MostArrivals = 200, MostReasons = 3, MostPaths = 3;

    readonly List<CorteStatus> cortes = [];
    readonly List<AlterationStatus> alterations = [];
    /// <summary>When the packages that have no verdict yet began to arrive, the oldest first.</summary>
    readonly List<(string Package, DateTimeOffset At)> arrivals = [];

    /// <summary>Returns the cortes in the order in which they were first heard of.</summary>
    /// <param name="offset">The offset from UTC of the times.</param>
    public IReadOnlyList<CorteStatus> Cortes(TimeSpan offset) =>
        [.. cortes.Select(one => one with
        {
            Corte = one.Corte?.ToOffset(offset), Arrived = one.Arrived?.ToOffset(offset),
            Verified = one.Verified?.ToOffset(offset), Held = one.Held?.ToOffset(offset),
            Published = one.Published?.ToOffset(offset), Superseded = one.Superseded?.ToOffset(offset),
            Rejected = one.Rejected?.ToOffset(offset),
        })];

    /// <summary>Returns what was altered, the oldest first.</summary>
    /// <param name="offset">The offset from UTC of the times.</param>
    public IReadOnlyList<AlterationStatus> Alterations(TimeSpan offset) =>
        [.. alterations.Select(one => one with
        {
            Detected = one.Detected.ToOffset(offset), Healed = one.Healed?.ToOffset(offset),
        })];

    /// <summary>Takes a record.</summary>
    public void Hear(JournalRecord record)
    {
        var at = record.BestTime;
        switch (record.Happened)
        {
            case DeliverySeen seen:
                arrivals.RemoveAll(one => one.Package == seen.Package);
                arrivals.Add((seen.Package, at));
                if (arrivals.Count > MostArrivals) arrivals.RemoveAt(0);
                break;
            case PackageVerified verified:
                Tell(
                    verified.Corte, verified.Package, verified.Root,
                    one => one with { Verified = one.Verified ?? at });
                break;
            case PackageHeld held:
                Tell(held.Corte, held.Package, held.Root, one => one with
                {
                    Held = one.Held ?? at, HeldReason = one.HeldReason ?? held.Reason.Code(),
                });
                break;
            case CortePublished published:
                Tell(published.Corte, published.Package, published.Root, one => one with
                {
                    Published = one.Published ?? at,
                });
                break;
            case PackageSuperseded superseded:
                Tell(
                    superseded.Corte, superseded.Package, superseded.Root,
                    one => one with { Superseded = one.Superseded ?? at });
                break;
            case PackageRejected rejected:
                Tell(rejected.Corte, rejected.Package, rejected.Root, one => one with
                {
                    Rejected = at, Path = Known(rejected.Reasons) is [var first, ..] ? first.Path : null,
                    Reasons = [.. Known(rejected.Reasons).Select(reason => reason.Code).Distinct().Take(MostReasons)],
                });
                break;
            case TamperDetected tampered:
                alterations.Add(
                    new AlterationStatus(
                        tampered.Release, at,
                        [.. Known(tampered.Changes).Select(change => change.Path).OfType<string>().Take(MostPaths)],
                        tampered.ChangesTotal ?? Known(tampered.Changes).Count)
                    {
                        Rehearsal = tampered.Root == Root.Rehearsal,
                    });
                if (alterations.Count > mostAlterations) alterations.RemoveAt(0);
                break;
            case TamperHealed healed:
                for (var index = 0; index < alterations.Count; index++)
                    if (alterations[index] is { Healed: null } open && open.Release == healed.Release)
                        alterations[index] = open with
                        {
                            Healed = at, ExposureSeconds = healed.ExposureSeconds, Evidence = healed.Evidence,
                        };
                break;
        }
    }

    /// <param name="root">Null where the event is not about a rehearsal, or it is not known yet.</param>
    void Tell(Corte? corte, string package, Root? root, Func<CorteStatus, CorteStatus> change)
    {
        // A record of another version may lack it, and its time would have no offset then.
        if (corte is { } told && !Corte.IsPossible(told.At.Year)) return;
        // A rehearsal may play a corte of the election: the two have a line each.
        var rehearsal = root == Root.Rehearsal;
        var index = cortes.FindIndex(one => one.Rehearsal == rehearsal && IsOf(one, corte, package));
        // Whether a package belongs to a rehearsal may be known only after its verdict.
        if (index < 0 && rehearsal)
            index = cortes.FindIndex(
                one => one is { Published: null } && one.Package == package && IsOf(one, corte, package));
        if (index < 0)
        {
            index = cortes.Count;
            cortes.Add(new CorteStatus(corte?.At, package));
        }
        var arrived = arrivals.FindIndex(one => one.Package == package);
        var before = cortes[index] with { Package = package, Rehearsal = rehearsal };
        if (arrived >= 0)
        {
            before = before with { Arrived = before.Arrived ?? arrivals[arrived].At };
            arrivals.RemoveAt(arrived);
        }
        cortes[index] = change(before);
        if (cortes.Count > mostCortes) cortes.RemoveAt(Math.Max(0, cortes.FindIndex(IsRejectedOnly)));
    }

    static bool IsOf(CorteStatus one, Corte? corte, string package) =>
        one.Corte is { } known ? known == corte?.At : corte is null && one.Package == package;

    static bool IsRejectedOnly(CorteStatus one) => one is { Verified: null, Held: null, Published: null };

    /// <summary>Returns the list, which a record of another version may lack.</summary>
    static IReadOnlyList<Finding> Known(IReadOnlyList<Finding>? findings) => findings ?? [];
}
