
namespace Difusor.Agent.Packages;

/// <summary>One regular file of a package, as staged: its size in bytes and the SHA-256 of all its bytes.</summary>
public sealed record ContentEntry(RelativePath Path, long Size, Digest Sha256);

/// <summary>
/// A package's files as verification sees them: the agent's own copy, which nobody else can change. There are several
/// kinds: the staged tree on disk, files in memory, and an archive that is only hashed.
/// </summary>
public interface IPackageContents
{
    /// <summary>Gets all regular files, in ordinal order of their paths.</summary>
    IReadOnlyList<ContentEntry> Entries { get; }

    /// <summary>Returns at most the first <paramref name="limit"/> bytes of one file.</summary>
    byte[] ReadHead(RelativePath path, int limit);

    /// <summary>Computes, on request, a digest other than the SHA-256 in <see cref="Entries"/>.</summary>
    Digest Compute(RelativePath path, DigestAlgorithm algorithm);
}
