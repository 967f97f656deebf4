using Difusor.Agent.Drop;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Store;

/// <summary>Reads what a published tree contains, file by file.</summary>
static class TreeContents
{
    const int MostLevels = 64;

    /// <returns>Null if the tree has an entry that no package can have, or cannot be read.</returns>
    internal static List<ReleaseFile>? TryRead(string path)
    {
        var files = new List<ReleaseFile>();
        try
        {
            using var tree = SafeFolder.Open(path);
            var plain = tree.Walk(
                (name, in found) =>
                {
                    if (found.Kind == FileKind.Folder) return true;
                    if (found.Kind != FileKind.Regular
                        || RelativePath.Read(name, PathLimits.Default).Path is not { } file) return false;
                    using var content = tree.TryOpenOwnFile(name, out var refusal)
                        ?? throw new SystemFault("open", $"{path}/{file}", refusal);
                    var (digest, size) = FileBytes.Hash(content, DigestAlgorithm.Sha256, file.Value);
                    files.Add(new ReleaseFile(file, size, digest, found.MtimeNanos / 1_000_000_000));
                    return true;
                },
                MostLevels);
            files.Sort((left, right) => left.Path.CompareTo(right.Path));
            return plain ? files : null;
        }
        catch (SystemFault)
        {
            return null;
        }
    }
}
