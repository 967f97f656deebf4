using System.Text.Unicode;

namespace Difusor.Agent.Packages;

/// <summary>The corte that a TXT or CSV data file states in its first lines.</summary>
/// <param name="HasTable">
/// Whether a table follows. Without one it counts only where no file has one: a table that has no rows yet.
/// </param>
public readonly record struct CorteHeader(CorteStamp Stamp, bool HasTable)
{
    /// <summary>How many bytes of a file <see cref="Read"/> needs.</summary>
    public const int HeadBytes = 2048;

    const int Lines = 5, LongestLine = 256;

    /// <summary>
    /// Reads the header of a PREP data file: a line that holds a stamp and nothing else but a label, among the first
    /// five lines, above a table (contract, section 6). UTF-8, Latin-1, or UTF-16 with a BOM. Where nothing follows, a
    /// line counts that has a stamp with its offset and no label. Returns null if there is none. Never throws.
    /// </summary>
    public static CorteHeader? Read(ReadOnlySpan<byte> head)
    {
        var isWhole = head.Length < HeadBytes;
        head = WithoutMark(head);
        CorteStamp? found = null;
        var (stamps, named, alone) = (0, false, false);
        for (var number = 0; !head.IsEmpty; number++)
        {
            var end = head.IndexOf((byte)'\n');
            var line = end < 0 ? head : head[..end];
            head = end < 0 ? [] : head[(end + 1)..];
            if (!line.ContainsAnyExcept(" \t\r"u8)) continue;
            if (number < Lines && line.Length <= LongestLine
                && CorteStamp.Read(TextOf(line), out var label) is { } stamp)
            {
                var names = CorteStamp.NamesTheCorte(label);
                if (found is null || (names && !named)) (found, named) = (stamp, names);
                stamps++;
                alone = label.Length == 0 && stamp.Offset is not null;
                continue;
            }
            // Several lines of stamps, none of which is called the corte, are rows.
            if (IsRow(line)) return found is { } header && (stamps == 1 || named) ? new(header, HasTable: true) : null;
            if (found is null && number >= Lines) return null;
            alone = false;
        }
        return found is { } last && stamps == 1 && alone && isWhole ? new(last, HasTable: false) : null;
    }

    /// <summary>
    /// Returns whether the name is that of a data file: <c>.txt</c> or <c>.csv</c>, and not a HASH file.
    /// </summary>
    public static bool IsDataFile(ReadOnlySpan<char> path) =>
        (path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase)
            || path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) && !HashFileName.Is(path);

    /// <summary>Returns the text without its byte order mark, and UTF-16 as UTF-8.</summary>
    static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> head) => head switch
    {
        [0xEF, 0xBB, 0xBF, .. var utf8] => utf8,
        [0xFF, 0xFE, .. var little] => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(little)),
        [0xFE, 0xFF, .. var big] => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(big)),
        _ => head,
    };

    static string TextOf(ReadOnlySpan<byte> line) =>
        (Utf8.IsValid(line) ? Encoding.UTF8 : Encoding.Latin1).GetString(line);

    /// <summary>
    /// Returns whether a line is one of a table: two or more fields that hold something, divided by <c>|</c>, a tab or
    /// <c>;</c>, or three or more by a comma.
    /// </summary>
    static bool IsRow(ReadOnlySpan<byte> line) =>
        Fields(line, (byte)'|') > 1 || Fields(line, (byte)'\t') > 1 || Fields(line, (byte)';') > 1
            || Fields(line, (byte)',') > 2;

    static int Fields(ReadOnlySpan<byte> line, byte separator)
    {
        var (count, filled) = (0, false);
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] != separator || IsProse(line[at..])) filled |= line[at] > ' ' && line[at] != '"';
            else if (filled) (count, filled) = (count + 1, false);
        }
        return filled ? count + 1 : count;
    }

    /// <summary>Returns whether a comma or semicolon divides words of a sentence: blank and letter follow.</summary>
    static bool IsProse(ReadOnlySpan<byte> rest) =>
        rest is [(byte)',' or (byte)';', (byte)' ', var next, ..]
            && (next >= 0x80 || char.IsAsciiLetter((char)next));
}
