using Difusor.Agent.Packages;

namespace Difusor.Agent.Linux;

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

    /// <summary>So many bytes from a place on; fewer only at the end.</summary>
    internal byte[] ReadPart(RelativePath path, long offset, int length)
    {
        using var file = Open(path);
        var part = new byte[length];
        var filled = FileBytes.Fill(file, part, offset, path.Value);
        return filled == length ? part : part[..filled];
    }

    /// <inheritdoc/>
    public Digest Compute(RelativePath path, DigestAlgorithm algorithm)
    {
        using var file = Open(path);
        return FileBytes.Hash(file, algorithm, path.Value).Digest;
    }
}
