using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Verification;
using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Reads one file of the drop into a staging tree, through one descriptor, whose identity must be the same before and
/// after. A file that it may not read, or that no package may have, becomes a finding.
/// </summary>
/// <param name="line"><c>hashes.line</c>.</param>
sealed class SourceReader(
    SafeFolder drop, LimitSettings limits, Shares? shares = null, Slice? slice = null, HashLine? line = null)
{
    readonly Shares shares = shares ?? Shares.Alone(limits.PathText, limits.HashText);

    public Reading Read(DeliveredFile file, StagingTree tree) =>
        file.Name is { } name ? Read(file.Path, name, (source, identity) => Copy(file, name, source, identity, tree))
            : Refused(file);

    /// <summary>Unpacks an archive instead of copying it.</summary>
    public (Reading Reading, UnpackedArchive? Archive) Unpack(DeliveredFile file, StagingTree tree)
    {
        UnpackedArchive? unpacked = null;
        if (file.Name is not { } name) return (Refused(file), null);
        var form = PackageName.Read(name.Value).Form;
        if (form == PackageForm.Other && drop.Identify(file.Path.ToBytes()) is { Kind: FileKind.Regular } seen)
            return (
                new Reading(seen, null), new UnpackedArchive(Packages.Archives.Archive.NotTakenAs(name.Value), null));
        shares.Clear();
        var reading = Read(file.Path, name, (source, identity) =>
        {
            // A link or a device was seen there. Now it is a file, and its name is not an archive's.
            if (form is PackageForm.Folder or PackageForm.Other) return Reading.Nothing;
            using var archive = new SlicedFile(source, slice);
            IPackageSink sink = slice is null ? tree : new SlicedSink(tree, slice);
            var unpacking = Packages.Archives.Archive.Unpack(form, archive, limits, sink, shares);
            if (unpacking.NoRoom) return Reading.Waits;
            var digests = new Dictionary<DigestAlgorithm, Digest>();
            archive.Position = 0;
            digests[DigestAlgorithm.Sha256] = FileDigest.Of(archive, DigestAlgorithm.Sha256);
            unpacked = new UnpackedArchive(
                unpacking, algorithm =>
                digests.TryGetValue(algorithm, out var known) ? known
                : Later(file.Path, identity, algorithm, digests));
            return new Reading(identity, null);
        }, size: limits.PackageSize);
        return (reading, reading.Retry ? null : unpacked);
    }

    /// <summary>
    /// Computes a digest of the archive by another algorithm than SHA-256, for a HASH file beside it that states one.
    /// Returns zeros, which match nothing, where the archive has changed.
    /// </summary>
    Digest Later(
        RawPath path, FileIdentity identity, DigestAlgorithm algorithm, Dictionary<DigestAlgorithm, Digest> digests)
    {
        using var source = drop.TryOpenFile(path.ToBytes(), out _);
        if (source is null || !SafeFolder.IdentityOf(source, path.ToString()).SameContents(identity))
            return new Digest(algorithm, new byte[algorithm.Size()]);
        using var archive = new FileStream(source, FileAccess.Read, bufferSize: 0);
        return digests[algorithm] = FileDigest.Of(archive, algorithm);
    }

    Reading Copy(DeliveredFile file, RelativePath name, SafeFileHandle source, FileIdentity identity, StagingTree tree)
    {
        Action? check = slice is null ? null : slice.Check;
        if (!HashFileName.Is(name.Value)) return new Reading(identity, tree.Place(name, source, identity.Size, check));
        if (file.HashBytes > 0) shares.HashText.Return(file.HashBytes);
        file.HashBytes = 0;
        switch (shares.HashText.Take(identity.Size))
        {
            case Taking.TooLarge: return new Reading(identity, null, Finding: limits.HashTooLarge(name.Value));
            case Taking.NoRoom: return Reading.Waits;
            case Taking.Taken: break;
        }
        file.HashBytes = identity.Size;
        var entry = tree.Place(name, source, identity.Size, check);
        return new Reading(identity, entry, ManifestOf(entry, tree));
    }

    /// <summary>
    /// Returns the manifest of a HASH file at the top; null for one below, which says nothing about the whole.
    /// </summary>
    Manifest? ManifestOf(ContentEntry entry, StagingTree tree)
    {
        if (entry.Size > HashFileReader.MostBytes || entry.Path.Folder.Length > 0) return null;
        var most = Fulfilment.MostStated(limits.Files);
        if (entry.Size <= Part)
            return HashFile.Parse(
                entry.Path, tree.ReadHead(entry.Path, (int)entry.Size), limits.Paths,
                HashTexts.MostEntries(limits), line).File is { } hash
                ? Manifest.Of(hash, most) : null;
        var manifest = Manifest.Empty();
        var part = new byte[Part];
        for (long at = 0; at < entry.Size;)
        {
            var length = tree.ReadPart(entry.Path, at, part);
            var end = at + length >= entry.Size ? length : part.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
            // Fill the rest with line feeds: the incomplete last line begins the next part.
            part.AsSpan(end).Fill((byte)'\n');
            if (end == 0 || HashFile.Parse(entry.Path, part, limits.Paths, HashTexts.MostEntries(limits), line)
                .File is not { } lines) return null;
            manifest.Add(lines, most);
            at += end;
        }
        return manifest;
    }

    /// <summary>
    /// Bytes. A longer HASH file is parsed in parts, since its text may be as large as the limit for all deliveries
    /// together.
    /// </summary>
    const int Part = 1 << 20;

    Reading Read(RawPath path, RelativePath name, Func<SafeFileHandle, FileIdentity, Reading> take, long? size = null)
    {
        using var source = drop.TryOpenFile(path.ToBytes(), out var refusal);
        if (source is null) return Closed(path, name, refusal);
        var before = SafeFolder.IdentityOf(source, name.Value);
        if (before.Kind == FileKind.Folder) return Reading.Nothing;
        if (before.Kind != FileKind.Regular) return new Reading(before, null, Finding: OfType(name.Value, before.Kind));
        if (before.Size > (size ?? limits.FileSize))
            return new Reading(
                before, null,
                Finding: Finding.Of(
                ReasonCode.FileTooLarge, name.Value, $"{before.Size} bytes, more than {size ?? limits.FileSize}"));
        var reading = take(source, before);
        // It grew, shrank, was written to or replaced while it was read: the copy is no state that it ever had.
        return SafeFolder.IdentityOf(source, name.Value).SameContents(before) ? reading : Reading.Again;
    }

    /// <summary>
    /// Explains why a file could not be opened: it is gone, it is a link, or this account may not read it.
    /// </summary>
    Reading Closed(RawPath path, RelativePath name, Errno refusal)
    {
        if (drop.Identify(path.ToBytes()) is not { } identity) return Reading.Nothing;
        if (identity.Kind == FileKind.Folder) return Reading.Nothing;
        if (identity.Kind != FileKind.Regular)
            return new Reading(identity, null, Finding: OfType(name.Value, identity.Kind));
        return refusal == Errno.ENOENT ? Reading.Again
            : new Reading(
                identity, null,
                Finding: Finding.Of(
                ReasonCode.UnreadableFile, name.Value,
                $"{refusal}, mode {Convert.ToString(identity.Mode, 8)}, uid {identity.Uid}"));
    }

    /// <summary>Reads no contents of a file whose path no package may have: they do not matter.</summary>
    Reading Refused(DeliveredFile file) =>
        drop.Identify(file.Path.ToBytes()) is { } identity ? new Reading(identity, null) : Reading.Nothing;

    static Finding OfType(string path, FileKind kind) => Finding.Of(ReasonCode.UnsafeType, path, kind switch
    {
        FileKind.Symlink => "a symbolic link",
        FileKind.Fifo => "a FIFO",
        FileKind.Socket => "a socket",
        _ => "a device",
    });
}
