using Difusor.Agent.Linux.Files;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Linux.Store;

/// <summary>What verification reads of the tree.</summary>
public sealed partial class StagingTree
{
    /// <inheritdoc/>
    public byte[] ReadHead(RelativePath path, int limit)
    {
        using var file = Open(path);
        var head = new byte[(int)Math.Min(limit, files.TryGetValue(path, out var known) ? known.Size : limit)];
        var length = FileBytes.Fill(file, head, 0, path.Value);
        return length == head.Length ? head : head[..length];
    }

    /// <summary>Fills a buffer from a place on; with less only at the end.</summary>
    internal int ReadPart(RelativePath path, long offset, byte[] into)
    {
        using var file = Open(path);
        return FileBytes.Fill(file, into, offset, path.Value);
    }

    /// <inheritdoc/>
    public Digest Compute(RelativePath path, DigestAlgorithm algorithm)
    {
        using var file = Open(path);
        return FileBytes.Hash(file, algorithm, path.Value).Digest;
    }
}
