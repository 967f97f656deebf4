using System.Collections.Immutable;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Verification;

/// <summary>
/// The result of verifying a package: accepted (no reasons), or rejected with one or more. Warnings never reject.
/// </summary>
/// <param name="Package">The delivery's name in the drop, or the path given to <c>verify</c>.</param>
/// <param name="Series">The package's name without its stamp: <c>PREP_DIP_MEX</c>; null where the name has no stamp to
/// take away.</param>
/// <param name="Files">All files, HASH files too.</param>
/// <param name="Bytes">All their bytes.</param>
/// <param name="Algorithm">The strongest algorithm that covers every file; null where none does.</param>
/// <param name="ManifestSha256">The huella del paquete: hex SHA-256 of the sorted lines <c>SHA256␠␠PATH\n</c> over all
/// files that are no HASH files.</param>
/// <param name="Contents">What a release made of this package holds: every file, HASH files too.</param>
public sealed record Verdict(
    string Package, Corte? Corte, string? Series, int Files, long Bytes, DigestAlgorithm? Algorithm,
    string ManifestSha256,
    ImmutableArray<Finding> Reasons, ImmutableArray<Finding> Warnings, IReadOnlyList<ContentEntry> Contents)
{
    public bool Accepted => Reasons.IsEmpty;

    /// <summary>How many reasons there are beside <see cref="Reasons"/>, which has the first of each code.</summary>
    public int MoreReasons { get; init; }

    /// <summary>How many warnings there are beside <see cref="Warnings"/>.</summary>
    public int MoreWarnings { get; init; }

    public int ReasonsTotal => Reasons.Length + MoreReasons;
    public int WarningsTotal => Warnings.Length + MoreWarnings;
}
