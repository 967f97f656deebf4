using Difusor.Agent.Configuration;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Drop;

/// <summary>What happens with a verdict that was tried.</summary>
public enum Weight
{
    /// <summary>It stands: the delivery is judged.</summary>
    Stands,
    /// <summary>The delivery was not complete after all: wait until it is quiet.</summary>
    TooEarly,
    /// <summary>The delivery stopped before it was complete: it has stalled.</summary>
    Unfinished,
}

/// <summary>What is known about a delivery apart from its verdict.</summary>
/// <param name="ArchiveEnds">False for a truncated archive.</param>
/// <param name="Refused">Files that exist and were refused: the agent does not wait for them.</param>
/// <param name="Unchanged">The files that are the same as at the previous verdict; empty if there was none.</param>
/// <param name="AcceptedBefore">Whether the previous verdict was an acceptance.</param>
public sealed record Circumstances(
    DropLayout Layout, bool IsArchive, bool ArchiveEnds, IReadOnlySet<string> Refused, IReadOnlySet<string> Unchanged,
    bool AcceptedBefore)
{
    /// <summary>Gets the pages that show another corte than the package: <see cref="OtherCortes"/>.</summary>
    public ImmutableArray<string> OfOtherCortes { get; init; } = [];

    /// <summary>
    /// Gets whether an unchanged file may be one that has not arrived yet, because the sender writes over the last
    /// corte.
    /// </summary>
    public bool IsWrittenOver => Unchanged.Count > 0 && (Layout == DropLayout.Tree || AcceptedBefore);
}

/// <summary>
/// Decides whether a verdict stands, by the occasion on which it was made (contract, section 6, "Complete").
/// </summary>
public static class Weighing
{
    /// <summary>Returns the weight and, if the delivery is unfinished, what the agent waits for.</summary>
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
        // Without any HASH nothing shows what is missing: a package is judged as it is, and only a tree waits for a
        // HASH, unless one is there and was refused.
        if (Has(verdict, ReasonCode.NoHash))
            return known.Layout == DropLayout.Tree && !known.Refused.Any(path => HashFileName.Is(path))
                ? (Weight.Unfinished, ToldNames.Of(["HASH"])) : (Weight.Stands, ToldNames.None);
        var awaited = completeness is null ? ToldNames.None
            : ToldNames.Of(completeness.Missing.Concat(completeness.Gone).Where(path => !known.Refused.Contains(path)));
        if (awaited.IsEmpty) awaited = ToldNames.Of(OldAmongNew(verdict, known));
        if (awaited.IsEmpty) awaited = ToldNames.Of(known.OfOtherCortes);
        return (awaited.IsEmpty ? Weight.Stands : Weight.Unfinished, awaited);
    }

    /// <summary>
    /// Returns the unchanged files of a delivery that is written over its last corte and does not match. While some
    /// files are still the old ones, it is a mix of two cortes, and no verdict is made on either. The agent waits for
    /// the files that are unchanged since the last verdict.
    /// </summary>
    static IEnumerable<string> OldAmongNew(Verdict verdict, Circumstances known)
    {
        if (!known.IsWrittenOver) return [];
        var isMix = Has(verdict, ReasonCode.DigestMismatch) || Has(verdict, ReasonCode.CorteMismatch)
            || Has(verdict, ReasonCode.UncoveredFile);
        // A link, a refused name, a limit: no file that may still come can repair that.
        if (!isMix || !verdict.Reasons.All(reason => MayBeMended(reason, isArchive: false))) return [];
        var old = verdict.Contents.Select(entry => entry.Path.Value).Where(known.Unchanged.Contains).ToList();
        return old.Count == verdict.Contents.Count ? [] : old;
    }

    static bool Has(Verdict verdict, ReasonCode reason) => verdict.Reasons.Any(found => found.Code == reason.Code());

    /// <summary>
    /// Returns whether files that have not come yet may repair the finding; for an archive only the HASH beside it can.
    /// </summary>
    static bool MayBeMended(Finding reason, bool isArchive) =>
        ReasonCodes.Named(reason.Code) is { } code && ReasonTraits.Of(code).Mending is var mending
            && (mending == Mending.AnyHash || (mending == Mending.MoreFiles && !isArchive));
}
