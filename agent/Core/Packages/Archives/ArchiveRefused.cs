
namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// Ends the reading of an archive at the place that is wrong. Passes through the sink, which reads the entry's stream,
/// up to <see cref="Archive.Unpack"/>, which turns it into a value; it never goes further.
/// </summary>
sealed class ArchiveRefused(Finding finding, bool ends = true, bool noRoom = false) : Exception(finding.Detail)
{
    public Finding Finding { get; } = finding;

    /// <summary>
    /// Gets whether the archive's end was there. False if the archive just stops: it may still be arriving.
    /// </summary>
    public bool Ends { get; } = ends;

    /// <summary>
    /// Gets whether nothing is wrong with the archive, but other deliveries hold too much for it to be read now.
    /// </summary>
    public bool NoRoom { get; } = noRoom;

    public static ArchiveRefused Bad(string detail, string? path = null) =>
        new(Finding.Of(ReasonCode.BadArchive, path, detail));

    public static ArchiveRefused NoEnd(string? path = null) =>
        new(Finding.Of(ReasonCode.BadArchive, path, "the archive stops before its end: cut off, or still arriving"),
            ends: false);
}

/// <summary>
/// Collects what is wrong with single entries. Reading goes on, so that a verdict names them all, up to a limit.
/// </summary>
sealed class FindingList
{
    const int Most = 1000;
    readonly ImmutableArray<Finding>.Builder findings = ImmutableArray.CreateBuilder<Finding>();

    public ImmutableArray<Finding> All => findings.ToImmutable();

    public void Add(ReasonCode reason, string? path, string detail)
    {
        var finding = Finding.Of(reason, path, detail);
        if (findings.Count == Most - 1)
            throw new ArchiveRefused(
                finding with { Detail = $"{detail} (and so many before it that reading stops here)" });
        findings.Add(finding);
    }
}
