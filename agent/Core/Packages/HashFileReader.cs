using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Difusor.Agent.Packages;

/// <summary>
/// Reads one HASH file line by line. This part accepts coreutils lines, BSD tags (also those of <c>openssl dgst</c>)
/// and one bare digest; LF or CRLF, a BOM, hex in either case, blank lines and comments. What else a tool may write is
/// in <c>HashFileReader.Forms.cs</c>. Takes time linear in the bytes; stops at the first line that it cannot read.
/// </summary>
sealed partial class HashFileReader
{
    /// <summary>The most lines that are read: far more than any package has files.</summary>
    internal const int MostEntries = 4_000_000;

    /// <summary>A HASH file with more bytes than this is never parsed, whatever <c>limits.hash_text</c> says.</summary>
    internal const int MostBytes = 1 << 30;

    /// <summary>
    /// The same limit for a HASH file beside an archive; it is lower because there may be many of those.
    /// </summary>
    internal const int MostBytesBeside = 4 << 20;

    /// <summary>How many characters of a line that cannot be read are shown.</summary>
    const int Shown = 60;

    static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    readonly RelativePath path;
    readonly byte[] whole;
    readonly PathLimits limits;
    readonly int mostEntries, folderLength;
    readonly bool mayBeOfWindows;
    readonly DigestAlgorithm? named;
    readonly List<HashFile.Line> lines;
    readonly FindingList unsafeNames = new();
    int number, unsafeCount;
    Digest? bare;

    // The text with some names and digests in place of what the list has there; null while they are the same.
    byte[]? edited;
    bool isOfWindows, isNotOfWindows;

    HashFileReader(
        RelativePath path, byte[] whole, PathLimits limits, int mostEntries, ListColumns? described,
        bool mayBeOfWindows)
    {
        (this.path, this.whole, this.limits, this.mostEntries) = (path, whole, limits, mostEntries);
        this.mayBeOfWindows = mayBeOfWindows;
        (columns, form) = (described, described is null ? Form.Lines : Form.Rows);
        named = HashFileName.Algorithm(path.Value);
        lines = new(whole.Length / 128);
        folderLength = path.Folder is { Length: > 0 } folder ? Encoding.UTF8.GetByteCount(folder) + 1 : 0;
    }

    /// <summary>Reads a HASH file in whichever form it has.</summary>
    /// <param name="line">The form that the configuration describes, tried where no other fits; null: none.</param>
    internal static HashFileReading Read(
        RelativePath path, byte[] whole, PathLimits limits, int mostEntries, HashLine? line)
    {
        if (whole.Length > MostBytes) return HashFileReading.Bad(path, $"longer than {MostBytes >> 20} MiB");
        if (Utf16Text.HasMark(whole))
        {
            if (Utf16Text.ToUtf8(whole) is not { } text)
                return HashFileReading.Bad(path, "it begins as UTF-16 does, and is none");
            whole = text;
        }
        var (reading, reached) = ReadAs(described: null);
        if (reading.File is not null || line is null) return reading;
        var (other, reachedThen) = ReadAs(ListColumns.Described(line));
        return other.File is not null || reachedThen > reached ? other : reading;

        (HashFileReading Reading, int Line) ReadAs(ListColumns? described)
        {
            var reader = new HashFileReader(path, whole, limits, mostEntries, described, mayBeOfWindows: true);
            var read = reader.Read();
            if (!reader.isNotOfWindows) return (read, reader.number);
            reader = new HashFileReader(path, whole, limits, mostEntries, described, mayBeOfWindows: false);
            return (reader.Read(), reader.number);
        }
    }

    int Entries => lines.Count + unsafeCount;

    HashFileReading Read()
    {
        ReadOnlySpan<byte> text = whole;
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        while (!text.IsEmpty)
        {
            number++;
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            if (ReadLine(line) is { } problem) return Bad(line, problem);
            if (isNotOfWindows) return default;
        }
        if (ReadEnd() is { } cut) return HashFileReading.Bad(path, cut);
        if (bare is not null && Entries > 0) return HashFileReading.Bad(path, "digests with a name and one without");
        if (bare is null && Entries == 0) return HashFileReading.Bad(path, "no digest in it");
        return isNotOfWindows ? default
            : HashFileReading.Good(new HashFile(path, edited ?? whole, lines, bare, unsafeNames)
            {
                IsOfWindows = isOfWindows, IsSigned = armour is not null,
            });
    }

