namespace Difusor.Agent.Configuration;

/// <summary>
/// A probe's address as <c>agent.yaml</c> has it. <c>https://SITE@127.0.0.1/</c> connects to 127.0.0.1 and asks for
/// SITE: only the agent understands it so, and a browser or curl would take SITE for an account. People get words, or a
/// command that works.
/// </summary>
public static class ProbeAddress
{
    const string Harmless = "-._~/:@%+,=";

    /// <summary>
    /// Returns an address in words: <c>https://SITE/ (127.0.0.1)</c>. What names no site is left as it is.
    /// </summary>
    /// <param name="shown">As <see cref="SentinelSettings.Shown"/> gives it, or any other text.</param>
    public static string Words(string shown) => Read(shown) is { UserInfo.Length: > 0 } url
        ? $"{Asked(url)} ({url.Host}){shown[Length(shown)..]}" : shown;

    /// <summary>
    /// Returns what a command needs to ask for the same: <c>address</c> where the address names no site; otherwise
    /// <c>asked</c> with <c>resolve</c> (or <c>connect</c>, where it connects to a name), as curl's options of these
    /// names have it. Empty if a part of the address is secret.
    /// </summary>
    public static IEnumerable<(string Field, string Value)> ForCurl(string shown)
    {
        if (shown.Contains(Secrets.Hidden, StringComparison.Ordinal) || Read(shown) is not { } url) yield break;
        if (url.UserInfo.Length == 0)
        {
            yield return ("address", Quoted(shown[..Length(shown)]));
            yield break;
        }
        var from = string.Create(CultureInfo.InvariantCulture, $"{url.UserInfo}:{url.Port}:");
        yield return ("asked", Quoted(Asked(url)));
        yield return url.HostNameType == UriHostNameType.Dns
            ? ("connect", Quoted(string.Create(CultureInfo.InvariantCulture, $"{from}{url.Host}:{url.Port}")))
            : ("resolve", Quoted(from + url.Host));
    }

    /// <summary>Returns the length of the address: after it comes what tells it from an equal one.</summary>
    static int Length(string shown) => shown.IndexOf(' ', StringComparison.Ordinal) is var end and >= 0 ? end
        : shown.Length;

    static Uri? Read(string shown) =>
        Uri.TryCreate(shown[..Length(shown)], UriKind.Absolute, out var url)
            && url is { Scheme: "http" or "https" } ? url : null;

    static string Asked(Uri url)
    {
        var port = url.IsDefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{url.Port}");
        return $"{url.Scheme}://{url.UserInfo}{port}{url.PathAndQuery}{url.Fragment}";
    }

    /// <summary>
    /// Returns a word for a shell; an IPv6 address has brackets, which some shells take for a pattern.
    /// </summary>
    static string Quoted(string word) =>
        word.All(sign => char.IsAsciiLetterOrDigit(sign) || Harmless.Contains(sign, StringComparison.Ordinal)) ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
