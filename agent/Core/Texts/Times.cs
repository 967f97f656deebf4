namespace Difusor.Agent.Texts;

/// <summary>
/// Writes times, spans and counts for people. The culture is invariant, so both languages are written by hand.
/// </summary>
public static class Times
{
    /// <summary>The months in Spanish.</summary>
    internal static readonly string[] Months =
        ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
            "diciembre"];

    static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    /// <summary>
    /// Returns the number of a month by its name in small letters, or by the first three or more of them; 0 if there is
    /// no such month.
    /// </summary>
    internal static int MonthNamed(string word) => 1 + Array.FindIndex(
        Months, name => name == word || (word == "setiembre" && name == "septiembre")
        || (word.Length >= 3 && name.StartsWith(word, StringComparison.Ordinal)));

    /// <summary>Returns <c>6 de junio de 2021, 20:00:00 (UTC-5)</c> or <c>6 June 2021, 20:00:00 (UTC-5)</c>.</summary>
    public static string Show(DateTimeOffset at, Language language) => string.Create(
        CultureInfo.InvariantCulture, $"{Date(at, language)}, {at:HH:mm:ss} ({Zone(at.Offset)})");

    /// <summary>Returns <c>6 de junio de 2021</c> or <c>6 June 2021</c>.</summary>
    public static string Date(DateTimeOffset at, Language language) => language == Language.Es
        ? string.Create(CultureInfo.InvariantCulture, $"{at.Day} de {Months[at.Month - 1]} de {at.Year}")
        : at.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>
    /// Returns the same without the seconds if they are zero, as for a corte: <c>6 de junio de 2021, 20:20 (UTC-5)</c>.
    /// </summary>
    public static string ShowCorte(DateTimeOffset at, Language language)
    {
        var shown = Show(at, language);
        return at.Second == 0 ? shown.Replace(":00 (", " (", StringComparison.Ordinal) : shown;
    }

    /// <summary>
    /// Returns a time as people say it in a night: <c>20:20</c> or <c>20:20:07</c> on the day of
    /// <paramref name="now"/>, otherwise with the date: <c>5 de junio, 20:20</c>.
    /// </summary>
    public static string Near(DateTimeOffset at, DateTimeOffset now, Language language) =>
        Day(at, now, language) is { } day ? $"{day}, {Clock(at)}" : Clock(at);

    /// <summary>
    /// Returns when something is: <c>a las 20:20</c>, or <c>el 5 de junio a las 20:20</c>; <c>at 20:20</c>, or
    /// <c>on 5 June at 20:20</c>.
    /// </summary>
    public static string When(DateTimeOffset at, DateTimeOffset now, Language language) =>
        (Day(at, now, language), language) switch
        {
            (null, Language.Es) => $"a las {Clock(at)}",
            ({ } day, Language.Es) => $"el {day} a las {Clock(at)}",
            (null, Language.En) => $"at {Clock(at)}",
            ({ } day, Language.En) => $"on {day} at {Clock(at)}",
        };

    /// <summary>
    /// Returns of which hour a corte is: <c>de las 20:20</c>, or <c>del 5 de junio, 20:20</c>; <c>of 20:20</c>, or
    /// <c>of 5 June, 20:20</c>.
    /// </summary>
    public static string OfWhich(DateTimeOffset at, DateTimeOffset now, Language language) =>
        (Day(at, now, language), language) switch
        {
            (null, Language.Es) => $"de las {Clock(at)}",
            ({ } day, Language.Es) => $"del {day}, {Clock(at)}",
            (null, Language.En) => $"of {Clock(at)}",
            ({ } day, Language.En) => $"of {day}, {Clock(at)}",
        };

    /// <summary>
    /// Returns until when: <c>las 20:20</c>, or <c>el 5 de junio a las 20:20</c>; <c>20:20</c>, or <c>5 June at
    /// 20:20</c>.
    /// </summary>
    public static string Until(DateTimeOffset at, DateTimeOffset now, Language language) =>
        (Day(at, now, language), language) switch
        {
            (null, Language.Es) => $"las {Clock(at)}",
            ({ } day, Language.Es) => $"el {day} a las {Clock(at)}",
            (null, Language.En) => Clock(at),
            ({ } day, Language.En) => $"{day} at {Clock(at)}",
        };

    /// <summary>Returns the time of day, without the seconds if they are zero.</summary>
    static string Clock(DateTimeOffset at) =>
        at.ToString(at.Second == 0 ? "HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Returns the day, with the year if it is another one; null if it is today.</summary>
    static string? Day(DateTimeOffset at, DateTimeOffset now, Language language)
    {
        now = now.ToOffset(at.Offset);
        if (at.Year != now.Year) return Date(at, language);
        if (at.DayOfYear == now.DayOfYear) return null;
        return language == Language.Es
            ? string.Create(CultureInfo.InvariantCulture, $"{at.Day} de {Months[at.Month - 1]}")
            : at.ToString("d MMMM", CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Returns the two largest units: <c>2 d 3 h</c>, <c>2 h 13 min</c>, <c>5 min 10 s</c>, <c>12 s</c>; the second is
    /// left out if it is zero.
    /// </summary>
    public static string Show(TimeSpan span)
    {
        span = span.Duration();
        return span switch
        {
            { TotalDays: >= 1 } => Two((int)span.TotalDays, "d", span.Hours, "h"),
            { TotalHours: >= 1 } => Two(span.Hours, "h", span.Minutes, "min"),
            { TotalMinutes: >= 1 } => Two(span.Minutes, "min", span.Seconds, "s"),
            _ => $"{span.Seconds} s",
        };
    }

    static string Two(int whole, string unit, int rest, string smaller) =>
        rest == 0 ? $"{whole} {unit}" : $"{whole} {unit} {rest} {smaller}";

    /// <summary>Returns <c>12.3 ms</c>.</summary>
    public static string Milliseconds(TimeSpan span) =>
        span.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture) + " ms";

    /// <summary>Returns a count with thousands separated, as in Mexico and in English: <c>13,175</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Returns bytes in the decimal unit that people would choose: <c>11.8 MB</c>.</summary>
    public static string Bytes(long bytes)
    {
        var (amount, unit) = ((double)bytes, 0);
        for (; amount >= 999.95 && unit + 1 < Units.Length; unit++) amount /= 1000;
        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{amount:0.0} {Units[unit]}");
    }

    /// <summary>Returns how long something took: <c>0.64 s</c>, <c>2 min 5 s</c>.</summary>
    public static string Seconds(double seconds) =>
        seconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s")
            : Show(TimeSpan.FromSeconds(seconds));

    /// <summary>Returns an offset from UTC: <c>UTC-6</c>, <c>UTC-3:30</c>.</summary>
    public static string Zone(TimeSpan offset)
    {
        if (offset == TimeSpan.Zero) return "UTC";
        var minutes = offset.Minutes == 0 ? ""
            : string.Create(CultureInfo.InvariantCulture, $":{Math.Abs(offset.Minutes):00}");
        return $"UTC{(offset < TimeSpan.Zero ? '-' : '+')}{Math.Abs(offset.Hours)}{minutes}";
    }
}
