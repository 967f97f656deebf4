namespace Difusor.Agent.Packages;

/// <summary>
/// One cut of information: the local date and time, with offset, that its results stand for (call, I.11). Ordered by
/// the instant; two cortes with the same instant are the same corte.
/// </summary>
public readonly record struct Corte(DateTimeOffset At) : IComparable<Corte>
{
    /// <summary>
    /// Returns ISO 8601 with offset, as in JSON, events and commands: <c>2021-06-06T20:20:00-05:00</c>.
    /// </summary>
    public override string ToString() => At.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>
    /// Reads what <see cref="ToString"/> writes, with or without the seconds, as operators type it; null if the text is
    /// not such a time.
    /// </summary>
    public static Corte? Read(string text) =>
        DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mmzzz"], CultureInfo.InvariantCulture,
            DateTimeStyles.None, out var at)
        && IsPossible(at.Year) ? new Corte(at) : null;

    /// <summary>
    /// Reads a corte as an operator gives it to a package: as <see cref="Read(string)"/> does, or without an offset, or
    /// as <c>YYYYMMDD_HHMM</c>, as in a package's name; null if the text is no such time.
    /// </summary>
    /// <param name="zone">The zone of a time without an offset.</param>
    public static Corte? Read(string text, TimeZoneInfo zone) => Read(text)
        ?? (DateTime.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyyMMdd_HHmmss", "yyyyMMdd_HHmm"],
            CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && IsPossible(local.Year)
            ? new Corte(new DateTimeOffset(local, zone.GetUtcOffset(local))) : null);

    /// <summary>
    /// Returns whether a corte may be in this year. In these years any offset, and a day more or less, still gives a
    /// valid time.
    /// </summary>
    internal static bool IsPossible(int year) => year is >= 1900 and <= 9998;

    public bool Equals(Corte other) => At.UtcTicks == other.At.UtcTicks;
    public override int GetHashCode() => At.UtcTicks.GetHashCode();
    public int CompareTo(Corte other) => At.UtcTicks.CompareTo(other.At.UtcTicks);
    public static bool operator <(Corte left, Corte right) => left.CompareTo(right) < 0;
    public static bool operator >(Corte left, Corte right) => left.CompareTo(right) > 0;
    public static bool operator <=(Corte left, Corte right) => left.CompareTo(right) <= 0;
    public static bool operator >=(Corte left, Corte right) => left.CompareTo(right) >= 0;
}
