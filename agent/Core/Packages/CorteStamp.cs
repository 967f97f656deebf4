using System.Text.RegularExpressions;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Packages;

/// <summary>A date and time as somebody wrote it: the local digits, and the offset if one is written.</summary>
public readonly partial record struct CorteStamp(DateTime Local, TimeSpan? Offset)
{
    const int Longest = 256;

    /// <summary>
    /// Gets whether it says UTC, as JavaScript writes a time. Some programs add that <c>Z</c> to local digits.
    /// </summary>
    public bool IsUtc => Offset == TimeSpan.Zero;

    /// <summary>
    /// Reads a text that holds a stamp and nothing else but a label: <c>2019/06/03 05:47 (UTC-5)</c>, <c>Corte:
    /// 02/06/2024 08:20 p.m.</c>, <c>2 de junio de 2024, 20:20 horas</c>, ISO 8601. Returns null if it is none. Never
    /// throws.
    /// </summary>
    public static CorteStamp? Read(string text) => Read(text, out _);

    /// <param name="label">What stands before the stamp; empty if nothing does.</param>
    internal static CorteStamp? Read(string text, out string label)
    {
        label = "";
        if (text.Length > Longest || HoldsForeignDigits(text)) return null;
        if (Form().Match(WithSingleSpaces(text)) is not { Success: true } match) return null;
        label = match.Groups["label"].Value.Trim(' ', '"', '\'');
        if (!IsLabel(label) || LocalOf(match) is not { } local) return null;
        if (!match.Groups["sign"].Success)
            return new CorteStamp(local, match.Groups["zulu"].Success ? TimeSpan.Zero : null);
        var (hours, minutes) = (Number(match, "hours"), Number(match, "minutes"));
        if (hours > 14 || minutes > 59 || (hours == 14 && minutes > 0)) return null;
        var offset = new TimeSpan(hours, minutes, 0);
        return new CorteStamp(local, match.Groups["sign"].ValueSpan is "+" ? offset : -offset);
    }

    /// <summary>Returns whether a label says that its stamp is the corte.</summary>
    internal static bool NamesTheCorte(ReadOnlySpan<char> label) =>
        label.Contains("corte", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Returns whether what stands before a stamp is a label. Digits, or a field of its own, make it a row of a table,
    /// if it does not call itself the corte.
    /// </summary>
    static bool IsLabel(ReadOnlySpan<char> label) => NamesTheCorte(label)
        || (!label.ContainsAnyInRange('0', '9')
            && (label.TrimEnd("|;,\t \"") is [.., ':'] || !label.ContainsAny("|;,\t")));

    static DateTime? LocalOf(Match match)
    {
        var (year, day) = (Number(match, "year"), Number(match, "day"));
        var month = match.Groups["word"] is { Success: true } word ? Times.MonthNamed(word.Value.ToLowerInvariant())
            : Number(match, "month");
        var (hour, minute, second) = (Number(match, "hour"), Number(match, "minute"), Number(match, "second"));
        if (match.Groups["half"] is { Success: true } half && hour <= 12)
            hour = hour % 12 + (half.ValueSpan is "p" or "P" ? 12 : 0);
        if (!Corte.IsPossible(year) || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return null;
        return hour > 23 || minute > 59 || second > 59 ? null
            : new DateTime(year, month, day, hour, minute, second, DateTimeKind.Unspecified);
    }

    static int Number(Match match, string group) =>
        int.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : 0;

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
    /// Returns the text with each run of blanks, of any kind, replaced by one space. So the pattern needs no unlimited
    /// quantifier. A tab stays: it divides fields.
    /// </summary>
    static string WithSingleSpaces(string text)
    {
        var single = new StringBuilder(text.Length);
        foreach (var c in text)
            if (!char.IsWhiteSpace(c) || c == '\t') single.Append(c);
            else if (single.Length > 0 && single[^1] != ' ') single.Append(' ');
        return single.ToString();
    }

    // Label, date, what is between, time, half of the day, "horas", offset, and what may follow: the name of the zone,
    // and the empty fields with which a spreadsheet fills a line.
    [GeneratedRegex("""
        ^(?<label>.{0,256}?) (?<![0-9/.])
        (?: (?: (?<year>[0-9]{4}) (?<s>[/.-]) (?<month>[0-9]{1,2}) \k<s> (?<day>[0-9]{1,2})
              | (?<day>[0-9]{1,2}) (?<s>[/.-]) (?<month>[0-9]{1,2}) \k<s> (?<year>[0-9]{4})
              | (?<day>[0-9]{1,2}) (?:[ ]de)? [ /-] (?<word>[A-Za-z]{3,10}) [.]? (?:[ ]del?)? [ /-] (?<year>[0-9]{4})
              | (?<year>[0-9]{4}) (?<month>[0-9]{2}) (?<day>[0-9]{2}) )
            (?: [T_] | [ ]?[,-]?[ ](?:a[ ]las[ ]|hora:?[ ])? | [ ]?, )
            (?<hour>[0-9]{1,2}) : (?<minute>[0-9]{2}) (?: : (?<second>[0-9]{2}) (?: [.,] [0-9]{1,9} )? )?
          | (?<year>[0-9]{4}) (?<month>[0-9]{2}) (?<day>[0-9]{2}) [T_]
            (?<hour>[0-9]{2}) (?<minute>[0-9]{2}) (?<second>[0-9]{2})? )
        (?: [ ]? (?<half>[ap]) [.]? [ ]? m (?![0-9A-Za-z_]) [.]? )?
        [ ]? (?: h(?:rs?|oras)?(?![0-9A-Za-z_])\.? )? [ ]? [(\[]? [ ]?
        (?: (?<zulu>Z|UTC|GMT)? [ ]? (?<sign>[+\-\u2212\u2013]) [ ]? (?<hours>[0-9]{1,2}) (?: :? (?<minutes>[0-9]{2}) )? | (?<zulu>Z|UTC|GMT) )?
        [^0-9A-Za-z]{0,256} (?: (?:hora|tiempo|zona) [^0-9|;\t]{0,64} [|;,\t ]{0,256} )?$
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
