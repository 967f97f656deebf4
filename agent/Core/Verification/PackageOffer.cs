using Difusor.Agent.Packages.Archives;

namespace Difusor.Agent.Verification;

/// <summary>What is known about a package in addition to its files.</summary>
/// <param name="Name">
/// The delivery's name in the drop (<c>20210606_2020_PREP_MEX.zip</c>), or the path given to <c>verify</c>.
/// </param>
/// <param name="Findings">What was wrong when it was read: paths, types, limits, the archive itself.</param>
/// <param name="Outer">The HASH files beside an archive; null for a folder, and if there are none.</param>
public sealed record PackageOffer(string Name, ImmutableArray<Finding> Findings, OuterHash? Outer = null)
{
    /// <summary>
    /// Gets how many more findings there are than <see cref="Findings"/> has; those were only counted.
    /// </summary>
    public int MoreFindings { get; init; }

    /// <summary>Gets how many more warnings there are than <see cref="Warnings"/> has.</summary>
    public int MoreWarnings { get; init; }

    /// <summary>
    /// Gets the one folder that all of an archive's entries are below, already removed from their paths; null if there
    /// is none.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Gets whether reading an archive stopped before its end (<see cref="Unpacking.Stopped"/>).
    /// </summary>
    public bool Stopped { get; init; }

    /// <summary>
    /// Gets what was noticed during reading but is not a reason to reject: litter beside the one folder of an archive.
    /// </summary>
    public ImmutableArray<Finding> Warnings { get; init; } = [];

    /// <summary>
    /// Gets a HASH file that came another way (<c>verify --hash</c>); its names are relative to the package's top.
    /// </summary>
    public HashText? Extra { get; init; }

    /// <summary>Returns what is known of an archive once it is unpacked.</summary>
    public static PackageOffer Of(string name, Unpacking unpacking) => new PackageOffer(name, []).With(unpacking);

    /// <summary>Adds what was found in an archive.</summary>
    public PackageOffer With(Unpacking unpacking) => this with
    {
        Findings = [.. Findings, .. unpacking.Findings],
        Folder = unpacking.Folder,
        Stopped = unpacking.Stopped,
        Warnings = unpacking.Warnings,
        MoreWarnings = unpacking.MoreWarnings,
    };
}

/// <summary>The HASH files that are beside an archive and may cover the archive itself.</summary>
/// <param name="Archive">The archive's own name, without a folder.</param>
/// <param name="Files">HASH files beside it; one that does not name the archive has no effect.</param>
/// <param name="Compute">Computes a digest of the archive's own bytes.</param>
public sealed record OuterHash(
    RelativePath Archive, ImmutableArray<HashText> Files, Func<DigestAlgorithm, Digest> Compute)
{
    /// <summary>Gets what the lists beside the archive say about it, if they were read already.</summary>
    public ImmutableArray<OuterList> Lists { get; init; } = [];
}

/// <summary>What a HASH file beside an archive says about that archive alone.</summary>
/// <param name="Problem">Why it cannot be read; null if it can.</param>
public sealed record OuterList(RelativePath Path, Finding? Problem, ImmutableArray<Digest> Digests);