    HashFileReading Bad(ReadOnlySpan<byte> line, string problem) => HashFileReading.Bad(
        path, line.Trim(" \t\r"u8).IsEmpty ? $"line {number}: {problem}"
            : $"line {number}, '{Printable.Of(line.TrimEnd((byte)'\r'), Shown)}': {problem}");

    /// <summary>
    /// Gets the length in bytes of the longest line possible for a safe path: every byte escaped, the longest digest,
    /// and a tag.
    /// </summary>
    int LongestLine => 2 * limits.Length + 512;

    /// <returns>What is wrong with the line; null if it was read.</returns>
    string? ReadLine(ReadOnlySpan<byte> line)
    {
        if (line.Length > LongestLine) return $"longer than {LongestLine} bytes";
        if (line.EndsWith("\r"u8)) line = line[..^1];
        if (armour is not null && !armour.Takes(ref line)) return armour.Problem;
        var text = line.TrimStart(" \t"u8);
        return ReadText(text, isIndented: text.Length < line.Length);
    }

    string? ReadText(ReadOnlySpan<byte> line, bool isIndented)
    {
        if (line.IsEmpty) return EndRecord();
        if (line[0] == '#') return null;
        if (form != Form.Lines) return ReadInForm(line, isIndented);
        var escaped = line[0] == '\\';
        if (escaped) line = line[1..];
        var hex = line.IndexOfAnyExcept(HexDigits) is var end and >= 0 ? end : line.Length;
        if (hex >= 32 && (hex == line.Length || line[hex] is (byte)' ' or (byte)'\t'))
            return ReadCoreutils(line[..hex], line[hex..], escaped);
        return ReadTagged(line, escaped, out var problem) ? problem
            : escaped ? UnknownForm : ReadOther(line);
    }

    /// <summary>Reads <c>hex␠␠name</c>, <c>hex␠*name</c>, <c>hex␠name</c> (BSD's -r), or a bare <c>hex</c>.</summary>
    string? ReadCoreutils(ReadOnlySpan<byte> hex, ReadOnlySpan<byte> rest, bool escaped)
    {
        if (hex.Length % 2 != 0 || DigestAlgorithms.OfSize(hex.Length / 2) is not { } algorithm)
            return $"a digest of {hex.Length} digits, which no known algorithm has";
        if (IsNamedForAnother(algorithm, out var problem)) return problem;
        // If there are three characters or more, the third one begins a name, even if it is a blank.
        if (rest.Length < 3 && rest.IndexOfAnyExcept(" \t"u8) < 0) return ReadBare(hex, algorithm);
        var name = rest.Length > 2 && rest[1] is (byte)' ' or (byte)'*' ? rest[2..] : rest[1..];
        return Add(WithoutTabs(name), algorithm, hex, escaped);
    }

    /// <summary>Returns the algorithm whose digests have as many hex digits; null if the text is no digest.</summary>
    internal static DigestAlgorithm? AlgorithmOf(ReadOnlySpan<byte> hex) =>
        hex.Length % 2 != 0 || hex.ContainsAnyExcept(HexDigits) ? null : DigestAlgorithms.OfSize(hex.Length / 2);

    /// <summary>Returns whether the HASH file's own name states another algorithm than a digest's length.</summary>
    bool IsNamedForAnother(DigestAlgorithm algorithm, out string? problem)
    {
        problem = named is { } stated && stated != algorithm
            ? $"a digest of {2 * algorithm.Size()} digits in a file named for {stated.Name()}" : null;
        return problem is not null;
    }

    string? ReadBare(ReadOnlySpan<byte> hex, DigestAlgorithm algorithm)
    {
        if (HashFileName.SidecarTarget(path.Value) is null)
            return "a digest without a file name, in a file that is not named after one";
        if (bare is not null) return "a second digest without a file name";
        var bytes = new byte[algorithm.Size()];
        Convert.FromHexString(hex, bytes, out _, out _);
        bare = new Digest(algorithm, bytes);
        return null;
    }

