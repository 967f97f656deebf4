
namespace Difusor.Agent.Packages;

/// <summary>
/// Takes a package's files as they are read: either the staging tree, which copies and hashes them, or a reader that
/// only hashes. The caller enforces the limits, in the streams that it passes in.
/// </summary>
public interface IPackageSink
{
    /// <summary>
    /// Reads <paramref name="source"/> to its end as the file at <paramref name="path"/>, and computes its SHA-256 on
    /// the way.
    /// </summary>
    ContentEntry Place(RelativePath path, Stream source);

    /// <summary>
    /// Removes this folder from the beginning of all paths, because it is the one folder at the top. Files beside it,
    /// which are litter or leftovers, are removed.
    /// </summary>
    void Unwrap(string folder);
}
