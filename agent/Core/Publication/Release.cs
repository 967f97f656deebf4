namespace Difusor.Agent.Publication;

/// <summary>
/// A verified package, sealed on disk, ready to serve. Ordered by corte, and by <see cref="Sequence"/> if a corte was
/// issued again.
/// </summary>
/// <param name="Sequence">Its place in the order of sealing, from 1.</param>
/// <param name="Package">The delivery's name.</param>
/// <param name="Series">The package's name without its stamp; null if it has none.</param>
/// <param name="ManifestSha256">The huella del paquete.</param>
/// <param name="Files">How many files it has, HASH files included.</param>
/// <param name="Destination">The only root that it may go to; null until trusted time shows it.</param>
/// <param name="Future">
/// Whether its corte was in the future when it was judged: it does not count until a bound shows that the time has
/// come.
/// </param>
/// <param name="Newest">The newest modification time of its files, in seconds since 1970.</param>
/// <param name="MadeFrom">
/// If an operator went back: the stored release of which this one is a new tree; otherwise null.
/// </param>
public sealed record Release(
    ReleaseId Id, long Sequence, string Package, Corte Corte, string? Series, string ManifestSha256, int Files,
    long Bytes,
    Root? Destination, bool Future, long Newest, DateTimeOffset SealedAt, ImmutableArray<Finding> Warnings,
    ReleaseId? MadeFrom = null)
{
    public ReleaseRank Rank => new(Corte, Sequence);
}

/// <summary>The order of releases: the newer corte, then the later issue of the same corte.</summary>
public readonly record struct ReleaseRank(Corte Corte, long Sequence) : IComparable<ReleaseRank>
{
    public int CompareTo(ReleaseRank other) =>
        Corte.CompareTo(other.Corte) is var order and not 0 ? order : Sequence.CompareTo(other.Sequence);
    public static bool operator <(ReleaseRank left, ReleaseRank right) => left.CompareTo(right) < 0;
    public static bool operator >(ReleaseRank left, ReleaseRank right) => left.CompareTo(right) > 0;
    public static bool operator <=(ReleaseRank left, ReleaseRank right) => left.CompareTo(right) <= 0;
    public static bool operator >=(ReleaseRank left, ReleaseRank right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// One file of a release as it must be: size in bytes, digest, and modification time in whole seconds since 1970.
/// </summary>
public sealed record ReleaseFile(RelativePath Path, long Size, Digest Sha256, long Mtime);

/// <summary>
/// Everything that a release must be: the contents of <c>sealed/ID.json</c>. Files are in ordinal order of their paths.
/// </summary>
public sealed record ReleaseRecord(Release Release, IReadOnlyList<ReleaseFile> Files);
