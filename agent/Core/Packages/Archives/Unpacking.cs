
namespace Difusor.Agent.Packages.Archives;

/// <summary>The result of reading an archive; the files themselves went to the sink.</summary>
/// <param name="Findings">All reasons to reject; empty if there are none.</param>
/// <param name="Stopped">
/// Whether reading stopped before the end. The sink then has only a part of the files, so nothing may be said about
/// missing ones.
/// </param>
/// <param name="Ends">
/// False if the archive has no end yet and may still be arriving (contract, section 6 "Complete"); one of the findings
/// says so.
/// </param>
/// <param name="Folder">
/// The one folder that all files are below, but for litter and leftovers; removed from the paths in the sink. Null if
/// there is none.
/// </param>
public sealed record Unpacking(ImmutableArray<Finding> Findings, bool Stopped, bool Ends, string? Folder)
{
    /// <summary>
    /// Gets whether the archive was not read because other deliveries hold too much of the common budget. Try again
    /// later.
    /// </summary>
    public bool NoRoom { get; init; }

    /// <summary>
    /// Gets what is no reason to reject: names that were read in a way that the sender should know, and litter and
    /// leftovers beside the one folder, which went nowhere.
    /// </summary>
    public ImmutableArray<Finding> Warnings { get; init; } = [];

    /// <summary>Gets how many more there are than <see cref="Warnings"/> has.</summary>
    public int MoreWarnings { get; init; }
}

/// <summary>The end of reading an archive.</summary>
/// <param name="Folder">The folder removed from all paths, or null.</param>
/// <param name="Beside">The warnings for what lay beside it.</param>
readonly record struct ArchiveEnd(string? Folder, Packages.FindingList Beside);

/// <summary>
/// Reads an archive into a sink, or says why it cannot. The limits are enforced during the reading, not after it.
/// </summary>
public static class Archive
{
    /// <summary>Gets the result for an archive of a kind that is not read: its name says enough.</summary>
    public static Unpacking NotTaken { get; } = new(
        [Finding.Of(
            ReasonCode.BadArchive, null,
            "archives of this kind are not taken; .zip, .tar, .tar.gz and .tgz are")],
        Stopped: true, Ends: true, Folder: null);

    /// <summary>Returns the same with the name of what was delivered: so the sender hears what was sent.</summary>
    public static Unpacking NotTakenAs(string name) =>
        NotTaken with { Findings = [.. NotTaken.Findings.Select(finding => finding with { Path = name })] };

    /// <param name="form">What the archive is according to its name; not <see cref="PackageForm.Folder"/>.</param>
    /// <param name="archive">The whole archive, seekable; read from its beginning.</param>
    /// <param name="sink">Gets each path once, in the archive's own order, and never a path outside its root.</param>
    /// <exception cref="IOException">
    /// Thrown by <paramref name="archive"/> itself; exceptions from the sink pass through too. Never thrown because of
    /// the archive's contents.
    /// </exception>
    /// <param name="shares">
    /// What the archive may keep; the caller has given back what an earlier try took. Null: as much as its own limits
    /// allow.
    /// </param>
    /// <param name="list">
    /// A HASH file that came another way, which may tell how the archive's names are read. Empty: none.
    /// </param>
    public static Unpacking Unpack(
        PackageForm form, Stream archive, LimitSettings limits, IPackageSink sink, Shares? shares = null,
        ReadOnlyMemory<byte> list = default)
    {
        if (form == PackageForm.Other) return NotTaken;
        shares ??= Shares.Alone(limits.PathText, limits.HashText);
        var findings = new FindingList();
        var warnings = new List<Finding>();
        try
        {
            archive.Position = 0;
            var (folder, beside) = form switch
            {
                PackageForm.Zip => ZipReader.Read(archive, limits, shares, sink, findings, warnings, list),
                PackageForm.Tar =>
                    TarReader.Read(new ArchiveInput(archive), endIsProven: false, limits, shares, sink, findings),
                PackageForm.TarGz => ReadTarGz(archive, limits, shares, sink, findings),
                PackageForm.Folder or PackageForm.Other =>
                    throw new ArgumentOutOfRangeException(nameof(form), form, "not an archive"),
            };
            return new Unpacking(findings.All, Stopped: false, Ends: true, folder)
            {
                Warnings = [.. warnings, .. beside.InOrder()], MoreWarnings = beside.More,
            };
        }
        catch (ArchiveRefused refused)
        {
            return new Unpacking(
                [.. findings.All, refused.Finding], Stopped: true, refused.Ends,
                Folder: null) { NoRoom = refused.NoRoom, Warnings = [.. warnings] };
        }
    }

    static ArchiveEnd ReadTarGz(
        Stream archive, LimitSettings limits, Shares shares, IPackageSink sink, FindingList findings)
    {
        var input = new ArchiveInput(archive);
        var filled = ZeroPadding.Start(input, archive.Length);
        input.Seek(0);
        using var members = new GzipMembers(input, filled, limits);
        // Where the last member's CRC and size hold, the tar has come whole.
        return TarReader.Read(new ArchiveInput(members), endIsProven: true, limits, shares, sink, findings);
    }
}
