using System.Text.RegularExpressions;

namespace Difusor.Agent.Configuration;

/// <summary>
/// Hides what a configuration holds in confidence, wherever the agent shows of it: <c>config show</c>, <c>check</c>,
/// events, metrics, the evidence, its own log. What may be shown is named; all else is hidden.
/// </summary>
public static partial class Secrets
{
    /// <summary>Stands for what is hidden.</summary>
    public const string Hidden = "***";

    /// <summary>No shorter text is looked for in what a command says: it would be found everywhere.</summary>
    const int Shortest = 4;

    /// <summary>
    /// Returns a command as its program alone: what it is given, or told before it (<c>NAME=value</c>), may be a token.
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
    /// Returns an address without its password, its query and its fragment. A name with a dot before the @ is the site
    /// that a probe asks for, and no password.
    /// </summary>
    public static string Url(Uri url) => InText(url.OriginalString);

    /// <summary>Returns an address without all that its server could take for a key: its host alone.</summary>
    public static string Host(Uri url) => InText(url.GetLeftPart(UriPartial.Authority)) + "/" + Hidden;

    /// <summary>Returns a text in which each address has lost its password, its query and its fragment.</summary>
    public static string InText(string text) => Address().Replace(text, match =>
    {
        var user = match.Groups["user"] is not { Success: true } named ? ""
            : SiteName().IsMatch(named.ValueSpan) ? named.Value : Hidden + "@";
        var rest = match.Groups["rest"] is { Success: true } more ? more.Value[0] + Hidden : "";
        return match.Groups["scheme"].Value + user + match.Groups["host"].Value + rest;
    });

    /// <summary>Returns a text in which none of these secrets stands any more.</summary>
    public static string Without(string text, IEnumerable<string> secrets)
    {
        // The longest first: one may be a part of another.
        foreach (var secret in secrets.Where(one => one.Length >= Shortest).OrderByDescending(one => one.Length))
            text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        return text;
    }

    static string[] Words(string command) => command.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// A variable for the program, plain enough that the next word is surely not a part of its value.
    /// </summary>
    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*=[^'\"\\\\$`();&|<>]*$")]
    private static partial Regex Assignment();

    [GeneratedRegex("^[A-Za-z0-9_./+-]+$")]
    private static partial Regex Program();

    [GeneratedRegex("^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+@$")]
    private static partial Regex SiteName();

    /// <summary>
    /// A scheme has a length, and each of the others stops at the same characters: no text is looked through twice.
    /// </summary>
    [GeneratedRegex(
        "(?<scheme>[A-Za-z][A-Za-z0-9+.-]{0,15}://)(?<user>[^ \\t\\r\\n\"']*@)?"
        + "(?<host>[^?# \\t\\r\\n\"']*)(?<rest>[?#][^ \\t\\r\\n\"']*)?")]
    private static partial Regex Address();
}
