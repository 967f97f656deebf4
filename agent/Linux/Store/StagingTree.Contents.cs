namespace Difusor.Agent.Linux.Store;

/// <summary>The part that the verification reads.</summary>
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

    /// <summary>
    /// Fills a buffer from an offset on, and returns how many bytes it read: fewer than fit only at the end of the
    /// file.
    /// </summary>
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
