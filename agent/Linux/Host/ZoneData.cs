using System.Text.RegularExpressions;

namespace Difusor.Agent.Linux.Host;

/// <summary>This host's time zone data (tzdata), as TimeZoneInfo finds them.</summary>
static partial class ZoneData
{
    /// <summary>Gets the folder: that of TZDIR, or else the usual one.</summary>
    public static string Folder =>
        Environment.GetEnvironmentVariable("TZDIR") is { Length: > 0 } own ? own.TrimEnd('/') : "/usr/share/zoneinfo";

    /// <summary>Returns the version of the data (<c>2026a</c>); null if they do not say it.</summary>
    /// <param name="head">Returns the beginning of a file; empty if it cannot be read.</param>
    public static string? Version(Func<string, string> head)
    {
        // The first line of tzdata.zi is "# version 2026a"; Red Hat's and BSD's have a file of their own besides.
        foreach (var name in new[] { "tzdata.zi", "+VERSION" })
            if (VersionLine().Match(head($"{Folder}/{name}")) is { Success: true } match) return match.Groups[1].Value;
        return null;
    }

    /// <summary>Returns the version of this host's own data; null if they do not say it.</summary>
    public static string? Version() => Version(path =>
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[64];
            return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { return ""; }
    });

    [GeneratedRegex(@"^(?:# version )?([0-9]{4}[a-z]{1,2})")]
    private static partial Regex VersionLine();
}
