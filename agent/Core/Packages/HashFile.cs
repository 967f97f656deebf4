using System.Text;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Packages;

/// <summary>
/// One HASH file, parsed: the digests that it states, each with the file's name or (a sidecar) without one. The lines
/// point into the HASH file's own bytes, since there may be some hundred thousand of them.
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
    /// Where in the text one line's name and hex digits begin. A safe name is never one that an escape changed.
    /// </summary>
    internal readonly record struct Line(int Name, int NameLength, int Hex, DigestAlgorithm Algorithm);

    public RelativePath Path { get; }

    /// <summary>The folder that its names are relative to; empty at the top.</summary>
    internal string Folder { get; }

    /// <summary>The lines that name a file.</summary>
    public int Count => lines.Count;

    /// <summary>
    /// The one digest of a sidecar that names no file; its own name tells which (contract, section 6).
    /// </summary>
    public Digest? Bare { get; }

    /// <summary>
    /// <c>unsafe-path</c>, for each line whose name leaves the manifest's folder; such a line is no entry.
    /// </summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>How many more such lines there are, which are only counted.</summary>
    public int MoreFindings { get; }

    public ManifestEntry this[int index] =>
        new(PathAt(index), new Digest(AlgorithmAt(index), DigestAt(index, stackalloc byte[LongestDigest]).ToArray()));

    public IEnumerable<ManifestEntry> Entries => Enumerable.Range(0, Count).Select(index => this[index]);

    internal DigestAlgorithm AlgorithmAt(int index) => lines[index].Algorithm;

    /// <summary>As many bytes as the longest digest has.</summary>
    internal const int LongestDigest = 64;

    /// <summary>The digest, decoded into a buffer of <see cref="LongestDigest"/> bytes.</summary>
    internal ReadOnlySpan<byte> DigestAt(int index, Span<byte> buffer)
    {
        var size = lines[index].Algorithm.Size();
        Convert.FromHexString(text.AsSpan(lines[index].Hex, 2 * size), buffer, out _, out _);
        return buffer[..size];
    }

    /// <summary>The name as UTF-8, relative to the HASH file's own folder.</summary>
    internal ReadOnlySpan<byte> NameAt(int index) => text.AsSpan(lines[index].Name, lines[index].NameLength);

    internal RelativePath PathAt(int index)
    {
        var name = Encoding.UTF8.GetString(NameAt(index));
        return RelativePath.Own(Folder.Length > 0 ? $"{Folder}/{name}" : name);
    }

    /// <summary>Parses a HASH file of any of the formats of the contract's section 6. Never throws.</summary>
    /// <returns>The HASH file, or the <c>bad-hash-file</c> finding: exactly one of the two.</returns>
    public static HashFileReading Parse(RelativePath path, ReadOnlySpan<byte> text) =>
        Parse(path, text, PathLimits.Default, HashFileReader.MostEntries);

    public static HashFileReading Parse(
        RelativePath path, ReadOnlySpan<byte> text, PathLimits limits, int mostEntries) =>
        Parse(path, text.ToArray(), limits, mostEntries);

    /// <summary>The same without a copy: the bytes must not change any more.</summary>
    internal static HashFileReading Parse(RelativePath path, byte[] text, PathLimits limits, int mostEntries) =>
        new HashFileReader(path, text, limits, mostEntries).Read();
}

/// <summary>What parsing a HASH file gave. Never both, never neither.</summary>
public readonly record struct HashFileReading
{
    public HashFile? File { get; private init; }
    public Finding? Problem { get; private init; }

    internal static HashFileReading Good(HashFile file) => new() { File = file };
    internal static HashFileReading Bad(RelativePath path, string detail) =>
        new() { Problem = Finding.Of(ReasonCode.BadHashFile, path.Value, detail) };
}