    /// <summary>Reads <c>SHA256 (name) = hex</c>; openssl writes <c>SHA2-256(name)= hex</c>.</summary>
    /// <returns>Whether the line has this form, be it right or not.</returns>
    bool ReadTagged(ReadOnlySpan<byte> line, bool escaped, out string? problem)
    {
        problem = null;
        var (open, equals) = (line.IndexOf((byte)'('), line.LastIndexOf((byte)'='));
        if (open <= 0 || open > 16 || equals < open) return false;
        var before = line[..equals].TrimEnd((byte)' ');
        if (!before.EndsWith(")"u8) || before.Length - 1 < open + 1) return false;
        var hex = line[(equals + 1)..].Trim(" \t"u8);
        if (AlgorithmNamed(line[..open].TrimEnd((byte)' ')) is not { } algorithm)
            problem = $"an algorithm that is not known: {Printable.Of(line[..open])}";
        else if (hex.Length != 2 * algorithm.Size() || hex.ContainsAnyExcept(HexDigits))
            problem = NotTheDigits(algorithm);
        else problem = Add(before[(open + 1)..^1], algorithm, hex, escaped);
        return true;
    }

    /// <summary>Returns the algorithm that a list calls so; null if none is.</summary>
    internal static DigestAlgorithm? AlgorithmNamed(ReadOnlySpan<byte> word)
    {
        Span<char> tag = stackalloc char[16];
        if (word.Length > tag.Length) return null;
        ReadOnlySpan<char> tagText = tag[..Encoding.Latin1.GetChars(word, tag)];
        if (tagText.StartsWith("SHA2-", StringComparison.OrdinalIgnoreCase)) tagText = $"SHA{tagText[5..]}";
        return DigestAlgorithms.Named(tagText);
    }

    string? Add(ReadOnlySpan<byte> name, DigestAlgorithm algorithm, ReadOnlySpan<byte> hex, bool escaped)
    {
        if (Entries >= mostEntries) return "more entries than any package within limits.files has";
        var stated = name;
        if (escaped && stated.Contains((byte)'\\'))
        {
            // It has a back slash, a line feed or a carriage return, so it is not safe as it is.
            if (Unescaped(stated) is not { } plain) return "an escape other than \\\\, \\n and \\r";
            stated = plain;
        }
        stated = RelativePath.WithoutDotSlash(stated);
        if (ProblemOf(stated) is not { } problem)
            lines.Add(new HashFile.Line(OffsetOf(stated), stated.Length, OffsetOf(hex), algorithm));
        else if (!stated.Contains((byte)'\\') || !AddOfWindows(OffsetOf(name), stated, algorithm, OffsetOf(hex)))
            AddUnsafe(stated, problem);
        return null;
    }

    string? ProblemOf(ReadOnlySpan<byte> name) => RelativePath.Problem(name, limits)
        ?? (folderLength + name.Length > limits.Length ? $"longer than {limits.Length} bytes" : null);

    void AddUnsafe(ReadOnlySpan<byte> name, string problem)
    {
        unsafeCount++;
        if (!unsafeNames.CountsOnly(ReasonCode.UnsafePath.Code()))
            unsafeNames.Add(ReasonCode.UnsafePath, Printable.Of(name), $"{problem}, in {path}");
    }

    /// <summary>
    /// Returns a name without tabs at its end, and blanks behind them. No name has a tab; whether it ends in blanks
    /// only the package's files can tell.
    /// </summary>
    static ReadOnlySpan<byte> WithoutTabs(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name[^1] > ' ') return name;
        var end = name.TrimEnd(" \t"u8).Length;
        return name[end..].IndexOf((byte)'\t') is var tab and >= 0 ? name[..(end + tab)] : name;
    }

    int OffsetOf(ReadOnlySpan<byte> part) =>
        (int)Unsafe.ByteOffset(in MemoryMarshal.GetArrayDataReference(whole), in MemoryMarshal.GetReference(part));

    static byte[]? Unescaped(ReadOnlySpan<byte> name)
    {
        var plain = new ArrayBufferWriter<byte>(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            var b = name[i];
            if (b == '\\')
            {
                if (++i == name.Length) return null;
                switch (name[i])
                {
                    case (byte)'\\': break;
                    case (byte)'n': b = (byte)'\n'; break;
                    case (byte)'r': b = (byte)'\r'; break;
                    default: return null;
                }
            }
            plain.Write([b]);
        }
        return plain.WrittenSpan.ToArray();
    }
}
