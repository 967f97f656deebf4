using System.Collections.Immutable;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Packages.Archives;

/// <summary>What reading an archive came to; the files themselves went to the sink.</summary>
/// <param name="Findings">All reasons to reject, empty where there are none.</param>
/// <param name="Stopped">Reading did not get to the end, so the sink has a part of the files only: nothing is to be
/// said about missing ones.</param>
/// <param name="Ends">False: the archive does not end yet, it may still be arriving (contract, section 6 "Complete");
/// one of the findings says so.</param>
/// <param name="Folder">The one folder that all entries lie under, taken away from the paths in the sink; null where
/// there is none.</param>
public sealed record Unpacking(ImmutableArray<Finding> Findings, bool Stopped, bool Ends, string? Folder)
{
    /// <summary>
    /// It was not read, since other deliveries hold too much of what all may keep together: to be tried again.
    /// </summary>
    public bool NoRoom { get; init; }
}

/// <summary>Reads an archive into a sink, or says why not. Limits hold while it is read, never after.</summary>
public static class Archive
{
    /// <param name="form">What the archive's name says it is; not <see cref="PackageForm.Folder"/>.</param>
    /// <param name="archive">The whole archive, seekable; read from its beginning.</param>
    /// <param name="sink">Gets each path once, never a path outside, in the archive's own order.</param>
    /// <exception cref="IOException">From <paramref name="archive"/> itself; what the sink throws passes through too.
    /// Never for what the archive holds.</exception>
    /// <param name="shares">What it may keep, given back already; null: as much as its own limits allow.</param>
    public static Unpacking Unpack(
        PackageForm form, Stream archive, LimitSettings limits, IPackageSink sink, Shares? shares = null)
    {
        shares ??= Shares.Alone(limits.PathText, limits.HashText);
        var findings = new FindingList();
        try
        {
            archive.Position = 0;
            var folder = form switch
            {
                PackageForm.Zip => ZipReader.Read(archive, limits, shares, sink, findings),
                PackageForm.Tar => TarReader.Read(new ArchiveInput(archive), limits, shares, sink, findings),
                PackageForm.TarGz => ReadTarGz(archive, limits, shares, sink, findings),
                _ => throw new ArgumentOutOfRangeException(nameof(form), form, "not an archive"),
            };
            return new Unpacking(findings.All, Stopped: false, Ends: true, folder);
        }
        catch (ArchiveRefused refused)
        {
            return new Unpacking(
                [.. findings.All, refused.Finding], Stopped: true, refused.Ends,
                Folder: null) { NoRoom = refused.NoRoom };
        }
    }

    static string? ReadTarGz(
        Stream archive, LimitSettings limits, Shares shares, IPackageSink sink, FindingList findings)
    {
        using var members = new GzipMembers(new ArchiveInput(archive), archive.Length, limits);
        return TarReader.Read(new ArchiveInput(members), limits, shares, sink, findings);
    }
}
