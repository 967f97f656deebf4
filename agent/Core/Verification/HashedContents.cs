using System.Security.Cryptography;

namespace Difusor.Agent.Verification;

/// <summary>
/// An archive's files as they are read: hashed and not kept, except the HASH files, what may be one by its contents,
/// and the heads that state the corte.
/// A digest other than SHA-256 needs a second reading of the archive.
/// </summary>
/// <param name="again">Reads the whole archive again, into another sink.</param>
/// <param name="mostKept">How many bytes of all HASH files together are kept: <c>limits.hash_text</c>.</param>
public sealed class HashedContents(Action<IPackageSink> again, long mostKept) : IPackageContents, IPackageSink
{
    /// <summary>
    /// The most bytes kept of all heads together (half of them are for the tables alone, however much else there is),
    /// and of all texts together that may be HASH files by their contents.
    /// </summary>
    const long MostHeads = 32 << 20, MostLists = 16 << 20, ListHead = 64 << 10;

    readonly SortedDictionary<RelativePath, ContentEntry> files = [];
    readonly Dictionary<RelativePath, byte[]> kept = [];
    readonly Dictionary<DigestAlgorithm, Dictionary<RelativePath, Digest>> others = [];
    List<ContentEntry>? entries;
    long keptHashes, keptHeads, keptLists;

    public IReadOnlyList<ContentEntry> Entries => entries ??= [.. files.Values];

    public ContentEntry Place(RelativePath path, Stream source)
    {
        var isHash = HashFileName.Is(path.Value);
        var kind = CorteSources.Of(path.Value);
        var room = (kind == CorteSource.Table ? MostHeads : MostHeads / 2) - keptHeads;
        var keep = (int)(isHash ? Math.Min(HashFileReader.MostBytes, mostKept - keptHashes)
            : Math.Clamp(CorteSources.HeadOf(kind), 0, Math.Max(room, 0)));
        using var copy = new MemoryStream();
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        long size = 0;
        var isList = false;
        for (int length; (length = source.Read(buffer)) > 0; size += length)
        {
            sha.AppendData(buffer, 0, length);
            if (size == 0 && !isHash && MayBeList(path, buffer.AsSpan(0, length)))
                (isList, keep) = (true, (int)Math.Min(HashFileReader.MostBytesBeside, MostLists - keptLists));
            if (copy.Length < keep) copy.Write(buffer, 0, (int)Math.Min(length, keep - copy.Length));
        }
        if (keep > 0) kept[path] = copy.ToArray();
        if (isHash) keptHashes += copy.Length;
        else if (isList) keptLists += copy.Length;
        else keptHeads += copy.Length;
        entries = null;
        return files[path] = new ContentEntry(path, size, new Digest(DigestAlgorithm.Sha256, sha.GetHashAndReset()));
    }

    bool MayBeList(RelativePath path, ReadOnlySpan<byte> head) =>
        keptLists + ListHead < MostLists && HashesByContent.MayBeOne(path.Value, HashFileReader.MostBytesBeside)
        && HashesByContent.LooksLikeOne(head);

    public void Unwrap(string folder)
    {
        var (inside, heads) = (files.Values.ToArray(), kept.ToArray());
        files.Clear();
        kept.Clear();
        entries = null;
        foreach (var (path, size, digest) in inside)
            if (path.Below(folder) is { } inner) files[inner] = new ContentEntry(inner, size, digest);
        foreach (var (path, head) in heads)
            if (path.Below(folder) is { } inner) kept[inner] = head;
    }

    public byte[] ReadHead(RelativePath path, int limit) =>
        kept.GetValueOrDefault(path) is not { } head ? [] : head.Length <= limit ? head : head[..limit];

    public Digest Compute(RelativePath path, DigestAlgorithm algorithm)
    {
        if (!others.TryGetValue(algorithm, out var digests))
        {
            others[algorithm] = digests = [];
            again(new Digesting(algorithm, digests));
        }
        return digests.TryGetValue(path, out var digest) ? digest : new Digest(algorithm, new byte[algorithm.Size()]);
    }

    sealed class Digesting(DigestAlgorithm algorithm, Dictionary<RelativePath, Digest> digests) : IPackageSink
    {
        public ContentEntry Place(RelativePath path, Stream source)
        {
            using var hash = IncrementalHash.CreateHash(algorithm.System());
            var buffer = new byte[64 * 1024];
            long size = 0;
            for (int length; (length = source.Read(buffer)) > 0; size += length) hash.AppendData(buffer, 0, length);
            digests[path] = new Digest(algorithm, hash.GetHashAndReset());
            return new ContentEntry(path, size, default);
        }

        public void Unwrap(string folder)
        {
            var inside = digests.ToArray();
            digests.Clear();
            foreach (var (path, digest) in inside)
                if (path.Below(folder) is { } inner) digests[inner] = digest;
        }
    }
}
