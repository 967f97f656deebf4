
namespace Difusor.Agent.Packages;

/// <summary>
/// One parsed HASH file: the digests that it states, each with the file's name or (in a sidecar) without one. The lines
/// are offsets into the HASH file's own bytes, because there may be several hundred thousand of them.
/// </summary>
public sealed class HashFile
{
    readonly byte[] text;
    readonly List<Line> lines;

    internal HashFile(RelativePath path, byte[] text, List<Line> lines, Digest? bare, FindingList unsafeNames)
    {
        Path = path;
        Folder = path.Folder;
        Bare = bare;
        Findings = unsafeNames.InOrder();
        MoreFindings = unsafeNames.More;
        this.text = text;
        this.lines = lines;
    }

    /// <summary>
    /// Where one line's name and hex digits begin in the text. An offset is enough: a name that an escape changed is
    /// never safe, so it never becomes a line.
    /// </summary>
    internal readonly record struct Line(int Name, int NameLength, int Hex, DigestAlgorithm Algorithm);

    public RelativePath Path { get; }

    /// <summary>Gets the folder that its names are relative to; empty at the top.</summary>
    internal string Folder { get; }

    /// <summary>Gets how many lines name a file.</summary>
    public int Count => lines.Count;

    /// <summary>
    /// Gets the one digest of a sidecar that names no file; the sidecar's own name says which file it is for (contract,
    /// section 6).
    /// </summary>
    public Digest? Bare { get; }

    /// <summary>
    /// Gets an <c>unsafe-path</c> finding for each line whose name is not a safe path inside the manifest's folder.
    /// Such a line is not an entry.
    /// </summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>Gets how many more such lines there are that were only counted.</summary>
    public int MoreFindings { get; }

    public ManifestEntry this[int index] =>
        new(PathAt(index), new Digest(AlgorithmAt(index), DigestAt(index, stackalloc byte[LongestDigest]).ToArray()));

    public IEnumerable<ManifestEntry> Entries => Enumerable.Range(0, Count).Select(index => this[index]);

    internal DigestAlgorithm AlgorithmAt(int index) => lines[index].Algorithm;

    /// <summary>The size in bytes of the longest digest.</summary>
    internal const int LongestDigest = 64;

    /// <summary>
    /// Decodes the digest into a buffer of <see cref="LongestDigest"/> bytes and returns its part of the buffer.
    /// </summary>
    internal ReadOnlySpan<byte> DigestAt(int index, Span<byte> buffer)
    {
        var size = lines[index].Algorithm.Size();
        Convert.FromHexString(text.AsSpan(lines[index].Hex, 2 * size), buffer, out _, out _);
        return buffer[..size];
    }

    /// <summary>Returns the name as UTF-8, relative to the HASH file's own folder.</summary>
    internal ReadOnlySpan<byte> NameAt(int index) => text.AsSpan(lines[index].Name, lines[index].NameLength);

    internal RelativePath PathAt(int index)
    {
        var name = Encoding.UTF8.GetString(NameAt(index));
        return RelativePath.Own(Folder.Length > 0 ? $"{Folder}/{name}" : name);
    }

    /// <summary>Parses a HASH file in any of the formats of the contract's section 6. Never throws.</summary>
    /// <returns>Either the HASH file or the <c>bad-hash-file</c> finding, never both.</returns>
    public static HashFileReading Parse(RelativePath path, ReadOnlySpan<byte> text) =>
        Parse(path, text, PathLimits.Default, HashFileReader.MostEntries);

    public static HashFileReading Parse(
        RelativePath path, ReadOnlySpan<byte> text, PathLimits limits, int mostEntries) =>
        Parse(path, text.ToArray(), limits, mostEntries);

    /// <summary>Does the same without a copy. The caller must not change the bytes afterwards.</summary>
    internal static HashFileReading Parse(RelativePath path, byte[] text, PathLimits limits, int mostEntries) =>
        new HashFileReader(path, text, limits, mostEntries).Read();
}

/// <summary>The result of parsing a HASH file: exactly one of the two is set.</summary>
public readonly record struct HashFileReading
{
    public HashFile? File { get; private init; }
    public Finding? Problem { get; private init; }

    internal static HashFileReading Good(HashFile file) => new() { File = file };
    internal static HashFileReading Bad(RelativePath path, string detail) =>
        new() { Problem = Finding.Of(ReasonCode.BadHashFile, path.Value, detail) };
}
