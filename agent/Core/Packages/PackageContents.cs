
namespace Difusor.Agent.Packages;

/// <summary>One regular file of a package, as staged: its size in bytes and the SHA-256 of all of them.</summary>
public sealed record ContentEntry(RelativePath Path, long Size, Digest Sha256);

/// <summary>
/// A package's files as verification sees them: the agent's own copy, which nobody else can change. Two kinds: the
/// staged tree on disk, and one in memory.
/// </summary>
public interface IPackageContents
{
    /// <summary>All regular files, in ordinal order of their paths.</summary>
    IReadOnlyList<ContentEntry> Entries { get; }

    /// <summary>The first <paramref name="limit"/> bytes at most of one file.</summary>
    byte[] ReadHead(RelativePath path, int limit);

    /// <summary>A digest other than the SHA-256 that <see cref="Entries"/> has; computed when asked for.</summary>
    Digest Compute(RelativePath path, DigestAlgorithm algorithm);
}
