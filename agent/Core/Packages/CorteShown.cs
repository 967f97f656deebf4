using System.Text.RegularExpressions;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Packages;

/// <summary>
/// The dates and times that an HTML file shows, used to check whether it shows its corte (call, I.11). Dates like
/// 06/06/2021, 6-6-21, 2021-06-06 or "6 de junio de 2021"; times like 20:20, 20.20, 20:20:00, 8:20 p. m. or 2020 horas.
/// Text that a script adds later in the browser is not seen.
/// </summary>
public sealed partial class CorteShown
{
    readonly HashSet<DateOnly> dates;
    readonly HashSet<(int Hour, int Minute)> times;

    CorteShown(string text) => (dates, times) = ([.. Dates(text)], [.. TimesOfDay(text)]);

    public static CorteShown Read(string html) => new(VisibleText.Of(html));

    public static bool In(string html, Corte corte) => Read(html).Shows(corte);

    /// <summary>
    /// Returns whether the text of a JSON file has the corte, which a page may show then: in local time, in UTC, or as
    /// the stamp of a name.
    /// </summary>
    public static bool InJson(string json, Corte corte)
    {
        var shown = Read(json);
        return shown.Shows(corte) || shown.Shows(new Corte(corte.At.ToUniversalTime()))
            || json.Contains(
                corte.At.ToString("yyyyMMdd_HHmm", CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    public bool Shows(Corte corte) =>
        dates.Contains(DateOnly.FromDateTime(corte.At.Date)) && times.Contains((corte.At.Hour, corte.At.Minute));

    /// <summary>
    /// Returns whether some date and time on the page, read in the corte's own offset, is after the corte by at most a
    /// day.
    /// </summary>
    public bool ShowsALaterOneThan(Corte corte)
    {
        var local = corte.At.DateTime;
        var today = DateOnly.FromDateTime(local);
        // Only two dates are possible, so check only those: a hostile page can have ten thousand times and as many
        // dates.
        foreach (var date in new[] { today, today.AddDays(1) })
        {
            if (!dates.Contains(date)) continue;
            foreach (var (hour, minute) in times)
                if (hour < 24 && minute < 60 && date.ToDateTime(new TimeOnly(hour, minute)) is var shown
                    && shown > local && shown <= local.AddDays(1)) return true;
        }
        return false;
    }

    static IEnumerable<DateOnly> Dates(string text)
    {
        foreach (Match found in DayFirst().Matches(text))
            if (Date(Number(found, 3), Number(found, 2), Number(found, 1)) is { } date) yield return date;
        foreach (Match found in YearFirst().Matches(text))
            if (Date(Number(found, 1), Number(found, 2), Number(found, 3)) is { } date) yield return date;
        foreach (Match found in InWords().Matches(text))
            if (Date(Number(found, 3), Times.MonthNamed(found.Groups[2].Value), Number(found, 1)) is { } date)
                yield return date;
    }

    static IEnumerable<(int Hour, int Minute)> TimesOfDay(string text)
    {
        foreach (Match found in Clock().Matches(text))
        {
            var (hour, minute, half) = (Number(found, 1), Number(found, 2), found.Groups[3].Value);
            if (half.Length > 0 && hour <= 12) hour = hour % 12 + (half == "p" ? 12 : 0);
            yield return (hour, minute);
        }
        foreach (Match found in Military().Matches(text)) yield return (Number(found, 1), Number(found, 2));
    }

    static DateOnly? Date(int year, int month, int day)
    {
        if (year < 100) year += 2000;
        return year is >= 2000 and <= 2999 && month is >= 1 and <= 12 && day >= 1
            && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day) : null;
    }

    /// <summary>Returns the group's number, or -1, which is not part of any date, if the group has no number.</summary>
    static int Number(Match match, int group) =>
        int.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : -1;

    // ASCII classes only, so text in other scripts is never read as a date. No unlimited quantifier, so the time grows
    // only with the page's length. VisibleText has already made each run of blanks one space.

    [GeneratedRegex("(?<![0-9])([0-9]{1,2}) ?[/.-] ?([0-9]{1,2}) ?[/.-] ?([0-9]{4}|[0-9]{2})(?![0-9])",
        RegexOptions.CultureInvariant)]
    private static partial Regex DayFirst();

    [GeneratedRegex("(?<![0-9])([0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2})(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex YearFirst();

    [GeneratedRegex(@"(?<![0-9])([0-9]{1,2}) (?:de )?([a-z]{3,10})\.?,? (?:de |del )?([0-9]{4})(?![0-9])",
        RegexOptions.CultureInvariant)]
    private static partial Regex InWords();

    [GeneratedRegex(@"(?<![0-9])([0-9]{1,2}) ?[:.h] ?([0-9]{2})(?::[0-9]{2})?(?![0-9])(?: ?([ap])\.? ?m(?![a-z0-9_]))?",
        RegexOptions.CultureInvariant)]
    private static partial Regex Clock();

    [GeneratedRegex("(?<![0-9])([0-9]{2})([0-9]{2}) ?(?:h|hrs|horas)(?![a-z0-9_])", RegexOptions.CultureInvariant)]
    private static partial Regex Military();
}
