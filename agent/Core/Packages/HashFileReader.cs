using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Difusor.Agent.Packages;

/// <summary>
/// Reads one HASH file line by line. Accepts coreutils lines, BSD tags (also those of <c>openssl dgst</c>) and one bare
/// digest; LF or CRLF, a UTF-8 BOM, hex in either case, blank lines and <c>#</c> comments. Takes time linear in the
/// bytes; stops at the first line in none of these forms.
/// </summary>
sealed class HashFileReader(RelativePath path, byte[] whole, PathLimits limits, int mostEntries)
{
    /// <summary>The most lines that are read: far more than any package has files.</summary>
    internal const int MostEntries = 4_000_000;

    /// <summary>A HASH file with more bytes than this is never parsed, whatever <c>limits.hash_text</c> says.</summary>
    internal const int MostBytes = 1 << 30;

    /// <summary>
    /// The same limit for a HASH file beside an archive; it is lower because there may be many of those.
    /// </summary>
    internal const int MostBytesBeside = 4 << 20;

    static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    readonly DigestAlgorithm? named = HashFileName.Algorithm(path.Value);
    readonly List<HashFile.Line> lines = new(whole.Length / 128);
    readonly FindingList unsafeNames = new();
    int unsafeCount;
    readonly int folderLength = path.Folder is { Length: > 0 } folder
        ? System.Text.Encoding.UTF8.GetByteCount(folder) + 1 : 0;
    Digest? bare;

    internal HashFileReading Read()
    {
        ReadOnlySpan<byte> text = whole;
        if (text.Length > MostBytes) return HashFileReading.Bad(path, $"longer than {MostBytes >> 20} MiB");
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        for (var number = 1; !text.IsEmpty; number++)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            if (ReadLine(line) is { } problem) return HashFileReading.Bad(path, $"line {number}: {problem}");
        }
        if (bare is not null && lines.Count + unsafeCount > 0)
            return HashFileReading.Bad(path, "digests with a name and one without");
        if (bare is null && lines.Count + unsafeCount == 0) return HashFileReading.Bad(path, "no digest in it");
        return HashFileReading.Good(new HashFile(path, whole, lines, bare, unsafeNames));
    }

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
        line = line.TrimStart(" \t"u8);
        if (line.IsEmpty || line[0] == '#') return null;
        var escaped = line[0] == '\\';
        if (escaped) line = line[1..];
        var hex = line.IndexOfAnyExcept(HexDigits) is var end and >= 0 ? end : line.Length;
        if (hex >= 32 && (hex == line.Length || line[hex] is (byte)' ' or (byte)'\t'))
            return ReadCoreutils(line[..hex], line[hex..], escaped);
        return ReadTagged(line, escaped);
    }

    /// <summary>Reads <c>hex␠␠name</c>, <c>hex␠*name</c>, <c>hex␠name</c> (BSD's -r), or a bare <c>hex</c>.</summary>
    string? ReadCoreutils(ReadOnlySpan<byte> hex, ReadOnlySpan<byte> rest, bool escaped)
    {
        if (DigestAlgorithms.OfSize(hex.Length / 2) is not { } algorithm || hex.Length % 2 != 0)
            return $"a digest of {hex.Length} digits, which no known algorithm has";
        if (named is { } stated && stated != algorithm)
            return $"a digest of {hex.Length} digits in a file named for {stated.Name()}";
        // If there are three characters or more, the third one begins a name, even if it is a blank.
        if (rest.Length < 3 && rest.IndexOfAnyExcept(" \t"u8) < 0) return ReadBare(hex, algorithm);
        var name = rest.Length > 2 && rest[1] is (byte)' ' or (byte)'*' ? rest[2..] : rest[1..];
        return Add(name, algorithm, hex, escaped);
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
    string? ReadTagged(ReadOnlySpan<byte> line, bool escaped)
    {
        const string Unknown = "neither a digest and a name, nor 'ALGORITHM (name) = digest'";
        var (open, equals) = (line.IndexOf((byte)'('), line.LastIndexOf((byte)'='));
        if (open <= 0 || open > 16 || equals < open) return Unknown;
        var before = line[..equals].TrimEnd((byte)' ');
        if (!before.EndsWith(")"u8) || before.Length - 1 < open + 1) return Unknown;
        Span<char> tag = stackalloc char[16];
        var tagLength = System.Text.Encoding.Latin1.GetChars(line[..open].TrimEnd((byte)' '), tag);
        ReadOnlySpan<char> tagText = tag[..tagLength];
        if (tagText.StartsWith("SHA2-", StringComparison.OrdinalIgnoreCase)) tagText = $"SHA{tagText[5..]}";
        if (DigestAlgorithms.Named(tagText) is not { } algorithm)
            return $"an algorithm that is not known: {Printable.Of(line[..open])}";
        var hex = line[(equals + 1)..].Trim(" \t"u8);
        if (hex.Length != 2 * algorithm.Size() || hex.ContainsAnyExcept(HexDigits))
            return $"not the {2 * algorithm.Size()} hex digits of {algorithm.Name()}";
        return Add(before[(open + 1)..^1], algorithm, hex, escaped);
    }

    string? Add(ReadOnlySpan<byte> name, DigestAlgorithm algorithm, ReadOnlySpan<byte> hex, bool escaped)
    {
        if (lines.Count + unsafeCount >= mostEntries) return "more entries than any package within limits.files has";
        if (escaped && name.Contains((byte)'\\'))
        {
            if (Unescaped(name) is not { } plain) return "an escape other than \\\\, \\n and \\r";
            name = plain; // now has a back slash, a line feed or a carriage return, so it is unsafe
        }
        name = RelativePath.WithoutDotSlash(name);
        if ((RelativePath.Problem(name, limits) ?? TooLongInItsFolder(name.Length)) is { } problem)
        {
            unsafeCount++;
            if (!unsafeNames.CountsOnly(ReasonCode.UnsafePath.Code()))
                unsafeNames.Add(ReasonCode.UnsafePath, Printable.Of(name), $"{problem}, in {path}");
            return null;
        }
        lines.Add(new HashFile.Line(OffsetOf(name), name.Length, OffsetOf(hex), algorithm));
        return null;
    }

    string? TooLongInItsFolder(int length) =>
        folderLength + length > limits.Length ? $"longer than {limits.Length} bytes" : null;

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
