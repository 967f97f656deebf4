using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Difusor.Agent.Packages;

/// <summary>
/// The corte that a TXT or CSV data file states in its first lines: the local digits, and the offset if one is written.
/// </summary>
public readonly partial record struct CorteHeader(DateTime Local, TimeSpan? Offset)
{
    /// <summary>How many bytes of a file <see cref="Read"/> needs.</summary>
    public const int HeadBytes = 2048;

    const int Lines = 5, LongestLine = 256;

    /// <summary>
    /// Reads the header of a PREP data file: <c>2019/06/03 05:47 (UTC-5)</c> or <c>02/06/2024 20:20(UTC-6)</c>, alone
    /// in its line, after a BOM, a <c>sep=|</c> line or a title; UTF-8 or Latin-1 (contract, section 6). Returns null
    /// if there is none. Never throws.
    /// </summary>
    public static CorteHeader? Read(ReadOnlySpan<byte> head)
    {
        for (var number = 0; number < Lines && !head.IsEmpty; number++)
        {
            var end = head.IndexOf((byte)'\n');
            var line = end < 0 ? head : head[..end];
            head = end < 0 ? [] : head[(end + 1)..];
            if (line.Length <= LongestLine && ReadLine(line) is { } header) return header;
        }
        return null;
    }

    /// <summary>
    /// Returns whether the name is that of a data file: <c>.txt</c> or <c>.csv</c>, and not a HASH file.
    /// </summary>
    public static bool IsDataFile(ReadOnlySpan<char> path) =>
        (path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase)
            || path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) && !HashFileName.Is(path);

    static CorteHeader? ReadLine(ReadOnlySpan<byte> line)
    {
        var text = WithSingleSpaces((Utf8.IsValid(line) ? Encoding.UTF8 : Encoding.Latin1).GetString(line));
        if (HoldsForeignDigits(text) || HeaderLine().Match(text) is not { Success: true } match) return null;
        int Number(string group) =>
            int.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number : 0;
        var (year, month, day) = (Number("year"), Number("month"), Number("day"));
        var (hour, minute, second) = (Number("hour"), Number("minute"), Number("second"));
        if (!Corte.IsPossible(year) || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return null;
        if (hour > 23 || minute > 59 || second > 59) return null;
        var local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Unspecified);
        if (!match.Groups["sign"].Success)
            return new CorteHeader(local, match.Groups["zulu"].Success ? TimeSpan.Zero : null);
        var (hours, minutes) = (Number("hours"), Number("minutes"));
        if (hours > 14 || minutes > 59 || (hours == 14 && minutes > 0)) return null;
        var offset = new TimeSpan(hours, minutes, 0);
        return new CorteHeader(local, match.Groups["sign"].ValueSpan is "+" ? offset : -offset);
    }

    /// <summary>
    /// Returns whether the text has a digit of another script. The ASCII digits next to one are only a part of a
    /// number.
    /// </summary>
    static bool HoldsForeignDigits(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (!rune.IsAscii && Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber) return true;
        return false;
    }

    /// <summary>
    /// Returns the line with each run of blanks, of any kind, replaced by one space. So the pattern needs no unlimited
    /// quantifier.
    /// </summary>
    static string WithSingleSpaces(string line)
    {
        var text = new StringBuilder(line.Length);
        foreach (var c in line)
            if (!char.IsWhiteSpace(c)) text.Append(c);
            else if (text.Length == 0 || text[^1] != ' ') text.Append(' ');
        return text.ToString();
    }

    [GeneratedRegex("""
        ^[^0-9]{0,256}?
        (?: (?<year>[0-9]{4}) ([/-]) (?<month>[0-9]{1,2}) \1 (?<day>[0-9]{1,2}) | (?<day>[0-9]{1,2}) ([/-]) (?<month>[0-9]{1,2}) \2 (?<year>[0-9]{4}) )
        (?: T | ,?[ ] | [ ]?,[ ]? )
        (?<hour>[0-9]{1,2}) : (?<minute>[0-9]{2}) (?: : (?<second>[0-9]{2}) )?
        [ ]? (?: h(?:rs?|oras)?(?![0-9A-Za-z_])\.? )? [ ]? [(\[]? [ ]?
        (?: (?<zulu>Z|UTC|GMT)? [ ]? (?<sign>[+\-\u2212\u2013]) [ ]? (?<hours>[0-9]{1,2}) (?: :? (?<minutes>[0-9]{2}) )? | (?<zulu>Z|UTC|GMT) )?
        [^0-9A-Za-z]{0,256}$
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HeaderLine();
}
