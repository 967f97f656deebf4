namespace Difusor.Agent.Configuration;

/// <summary>
/// Reads and writes durations (<c>500ms</c>, <c>10s</c>, <c>20m</c>, <c>2h</c>) and sizes (<c>64KiB</c>, <c>10MiB</c>,
/// <c>2GiB</c>) as the configuration has them: a whole number and one unit.
/// </summary>
public static class Quantity
{
    static readonly (string Unit, long Factor)[] Durations = [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];
    static readonly (string Unit, long Factor)[] Sizes =
        [("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    /// <returns>The duration; null if the text is not a duration, or longer than a century.</returns>
    public static TimeSpan? ReadDuration(string text) =>
        Read(text, Durations) is { } milliseconds and <= 3_153_600_000_000 ? TimeSpan.FromMilliseconds(milliseconds)
            : null;

    /// <returns>The size in bytes; null if the text is not a size.</returns>
    public static long? ReadSize(string text) => Read(text, Sizes);

    /// <summary>Writes the duration in the largest unit that leaves no remainder.</summary>
    public static string Show(TimeSpan duration) => Show((long)duration.TotalMilliseconds, Durations, "s");

    /// <summary>Writes the size in the largest unit that leaves no remainder.</summary>
    public static string ShowSize(long bytes) => Show(bytes, Sizes, "B");

    static long? Read(string text, (string Unit, long Factor)[] units)
    {
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits is <= 0 or > 18) return null;
        foreach (var (unit, factor) in units)
            if (text.AsSpan(digits).SequenceEqual(unit))
                return long.TryParse(
                    text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture,
                    out var count) && count <= long.MaxValue / factor
                    ? count * factor : null;
        return null;
    }

    static string Show(long amount, (string Unit, long Factor)[] units, string ofZero)
    {
        foreach (var (unit, factor) in units)
            if (amount != 0 && amount % factor == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{amount / factor}{unit}");
        return "0" + ofZero;
    }
}
