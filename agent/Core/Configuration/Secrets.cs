using System.Text.RegularExpressions;

namespace Difusor.Agent.Configuration;

/// <summary>
/// Hides secrets of the configuration wherever the agent shows a part of it: <c>config show</c>, <c>check</c>, events,
/// metrics, the evidence, its own log. Only what is known to be harmless is shown; everything else is hidden.
/// </summary>
public static partial class Secrets
{
    /// <summary>What is shown in place of a secret.</summary>
    public const string Hidden = "***";

    /// <summary>
    /// The shortest secret that is searched for in a command's output; a shorter text would be found everywhere.
    /// </summary>
    const int Shortest = 4;

    /// <summary>
    /// Returns only the program of a command: its arguments, or variables before it (<c>NAME=value</c>), may be a
    /// token.
    /// </summary>
    public static string Command(string command)
    {
        var words = Words(command);
        var program = Array.FindIndex(words, word => !Assignment().IsMatch(word));
        if (program < 0 || !Program().IsMatch(words[program])) return "…";
        return program == words.Length - 1 && program == 0 ? words[0] : $"{words[program]} …";
    }

    /// <summary>Returns the words of a command that <see cref="Command"/> does not show.</summary>
    public static IEnumerable<string> Of(string command) => Words(command)
        .Where(word => !Program().IsMatch(word) || word != Command(command).Split(' ')[0])
        .SelectMany(word => new[] { word, word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..] })
        .Select(word => word.Trim('"', '\'')).Where(word => word.Length > 0);

    /// <summary>
    /// Returns an address without its user and password, its query and its fragment. What is before the @ is no secret
    /// where it is the site that a probe asks for: a host's name, without a colon, which has a dot or stands before
    /// this host's own address (<c>https://SITE@127.0.0.1/</c>).
    /// </summary>
    public static string Url(Uri url) => InText(url.OriginalString);

    /// <summary>Returns only the host of an address, because its server could use any other part as a key.</summary>
    public static string Host(Uri url) => InText(url.GetLeftPart(UriPartial.Authority)) + "/" + Hidden;

    /// <summary>Returns a text with the password, the query and the fragment removed from each address.</summary>
    public static string InText(string text) => Address().Replace(text, match =>
    {
        var user = match.Groups["user"] is not { Success: true } named ? ""
            : IsSite(named.ValueSpan, match.Groups["host"].ValueSpan) ? named.Value : Hidden + "@";
        var rest = match.Groups["rest"] is { Success: true } more ? more.Value[0] + Hidden : "";
        return match.Groups["scheme"].Value + user + match.Groups["host"].Value + rest;
    });

    /// <summary>Returns a text with each of these secrets replaced.</summary>
    public static string Without(string text, IEnumerable<string> secrets)
    {
        // The longest first, because one may be a part of another.
        foreach (var secret in secrets.Where(one => one.Length >= Shortest).OrderByDescending(one => one.Length))
            text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        return text;
    }

    static bool IsSite(ReadOnlySpan<char> user, ReadOnlySpan<char> host) =>
        SiteName().IsMatch(user) && (user.Contains('.') || ThisHost().IsMatch(host));

    static string[] Words(string command) => command.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// Matches a variable for the program that is plain enough that the next word cannot be a part of its value.
    /// </summary>
    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*=[^'\"\\\\$`();&|<>]*$")]
    private static partial Regex Assignment();

    [GeneratedRegex("^[A-Za-z0-9_./+-]+$")]
    private static partial Regex Program();

    [GeneratedRegex("^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*\\.?@$")]
    private static partial Regex SiteName();

    [GeneratedRegex("^(127\\.[0-9.]{1,11}|\\[::1\\]|localhost)(:[0-9]{0,5})?(/|$)")]
    private static partial Regex ThisHost();

    /// <summary>
    /// The scheme has a limited length, and all other groups stop at the same characters, so the time is linear in the
    /// text.
    /// </summary>
    [GeneratedRegex(
        "(?<scheme>[A-Za-z][A-Za-z0-9+.-]{0,15}://)(?<user>[^ \\t\\r\\n\"']*@)?"
        + "(?<host>[^?# \\t\\r\\n\"']*)(?<rest>[?#][^ \\t\\r\\n\"']*)?")]
    private static partial Regex Address();
}
