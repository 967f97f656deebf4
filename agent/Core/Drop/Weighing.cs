using System.Collections.Immutable;
using Difusor.Agent.Configuration;
using Difusor.Agent.Packages;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Drop;

/// <summary>What becomes of a verdict that was tried.</summary>
public enum Weight
{
    /// <summary>It stands: the delivery is judged.</summary>
    Stands,
    /// <summary>The delivery was not whole after all: wait until it is quiet.</summary>
    TooEarly,
    /// <summary>It has stopped before it was whole: it has stalled.</summary>
    Unfinished,
}

/// <summary>What is known of a delivery beside its verdict.</summary>
/// <param name="ArchiveEnds">False for an archive that just stops.</param>
/// <param name="Refused">Files that are there and were refused: they are not waited for.</param>
/// <param name="Unchanged">The files that are what they were at the verdict before; empty where there was none.</param>
/// <param name="AcceptedBefore">Whether that verdict was an acceptance.</param>
public sealed record Circumstances(
    DropLayout Layout, bool IsArchive, bool ArchiveEnds, IReadOnlySet<string> Refused, IReadOnlySet<string> Unchanged,
    bool AcceptedBefore)
{
    /// <summary>Pages of another corte than the package's: <see cref="OtherCortes"/>.</summary>
    public ImmutableArray<string> OfOtherCortes { get; init; } = [];

    /// <summary>Whether what has not changed may be what has not arrived: it is written over its last corte.</summary>
    public bool IsWrittenOver => Unchanged.Count > 0 && (Layout == DropLayout.Tree || AcceptedBefore);
}

/// <summary>Whether a verdict stands, by the occasion that it was made on (contract, section 6, "Complete").</summary>
public static class Weighing
{
    /// <summary>The weight, and where it is unfinished what is waited for.</summary>
    /// <param name="completeness">Null on the occasion <see cref="Occasion.Whole"/>, and for an archive.</param>
    public static (Weight Weight, ToldNames Awaited) Of(
        Occasion occasion, Verdict verdict, Completeness? completeness, Circumstances known)
    {
        if (occasion == Occasion.Last) return (Weight.Stands, ToldNames.None);
        if (occasion == Occasion.Whole)
        {
            var early = !known.ArchiveEnds || verdict.Reasons.Any(reason => MayBeMended(reason, known.IsArchive));
            return (early ? Weight.TooEarly : Weight.Stands, ToldNames.None);
        }
        if (!known.ArchiveEnds) return (Weight.Unfinished, ToldNames.Of([verdict.Package]));
        // Without any HASH nothing can be missed: a package is judged as it stands, and only a tree waits for one.
        if (Has(verdict, ReasonCode.NoHash))
            return known.Layout == DropLayout.Tree ? (Weight.Unfinished, ToldNames.Of(["HASH"]))
                : (Weight.Stands, ToldNames.None);
        var awaited = completeness is null ? ToldNames.None
            : ToldNames.Of(completeness.Missing.Concat(completeness.Gone).Where(path => !known.Refused.Contains(path)));
        if (awaited.IsEmpty) awaited = ToldNames.Of(OldAmongNew(verdict, known));
        if (awaited.IsEmpty) awaited = ToldNames.Of(known.OfOtherCortes);
        return (awaited.IsEmpty ? Weight.Stands : Weight.Unfinished, awaited);
    }

    /// <summary>
    /// What is written over its last corte does not match while some of it is still the old one's: that is a mix of two
    /// cortes, and no verdict on either. What is unchanged since the last verdict is waited for.
    /// </summary>
    static IEnumerable<string> OldAmongNew(Verdict verdict, Circumstances known)
    {
        if (!known.IsWrittenOver) return [];
        var isMix = Has(verdict, ReasonCode.DigestMismatch) || Has(verdict, ReasonCode.CorteMismatch)
            || Has(verdict, ReasonCode.UncoveredFile);
        // A link, a refused name, a limit: nothing that may still come mends that.
        if (!isMix || !verdict.Reasons.All(reason => MayBeMended(reason, isArchive: false))) return [];
        var old = verdict.Contents.Select(entry => entry.Path.Value).Where(known.Unchanged.Contains).ToList();
        return old.Count == verdict.Contents.Count ? [] : old;
    }

    static bool Has(Verdict verdict, ReasonCode reason) => verdict.Reasons.Any(found => found.Code == reason.Code());

    /// <summary>Whether what has not come yet may mend it; of an archive that can only be the HASH beside it.</summary>
    static bool MayBeMended(Finding reason, bool isArchive) =>
        ReasonCodes.Named(reason.Code) is { } code && ReasonTraits.Of(code).Mending is var mending
            && (mending == Mending.AnyHash || (mending == Mending.MoreFiles && !isArchive));
}
