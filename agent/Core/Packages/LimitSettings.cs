namespace Difusor.Agent.Packages;

/// <summary>The settings in <c>limits</c>: what one package may have, and what all may take together.</summary>
public sealed record LimitSettings
{
    public int Files { get; init; } = 200_000;
    public long FileSize { get; init; } = 2L << 30;
    public long PackageSize { get; init; } = 8L << 30;
    public int PathLength { get; init; } = 1024;
    public int PathDepth { get; init; } = 32;
    /// <summary>
    /// Gets the highest ratio of contents to archive, over the whole archive; it counts only above 10 MiB of contents.
    /// </summary>
    public int CompressionRatio { get; init; } = 200;
    /// <summary>
    /// Gets the most bytes of HASH files in one package, and in all deliveries whose HASH files are read at the same
    /// time.
    /// </summary>
    public long HashText { get; init; } = 64L << 20;
    /// <summary>Gets the most bytes of paths in one package, and in all deliveries in hand together.</summary>
    public long PathText { get; init; } = 64L << 20;
    /// <summary>Gets the free space in bytes below which nothing new is staged.</summary>
    public long MinFree { get; init; } = 2L << 30;

    /// <summary>
    /// Gets the free bytes below which staging stops. A little more than <see cref="MinFree"/>, because files already
    /// begun, sealing and the journal still write after that.
    /// </summary>
    public long StagingFloor => MinFree + Math.Min(Math.Min(MinFree / 64, 16L << 20), long.MaxValue - MinFree);

    /// <summary>Gets how many releases with a future corte are held at once; further ones are rejected.</summary>
    public int FutureReleases { get; init; } = 3;
    public IReadOnlySet<string> DeniedExtensions { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "php", "phtml", "phar", "php3", "php4", "php5", "php7", "cgi", "pl", "py", "rb", "sh", "shtml", "asis", "var",
        "so", "exe", "dll",
        "jsp", "asp", "aspx",
    };
    public PathLimits Paths => new(PathLength, PathDepth);

    /// <summary>Returns the <c>hash-too-large</c> reason, for the HASH file at which the limit was passed.</summary>
    public Finding HashTooLarge(string? path) =>
        Finding.Of(ReasonCode.HashTooLarge, path, $"more than {HashText} bytes of HASH files");
}
