namespace Difusor.Agent.Linux.Ntp;

/// <summary>The answer of one NTP client of the host to its own query program.</summary>
/// <param name="Synchronized">Whether the client considers the system clock correct.</param>
/// <param name="Source">The server that it follows, in the client's own words; null if it follows none.</param>
/// <param name="Offset">The system clock minus NTP time: positive if the system clock is ahead.</param>
public sealed record HostTimeReport(bool? Synchronized, string? Source, int? Stratum, TimeSpan? Offset)
{
    /// <summary>Reads <c>chronyc -n tracking</c>; null if the text is something else.</summary>
    public static HostTimeReport? OfChrony(string text)
    {
        var said = Pairs(text.Split('\n'), ':');
        if (!said.TryGetValue("Leap status", out var leap)) return null;
        var words = said.GetValueOrDefault("System time", "").Split(' ');
        TimeSpan? offset = words.Length > 2 && Number(words[0]) is { } seconds
            ? Seconds(words[2] == "slow" ? -seconds : seconds) : null;
        var synchronized = leap != "Not synchronised";
        // "C0A80001 (192.168.0.1)" is a server; "7F7F0101 ()" is the local clock, "00000000 ()" is none.
        var source = said.GetValueOrDefault("Reference ID", "") is var id
            && id.IndexOf('(', StringComparison.Ordinal) is var open and >= 0
            ? id[(open + 1)..].TrimEnd(')') : "";
        return new HostTimeReport(
            synchronized, source.Length > 0 ? source : null, StratumOf(said, "Stratum"), synchronized ? offset : null);
    }

    /// <summary>
    /// Reads <c>timedatectl show</c> followed by <c>timedatectl show-timesync</c>; null if they do not mention NTP.
    /// </summary>
    public static HostTimeReport? OfTimesyncd(string text)
    {
        var said = Pairs(text.Split('\n'), '=');
        if (!said.TryGetValue("NTPSynchronized", out var synchronized)) return null;
        var message = Pairs(said.GetValueOrDefault("NTPMessage", "").Trim('{', '}', ' ').Split(", "), '=');
        var source = said.GetValueOrDefault("ServerName", "") is { Length: > 0 } name ? name
            : said.GetValueOrDefault("ServerAddress", "");
        return new HostTimeReport(
            synchronized == "yes", source.Length > 0 ? source : null, StratumOf(message, "Stratum"), null);
    }

    /// <summary>
    /// Reads <c>ntpq -n -c "rv 0 leap,stratum,refid,offset"</c>. Its offset is NTP time minus the system clock, in
    /// milliseconds.
    /// </summary>
    public static HostTimeReport? OfNtpd(string text)
    {
        var said = Pairs(text.Split([',', '\n']), '=');
        if (!said.TryGetValue("leap", out var leap)) return null;
        var synchronized = leap is not ("11" or "3");
        var source = said.GetValueOrDefault("refid", "");
        return new HostTimeReport(
            synchronized, synchronized && source.Length > 0 ? source : null, StratumOf(said, "stratum"),
            synchronized && Number(said.GetValueOrDefault("offset", "")) is { } milliseconds
                ? Seconds(-milliseconds / 1000) : null);
    }

    static Dictionary<string, string> Pairs(IEnumerable<string> parts, char between)
    {
        var pairs = new Dictionary<string, string>();
        foreach (var part in parts)
            if (part.IndexOf(between, StringComparison.Ordinal) is var at and > 0)
                pairs[part[..at].Trim()] = part[(at + 1)..].Trim();
        return pairs;
    }

    static int? StratumOf(Dictionary<string, string> said, string key) =>
        int.TryParse(said.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out var stratum)
            && stratum is > 0 and < 16 ? stratum : null;

    static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) < 1e9 ? number : null;

    static TimeSpan Seconds(double seconds) => TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
}
