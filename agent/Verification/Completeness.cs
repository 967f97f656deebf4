using System.Collections.Immutable;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Verification;

public enum CompletenessState
{
    /// <summary>One manifest at the top covers every file, and every digest matches: judge at once.</summary>
    Whole,
    /// <summary>Something is stated, or was there before, and is not there: wait for it.</summary>
    Unfinished,
    /// <summary>Nothing says that anything lacks: judge once the delivery has been quiet.</summary>
    Judgeable,
}

/// <summary>Whether a delivery has arrived whole (contract, section 6, "Complete").</summary>
/// <param name="Missing">Paths that are stated and not there.</param>
/// <param name="Gone">Without a manifest at the top: paths that the live release has and this package has not.</param>
public sealed record Completeness(CompletenessState State, ImmutableArray<string> Missing, ImmutableArray<string> Gone)
{
    /// <param name="live">The paths of the release that is live; empty where there is none.</param>
    public static Completeness Of(PackageOffer offer, IPackageContents contents, VerificationRules rules, IReadOnlyCollection<RelativePath> live)
    {
        var (reasons, warnings) = (new FindingList(), new FindingList());
        var survey = Survey.Of(offer, contents, rules, reasons, warnings);
        var coverage = survey.Coverage;
        ImmutableArray<string> missing = [.. coverage.Missing.Keys.Select(path => path.Value)];
        if (missing.Length > 0) return new Completeness(CompletenessState.Unfinished, missing, []);
        if (coverage.TopCoversAll && !coverage.HasMismatch && reasons.InOrder().IsEmpty) return new Completeness(CompletenessState.Whole, [], []);
        var gone = coverage.HasTop ? [] : GoneFrom(contents.Entries, live);
        return new Completeness(gone.IsEmpty ? CompletenessState.Judgeable : CompletenessState.Unfinished, [], gone);
    }

    /// <summary>A warning that lists what is gone, for a delivery that is accepted after all.</summary>
    public ImmutableArray<Finding> GoneWarnings =>
        [.. Gone.Select(path => new Finding("file-gone", path, "the live release has it, this package has not"))];

    static ImmutableArray<string> GoneFrom(IReadOnlyList<ContentEntry> entries, IReadOnlyCollection<RelativePath> live)
    {
        if (live.Count == 0) return [];
        var here = entries.Select(entry => PackageName.WithoutStamps(entry.Path.Value)).ToHashSet();
        return [.. live.Where(path => !HashFileName.Is(path.Value) && !here.Contains(PackageName.WithoutStamps(path.Value))).Select(path => path.Value)];
    }
}
