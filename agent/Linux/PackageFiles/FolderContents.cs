using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.PackageFiles;

/// <summary>
/// The folder of a package, read where it is and not copied: <c>verify</c> judges it. No link is followed below it.
/// </summary>
public sealed class FolderContents : IPackageContents, IDisposable
{
    readonly SafeFolder top;

    FolderContents(SafeFolder top, ContentEntry[] entries, ImmutableArray<Finding> findings)
    {
        this.top = top;
        Entries = entries;
        Findings = findings;
    }

    public IReadOnlyList<ContentEntry> Entries { get; }

    /// <summary>
    /// Gets what is wrong with the folder itself: unsafe paths and types, files that cannot be read, limits.
    /// </summary>
    public ImmutableArray<Finding> Findings { get; }

    /// <summary>Lists the folder and hashes every file in it.</summary>
    /// <exception cref="IOException">The folder itself cannot be opened or listed.</exception>
    public static FolderContents Read(string path, LimitSettings limits, ReadingProgress progress)
    {
        var top = SafeFolder.Open(path);
        ContentEntry[] entries;
        FindingList more;
        try
        {
            var findings = new FindingList();
            var hashing = new FileHashing(top, limits, progress);
            try { new FolderListing(top, limits, progress, findings, hashing.Add).List(); }
            finally { (entries, more) = hashing.Finish(); }
            return new FolderContents(top, entries, [.. findings.InOrder(), .. more.InOrder()]);
        }
        catch
        {
            top.Dispose();
            throw;
        }
    }

    public byte[] ReadHead(RelativePath path, int limit)
    {
        using var file = Open(path);
        var head = new byte[(int)Math.Min(limit, Math.Max(0, RandomAccess.GetLength(file)))];
        var filled = 0;
        while (filled < head.Length && RandomAccess.Read(file, head.AsSpan(filled), filled) is var length and > 0)
            filled += length;
        return filled == head.Length ? head : head[..filled];
    }

    public Digest Compute(RelativePath path, DigestAlgorithm algorithm)
    {
        using var file = Open(path);
        using var hash = IncrementalHash.CreateHash(algorithm.System());
        var buffer = new byte[128 * 1024];
        for (long at = 0; RandomAccess.Read(file, buffer, at) is var length and > 0; at += length)
            hash.AppendData(buffer, 0, length);
        return new Digest(algorithm, hash.GetHashAndReset());
    }

    SafeFileHandle Open(RelativePath path) =>
        top.TryOpenFile(path, out var refusal) ?? throw new SystemFault("open", $"{top.Subject}/{path}", refusal);

    public void Dispose() => top.Dispose();
}
