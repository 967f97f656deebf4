using System.Security.Cryptography;

namespace Difusor.Agent.Tests;

/// <summary>A package whose files are in memory.</summary>
sealed class MemoryContents : IPackageContents, IPackageSink
{
    readonly SortedDictionary<RelativePath, byte[]> files = [];
    List<ContentEntry>? entries;

    public IReadOnlyList<ContentEntry> Entries =>
        entries ??= [.. files.Select(file => new ContentEntry(file.Key, file.Value.Length, Digest.Sha256(file.Value)))];

    public byte[] ReadHead(RelativePath path, int limit) =>
        files[path].Length <= limit ? files[path] : files[path][..limit];

    public Digest Compute(RelativePath path, DigestAlgorithm algorithm) =>
        new(algorithm, CryptographicOperations.HashData(algorithm.System(), files[path]));

    public ContentEntry Place(RelativePath path, Stream source)
    {
        using var copy = new MemoryStream();
        source.CopyTo(copy);
        return Place(path, copy.ToArray());
    }

    public ContentEntry Place(RelativePath path, byte[] bytes)
    {
        files[path] = bytes;
        entries = null;
        return new ContentEntry(path, bytes.Length, Digest.Sha256(bytes));
    }

    public void Unwrap(string folder)
    {
        var inside = files.ToArray();
        files.Clear();
        entries = null;
        foreach (var (path, bytes) in inside)
            if (path.Below(folder) is { } inner) files.Add(inner, bytes);
    }

    public bool Remove(RelativePath path)
    {
        entries = null;
        return files.Remove(path);
    }
}
