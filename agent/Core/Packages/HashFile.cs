
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

    HashFile(HashFile other, List<Line> lines)
    {
        (Path, Folder, Bare) = (other.Path, other.Folder, other.Bare);
        (Findings, MoreFindings) = (other.Findings, other.MoreFindings);
        (IsOfWindows, IsSigned) = (other.IsOfWindows, other.IsSigned);
        (text, this.lines) = (other.text, lines);
    }

    /// <summary>
    /// Where one line's name and hex digits begin in the text. An offset is enough: where a name or a digest is not in
    /// the text as it is meant (back slashes of Windows, blanks between bytes), a copy of the text has it in its place.
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

    /// <summary>Gets whether back slashes in its names were taken as separators.</summary>
    public bool IsOfWindows { get; internal init; }

    /// <summary>Gets whether it was read inside a clear signature, which nobody has checked.</summary>
    public bool IsSigned { get; internal init; }

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

    /// <summary>Returns the same HASH file, with as many bytes less at the beginning of each name.</summary>
    internal HashFile WithoutPrefix(int length) => new(this, lines.ConvertAll(line => line with
    {
        Name = line.Name + length, NameLength = line.NameLength - length,
    }));

    /// <summary>Parses a HASH file in any of the forms of the contract's section 6. Never throws.</summary>
    /// <returns>Either the HASH file or the <c>bad-hash-file</c> finding, never both.</returns>
    public static HashFileReading Parse(RelativePath path, ReadOnlySpan<byte> text) =>
        Parse(path, text, PathLimits.Default, HashFileReader.MostEntries);

    public static HashFileReading Parse(
        RelativePath path, ReadOnlySpan<byte> text, PathLimits limits, int mostEntries, HashLine? line = null) =>
        Parse(path, text.ToArray(), limits, mostEntries, line);

    /// <summary>Does the same without a copy. The caller must not change the bytes afterwards.</summary>
    /// <param name="line"><c>hashes.line</c>: how to read a list that has none of the built-in forms.</param>
    internal static HashFileReading Parse(
        RelativePath path, byte[] text, PathLimits limits, int mostEntries, HashLine? line = null) =>
        HashFileReader.Read(path, text, limits, mostEntries, line);
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
