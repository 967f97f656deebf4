using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Difusor.Agent.Drop;

/// <summary>
/// What a HASH file at the top states, in 16 bytes per path: the key of the path, and the beginning of its digest. That
/// is enough for counting, and the text, which may be many megabytes, need not stay in memory until the last file has
/// come.
/// </summary>
public sealed class Manifest
{
    readonly Dictionary<ulong, Mark> stated;

    Manifest(int capacity) => stated = new(capacity);

    /// <summary>
    /// Gets how many paths it states; <c>PlainListed</c> counts those that need a cover (<see cref="Cover"/>). Both
    /// count all paths, even if there are too many to keep.
    /// </summary>
    internal int Listed { get; private set; }
    internal int PlainListed { get; private set; }

    /// <summary>Gets whether it states a path that is passed over where no HASH lists it.</summary>
    internal bool NamesLeftovers { get; private set; }

    /// <summary>Gets or sets how many stated files exist and match, as <see cref="Fulfilment"/> counts them.</summary>
    internal int Matching { get; set; }
    internal int PlainMatching { get; set; }

    internal Dictionary<ulong, Mark> Stated => stated;

    /// <summary>Returns a manifest that gets its lines part by part.</summary>
    internal static Manifest Empty() => new(0);

    /// <param name="most">More paths than this are only counted: no package has so many, so such a manifest is never
    /// fulfilled.</param>
    /// <returns>The manifest; null if the HASH file is not a list but the sidecar of one file. Otherwise a package of
    /// sidecars would seem complete after its first file.</returns>
    public static Manifest? Of(HashFile hash, int most)
    {
        if (hash.Count == 0 || (hash.Count == 1 && HashFileName.SidecarTarget(hash.Path.Value) is not null))
            return null;
        var manifest = new Manifest(Math.Min(hash.Count, most));
        manifest.Add(hash, most);
        return manifest;
    }

    /// <summary>Adds the lines of a HASH file at the top, or of a part of it.</summary>
    internal void Add(HashFile hash, int most)
    {
        var own = Encoding.UTF8.GetBytes(hash.Path.Value);
        Span<byte> digest = stackalloc byte[HashFile.LongestDigest];
        for (var line = 0; line < hash.Count; line++)
            if (!hash.NameAt(line).SequenceEqual(own))
                Add(hash.NameAt(line), hash.AlgorithmAt(line), hash.DigestAt(line, digest), most);
    }

    void Add(ReadOnlySpan<byte> name, DigestAlgorithm algorithm, ReadOnlySpan<byte> digest, int most)
    {
        var key = PathKey.Of(name);
        var isSha256 = algorithm == DigestAlgorithm.Sha256;
        if (stated.TryGetValue(key, out var known))
        {
            // The path is stated twice: keep the SHA-256, because only that can be compared.
            if (isSha256) stated[key] = Mark.Of(digest, known.IsPlain);
            return;
        }
        Listed++;
        var isPlain = IsPlain(name);
        if (isPlain) PlainListed++;
        if (stated.Count < most) stated[key] = isSha256 ? Mark.Of(digest, isPlain) : Mark.OfAnything(isPlain);
    }

    [SkipLocalsInit]
    bool IsPlain(ReadOnlySpan<byte> name)
    {
        Span<char> buffer = stackalloc char[name.Length];
        var path = buffer[..Encoding.UTF8.GetChars(name, buffer)];
        var isPlain = Cover.Needs(path);
        NamesLeftovers |= !isPlain && LeftoverNames.BuiltIn.Has(path);
        return isPlain;
    }
}

/// <summary>
/// The first 62 bits of a SHA-256, whether it can be compared at all, and whether its file needs a cover.
/// </summary>
readonly record struct Mark(ulong Bits)
{
    const ulong Plain = 1, Comparable = 2;

    public static Mark Of(ReadOnlySpan<byte> sha256, bool isPlain) =>
        new((BinaryPrimitives.ReadUInt64LittleEndian(sha256) & ~(Plain | Comparable)) | Comparable | (
            isPlain ? Plain : 0));

    /// <summary>
    /// Returns the mark for a file that is stated by a digest other than SHA-256: any file counts as matching.
    /// </summary>
    public static Mark OfAnything(bool isPlain) => new(isPlain ? Plain : 0);

    public bool IsPlain => (Bits & Plain) != 0;

    public bool Matches(Mark file) => (Bits & Comparable) == 0 || (Bits | Plain) == (file.Bits | Plain);
}
