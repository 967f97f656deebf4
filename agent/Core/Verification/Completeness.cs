using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Difusor.Agent.Verification;

public enum CompletenessState
{
    /// <summary>One manifest at the top covers every file, and every digest matches: judge at once.</summary>
    Whole,
    /// <summary>A file that is stated, or that was there before, is missing: wait for it.</summary>
    Unfinished,
    /// <summary>Nothing says that a file is missing: judge once the delivery has been quiet.</summary>
    Judgeable,
}

/// <summary>Whether a delivery has arrived whole (contract, section 6, "Complete").</summary>
/// <param name="Missing">
/// Paths that are stated but not there. There may be very many, so each string is made only when asked for.
/// </param>
/// <param name="Gone">
/// If there is no manifest at the top: paths that the live release has and this package does not.
/// </param>
public sealed record Completeness(
    CompletenessState State, IReadOnlyCollection<string> Missing, ImmutableArray<string> Gone)
{
    /// <param name="live">The paths of the live release; empty if there is none.</param>
    public static Completeness Of(
        PackageOffer offer, IPackageContents contents, VerificationRules rules,
        IReadOnlyCollection<RelativePath> live) =>
        Of(new Examination(offer, contents, rules), contents, live);

    internal static Completeness Of(
        Examination examination, IPackageContents contents, IReadOnlyCollection<RelativePath> live)
    {
        var coverage = examination.Survey.Coverage;
        if (coverage.Missing.Count > 0) return new Completeness(CompletenessState.Unfinished, coverage.Missing, []);
        if (coverage.TopCoversAll && !coverage.HasMismatch && !examination.HasReasons)
            return new Completeness(CompletenessState.Whole, [], []);
        var gone = coverage.HasTop ? [] : GoneFrom(contents.Entries, live);
        return new Completeness(gone.IsEmpty ? CompletenessState.Judgeable : CompletenessState.Unfinished, [], gone);
    }

    /// <summary>Gets a warning for each path that is gone, for a delivery that is accepted in the end.</summary>
    public IEnumerable<Finding> GoneWarnings =>
        Gone.Select(path => new Finding("file-gone", path, "the live release has it, this package has not"));

    static ImmutableArray<string> GoneFrom(IReadOnlyList<ContentEntry> entries, IReadOnlyCollection<RelativePath> live)
    {
        if (live.Count == 0) return [];
        // Keep digests instead of the names: a package may have very many long names.
        var here = entries.Select(entry => KeyOf(entry.Path)).ToHashSet();
        return [.. live.Where(path => !HashFileName.IsOrSigns(path.Value) && !here.Contains(KeyOf(path)))
            .Select(path => path.Value)];
    }

    static UInt128 KeyOf(RelativePath path) =>
        BinaryPrimitives.ReadUInt128LittleEndian(
            SHA256.HashData(
                MemoryMarshal.AsBytes(TwinKey.Decomposed(PackageName.WithoutStamps(path.Value)).AsSpan())));
}
