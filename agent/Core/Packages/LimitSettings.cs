namespace Difusor.Agent.Packages;

/// <summary><c>limits</c>: what a package may have, and what all of them may take together.</summary>
public sealed record LimitSettings
{
    public int Files { get; init; } = 200_000;
    public long FileSize { get; init; } = 2L << 30;
    public long PackageSize { get; init; } = 8L << 30;
    public int PathLength { get; init; } = 1024;
    public int PathDepth { get; init; } = 32;
    /// <summary>Over a whole archive, and only past 10 MiB of contents.</summary>
    public int CompressionRatio { get; init; } = 200;
    /// <summary>
    /// Bytes of the HASH files of a package, and of all deliveries whose HASH files are read at the same time.
    /// </summary>
    public long HashText { get; init; } = 64L << 20;
    /// <summary>Bytes of the paths of a package, and of all deliveries in hand together.</summary>
    public long PathText { get; init; } = 64L << 20;
    /// <summary>Free space below which nothing new is staged.</summary>
    public long MinFree { get; init; } = 2L << 30;

    /// <summary>
    /// Free bytes below which staging stops: a little more than <see cref="MinFree"/>, for what is begun already, and
    /// what sealing and the journal write, comes on top.
    /// </summary>
    public long StagingFloor => MinFree + Math.Min(Math.Min(MinFree / 64, 16L << 20), long.MaxValue - MinFree);

    /// <summary>How many releases with a corte of the future are held at once; further ones are rejected.</summary>
    public int FutureReleases { get; init; } = 3;
    public IReadOnlySet<string> DeniedExtensions { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "php", "phtml", "phar", "php3", "php4", "php5", "php7", "cgi", "pl", "py", "rb", "sh", "shtml", "asis", "var",
        "so", "exe", "dll",
        "jsp", "asp", "aspx",
    };
    public PathLimits Paths => new(PathLength, PathDepth);

    /// <summary>Returns the reason, at the HASH file with which they became too large.</summary>
    public Finding HashTooLarge(string? path) =>
        Finding.Of(ReasonCode.HashTooLarge, path, $"more than {HashText} bytes of HASH files");
}
