using System.Collections.Immutable;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Verification;

/// <summary>What is known of a package beside its files.</summary>
/// <param name="Name">The delivery's name in the drop (<c>20210606_2020_PREP_MEX.zip</c>), or the path given to
/// <c>verify</c>.</param>
/// <param name="Findings">What was found wrong while it was read: paths, types, limits, the archive itself.</param>
/// <param name="Outer">The HASH files beside an archive; null for a folder, and where there are none.</param>
public sealed record PackageOffer(string Name, ImmutableArray<Finding> Findings, OuterHash? Outer = null)
{
    /// <summary>How many findings there are beside <see cref="Findings"/>, which are only counted.</summary>
    public int MoreFindings { get; init; }

    /// <summary>How many warnings there are beside <see cref="Warnings"/>.</summary>
    public int MoreWarnings { get; init; }

    /// <summary>
    /// The one folder that all of an archive's entries lie under, already taken away from their paths; null where there
    /// is none.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>An archive was not read to its end (<see cref="Packages.Archives.Unpacking.Stopped"/>).</summary>
    public bool Stopped { get; init; }

    /// <summary>
    /// What was seen while it was read and is no reason: leftovers passed over, files that the live release has and
    /// this has not.
    /// </summary>
    public ImmutableArray<Finding> Warnings { get; init; } = [];

    /// <summary>
    /// A HASH file that came by another way (<c>verify --hash</c>); its names are relative to the package's top.
    /// </summary>
    public HashText? Extra { get; init; }

    public static PackageOffer Of(string name) => new(name, []);
}

/// <summary>The HASH files that lie beside an archive and may cover the archive itself.</summary>
/// <param name="Archive">The archive's own name, without a folder.</param>
/// <param name="Files">HASH files beside it; one that does not name the archive counts for nothing.</param>
/// <param name="Compute">A digest of the archive's own bytes.</param>
public sealed record OuterHash(
    RelativePath Archive, ImmutableArray<HashText> Files, Func<DigestAlgorithm, Digest> Compute)
{
    /// <summary>Lists beside it that were read already: what each says of this archive.</summary>
    public ImmutableArray<OuterList> Lists { get; init; } = [];
}

/// <summary>What a HASH file beside an archive says of that archive alone.</summary>
/// <param name="Problem">Why it cannot be read.</param>
public sealed record OuterList(RelativePath Path, Finding? Problem, ImmutableArray<Digest> Digests);
