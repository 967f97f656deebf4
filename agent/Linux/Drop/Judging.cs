using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux.Drop;

/// <summary>The result of trying a verdict on a staged delivery.</summary>
/// <param name="Differs">The drop holds something else by now, so there is no verdict.</param>
/// <param name="Weight">Whether the verdict stands.</param>
sealed record Judgement(bool Differs, Verdict? Verdict, Weight Weight, ToldNames Awaited)
{
    /// <summary>
    /// Gets the files that a HASH lists and that were passed over, where that is why there is no verdict.
    /// </summary>
    public IReadOnlyCollection<string> Wanted { get; init; } = [];

    public static Judgement Different { get; } = new(true, null, Weight.TooEarly, ToldNames.None);
}

/// <summary>
/// Tries a verdict on a reception that nothing changes meanwhile. Every source is compared with what was staged of it.
/// </summary>
/// <param name="live">Returns the files of the published release; empty where there is none.</param>
/// <param name="judged">Returns the cortes that have had a verdict.</param>
sealed class Judging(
    SafeFolder drop, ReceivingRules rules, Func<IReadOnlyList<ReleaseFile>> live, Func<IReadOnlySet<Corte>> judged)
{
    const long LongText = 32 << 20;

    /// <summary>Returns what tries verdicts beside the releases of a store.</summary>
    public static Judging Of(SafeFolder drop, ReceivingRules rules, ReleaseStore store, KnownCortes cortes) =>
        new(drop, rules, () => store.LiveRecord(Root.Public)?.Files ?? [],
            () => store.Sealed.Select(release => release.Corte).Concat(cortes.WithVerdict).ToHashSet());

    /// <param name="beside">What the HASH files beside an archive say about it.</param>
    public Judgement Judge(Reception reception, Occasion occasion, ImmutableArray<OuterList> beside)
    {
        // The comparison runs beside the verdict, which needs only the agent's own copy. Once the verdict is made, this
        // thread helps with the rest of the comparison.
        var comparison = new Comparison(drop, reception.Delivery, rules.Settings);
        var beginning = Task.Run(comparison.Work);
        try { return Judge(reception, occasion, beside, comparison, beginning); }
        finally
        {
            // Whatever came of the verdict, the comparison must not read the delivery after this returns.
            comparison.GiveUp();
            Task.WaitAny(beginning);
        }
    }

    Judgement Judge(
        Reception reception, Occasion occasion, ImmutableArray<OuterList> beside, Comparison comparison, Task beginning)
    {
        var tree = reception.Tree!;
        var delivery = reception.Delivery;
        var offer = OfferOf(reception, beside);
        Completeness? completeness = null;
        // No honest sender sends so much HASH text. Free unused memory before it is parsed, not some time later.
        if (delivery.Shares.HashText.Held > LongText) SpareMemory.GiveBack();
        var examination = new Examination(offer, tree, rules.Verification);
        if (occasion is not Occasion.Whole && !delivery.IsArchive && delivery.Excess is null)
            completeness = Completeness.Of(examination, tree, [.. live().Select(file => file.Path)]);
        var verdict = examination.Judge(occasion == Occasion.Last ? completeness?.GoneWarnings : null);
        comparison.Work();
        beginning.GetAwaiter().GetResult();
        if (delivery.Excess is null && !comparison.IsSame) return Judgement.Different;
        if (examination.Survey.ListedOf(comparison.PassedOver) is { Count: > 0 } wanted)
            return Judgement.Different with { Wanted = wanted };
        verdict = examination.WithPassedOver(verdict, comparison.PassedOver, comparison.MorePassedOver);
        var circumstances = CircumstancesOf(reception, delivery, occasion);
        if (verdict.Accepted && circumstances.IsWrittenOver && completeness is { State: not CompletenessState.Whole })
        {
            circumstances =
                circumstances with { OfOtherCortes = OtherCortes.Of(verdict, tree, circumstances.Unchanged, judged()) };
            if (occasion == Occasion.Last)
                verdict = verdict
                    with { Reasons = [.. OtherCortes.Reasons(circumstances.OfOtherCortes, verdict.Corte!.Value)] };
        }
        var (weight, awaited) = Weighing.Of(occasion, verdict, completeness, circumstances);
        verdict = WrongLayout.Told(
            verdict, rules.Settings.Drop.Layout, delivery.IsArchive, reception.IsAmongLooseFiles);
        return new Judgement(false, verdict, weight, awaited);
    }

    static PackageOffer OfferOf(Reception reception, ImmutableArray<OuterList> beside)
    {
        var delivery = reception.Delivery;
        var (findings, more) = delivery.Findings;
        var offer = new PackageOffer(reception.Name, findings) { MoreFindings = more };
        if (reception.Archive is not { } archive) return offer;
        return offer.With(archive.Unpacking) with
        {
            Outer = beside.IsEmpty || archive.Own is not { } own ? null
                : new OuterHash(delivery.At(delivery.Root)!.Name!, [], own) { Lists = beside },
        };
    }

    /// <summary>
    /// Returns what is known of a delivery beside its verdict. On <see cref="Occasion.Whole"/> the refused and the
    /// unchanged files are not needed, so they are not collected.
    /// </summary>
    Circumstances CircumstancesOf(Reception reception, Delivery delivery, Occasion occasion)
    {
        HashSet<string> refused = new(StringComparer.Ordinal), unchanged = new(StringComparer.Ordinal);
        if (occasion is not Occasion.Whole)
        {
            // After a restart the files of a tree at their last verdict are not known. Use what was published of them.
            var published = reception.Before is null && rules.Settings.Drop.Layout == DropLayout.Tree
                ? live().ToDictionary(file => file.Path, file => file.Sha256) : [];
            foreach (var file in delivery.Files)
            {
                if (file.Name is not { } name) continue;
                if (file.Finding is not null) refused.Add(name.Value);
                if (reception.Before is { } earlier ? file.Identity is { } now && earlier.IsUnchanged(file.Path, now)
                    : file.Entry is { } entry && published.TryGetValue(name, out var digest)
                        && digest == entry.Sha256) unchanged.Add(name.Value);
            }
        }
        return new Circumstances(
            rules.Settings.Drop.Layout, delivery.IsArchive, reception.Archive?.Unpacking.Ends ?? true, refused,
            unchanged, reception.Before?.Memory.Accepted ?? false);
    }
}
