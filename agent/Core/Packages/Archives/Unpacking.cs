
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

    /// <summary>Gets the warnings for litter and leftovers beside the one folder: they went nowhere.</summary>
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
    public static Unpacking Unpack(
        PackageForm form, Stream archive, LimitSettings limits, IPackageSink sink, Shares? shares = null)
    {
        shares ??= Shares.Alone(limits.PathText, limits.HashText);
        var findings = new FindingList();
        try
        {
            archive.Position = 0;
            var (folder, beside) = form switch
            {
                PackageForm.Zip => ZipReader.Read(archive, limits, shares, sink, findings),
                PackageForm.Tar => TarReader.Read(new ArchiveInput(archive), limits, shares, sink, findings),
                PackageForm.TarGz => ReadTarGz(archive, limits, shares, sink, findings),
                PackageForm.Folder => throw new ArgumentOutOfRangeException(nameof(form), form, "not an archive"),
            };
            return new Unpacking(findings.All, Stopped: false, Ends: true, folder)
            {
                Warnings = beside.InOrder(), MoreWarnings = beside.More,
            };
        }
        catch (ArchiveRefused refused)
        {
            return new Unpacking(
                [.. findings.All, refused.Finding], Stopped: true, refused.Ends,
                Folder: null) { NoRoom = refused.NoRoom };
        }
    }

    static ArchiveEnd ReadTarGz(
        Stream archive, LimitSettings limits, Shares shares, IPackageSink sink, FindingList findings)
    {
        using var members = new GzipMembers(new ArchiveInput(archive), archive.Length, limits);
        return TarReader.Read(new ArchiveInput(members), limits, shares, sink, findings);
    }
}
