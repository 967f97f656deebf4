using Difusor.Agent.Texts;

namespace Difusor.Agent.Verification;

/// <summary>
/// The result of verifying a package: accepted (no reasons), or rejected with one or more. Warnings never reject.
/// </summary>
/// <param name="Package">The delivery's name in the drop, or the path given to <c>verify</c>.</param>
/// <param name="Series">
/// The package's name without its stamp: <c>PREP_DIP_MEX</c>; null if the name has no stamp to remove.
/// </param>
/// <param name="Files">How many files there are, HASH files included, litter and leftovers not.</param>
/// <param name="Bytes">How many bytes they have together.</param>
/// <param name="Algorithm">The strongest algorithm that covers every covered file; null if there is none.</param>
/// <param name="ManifestSha256">
/// The huella del paquete: hex SHA-256 of the sorted lines <c>SHA256␠␠PATH\n</c> over all files that are
/// neither HASH files nor signatures of them.
/// </param>
/// <param name="Contents">
/// The contents of a release made of this package: every file, HASH files included, by the names that were sent.
/// </param>
public sealed record Verdict(
    string Package, Corte? Corte, string? Series, int Files, long Bytes, DigestAlgorithm? Algorithm,
    string ManifestSha256,
    ImmutableArray<Finding> Reasons, ImmutableArray<Finding> Warnings, IReadOnlyList<ContentEntry> Contents)
{
    public bool Accepted => Reasons.IsEmpty;

    /// <summary>Gets the litter and leftovers that were staged and are not published.</summary>
    public ImmutableArray<RelativePath> Leftovers { get; init; } = [];

    /// <summary>
    /// Gets how many more reasons there are than <see cref="Reasons"/> has; the first of each code is always in it.
    /// </summary>
    public int MoreReasons { get; init; }

    /// <summary>Gets how many more warnings there are than <see cref="Warnings"/> has.</summary>
    public int MoreWarnings { get; init; }

    /// <summary>Gets the files that a release made of this package has under other names.</summary>
    public ImmutableArray<Respelling> Respelled { get; init; } = [];

    public int ReasonsTotal => Reasons.Length + MoreReasons;
    public int WarningsTotal => Warnings.Length + MoreWarnings;

    /// <summary>Returns the verdict with its details in the language of who reads it.</summary>
    public Verdict In(Language language) =>
        this with { Reasons = Worded(language, Reasons), Warnings = Worded(language, Warnings) };

    static ImmutableArray<Finding> Worded(Language language, ImmutableArray<Finding> findings) =>
        [.. findings.Select(finding => finding with { Detail = Details.In(language, finding.Detail) })];
}
