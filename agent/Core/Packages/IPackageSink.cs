
namespace Difusor.Agent.Packages;

/// <summary>
/// Where a package's files go as they are read: the staging tree (copied and hashed), or a reader that only hashes.
/// Whoever reads enforces the limits, in the stream that is handed in.
/// </summary>
public interface IPackageSink
{
    /// <summary>
    /// Reads <paramref name="source"/> to its end as the file at <paramref name="path"/>, hashing SHA-256 on the way.
    /// </summary>
    ContentEntry Place(RelativePath path, Stream source);

    /// <summary>
    /// All that was placed lies under this one folder, at the top: it is taken away from their paths.
    /// </summary>
    void Unwrap(string folder);
}
