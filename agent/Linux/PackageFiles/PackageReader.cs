using System.Security.Cryptography;
using Difusor.Agent.Packages.Archives;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux.PackageFiles;

/// <summary>
/// Reads a package for judgement as it is somewhere on this host, a folder or an archive, and changes nothing in it.
/// </summary>
public sealed class PackageReader : IDisposable
{
    const int Buffer = 128 * 1024;

    readonly IDisposable held;

    PackageReader(PackageOffer offer, IPackageContents contents, IDisposable held)
    {
        Offer = offer;
        Contents = contents;
        this.held = held;
    }

    public PackageOffer Offer { get; }
    public IPackageContents Contents { get; }

    /// <summary>Opens and hashes the package at any path that the operator names, which may itself be a link.</summary>
    /// <param name="extra">A HASH file that the operator names; null: none.</param>
    /// <exception cref="SystemFault">There is nothing at the path, or it cannot be opened.</exception>
    public static PackageReader Open(string path, HashText? extra, LimitSettings limits, ReadingProgress progress)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var name = Path.GetFileName(path);
        if (!Path.Exists(path)) throw new SystemFault("open", path, Errno.ENOENT);
        path = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        return Directory.Exists(path) ? OpenFolder(path, name, extra, limits, progress)
            : OpenArchive(path, name, extra, limits, progress);
    }

    static PackageReader OpenFolder(
        string path, string name, HashText? extra, LimitSettings limits, ReadingProgress progress)
    {
        var contents = FolderContents.Read(path, limits, progress);
        return new PackageReader(new PackageOffer(name, contents.Findings) { Extra = extra }, contents, contents);
    }

    static PackageReader OpenArchive(
        string path, string name, HashText? extra, LimitSettings limits, ReadingProgress progress)
    {
        var archive = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, Buffer,
            FileOptions.SequentialScan);
        progress.Expect(archive.Length);
        var form = PackageName.Read(name).Form;
        var list = extra?.Bytes ?? default;
        var contents = new HashedContents(
            sink => Archive.Unpack(form, archive, limits, sink, list: list), limits.HashText);
        var unpacking = form == PackageForm.Folder
            ? new Unpacking(
                [Finding.Of(ReasonCode.BadArchive, null, "neither a folder nor named .zip, .tar, .tar.gz or .tgz")],
                Stopped: true, Ends: true, Folder: null)
            : Archive.Unpack(form, archive, limits, new Counted(contents, archive, progress), list: list);
        var offer = PackageOffer.Of(name, unpacking);
        return new PackageReader(WithHashes(offer, path, extra, archive), contents, archive);
    }

    /// <summary>
    /// Adds the HASH files to an offer. The one that the operator names may be about the archive or about its contents:
    /// its entries show which.
    /// </summary>
    static PackageOffer WithHashes(PackageOffer offer, string path, HashText? extra, FileStream archive)
    {
        if (RelativePath.Read(offer.Name, PathLimits.Default).Path is not { } name) return offer with { Extra = extra };
        var named = extra is null ? null : new HashText(RelativePath.Own($"{name}.hash"), extra.Bytes);
        var isOfArchive = named is not null && HashFile.Parse(named.Path, named.Bytes.Span).File is { } parsed
            && (parsed.Bare is not null || parsed.Entries.Any(entry => entry.Path == name));
        ImmutableArray<HashText> files = [.. Beside(path), .. isOfArchive ? [named!] : Array.Empty<HashText>()];
        return offer with
        {
            Extra = isOfArchive ? null : extra,
            Outer = files.IsEmpty ? null : new OuterHash(name, files, algorithm => DigestOf(archive, algorithm)),
        };
    }

    /// <summary>
    /// Returns the HASH files in the archive's folder. One of them may be its sidecar, or a list that names it.
    /// </summary>
    static IEnumerable<HashText> Beside(string archive)
    {
        var folder = Path.GetDirectoryName(archive)!;
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (!HashFileName.Is(path)
                || RelativePath.Read(Path.GetFileName(path), PathLimits.Default).Path is not { } name) continue;
            var file = new FileInfo(path);
            if (file.LinkTarget is null && file.Length <= HashFileReader.MostBytesBeside)
                yield return new HashText(name, File.ReadAllBytes(path));
        }
    }

    static Digest DigestOf(FileStream archive, DigestAlgorithm algorithm)
    {
        archive.Position = 0;
        return new Digest(algorithm, CryptographicOperations.HashData(algorithm.System(), archive));
    }

    public void Dispose() => held.Dispose();

    /// <summary>Reports to the progress what passes through.</summary>
    sealed class Counted(IPackageSink inner, FileStream archive, ReadingProgress progress) : IPackageSink
    {
        long position;

        public ContentEntry Place(RelativePath path, Stream source)
        {
            var entry = inner.Place(path, source);
            progress.AddUnpacked(entry.Size, Math.Max(0, archive.Position - position));
            position = archive.Position;
            return entry;
        }

        public void Unwrap(string folder) => inner.Unwrap(folder);
    }
}
