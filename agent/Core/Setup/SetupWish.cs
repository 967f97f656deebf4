using System.Net;
using System.Text.RegularExpressions;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Setup;

/// <summary>What the system administrator asks of <c>setup</c>, from the command line.</summary>
/// <param name="Site">The name of the site, as readers type it: <c>prep.ejemplo.mx</c>.</param>
/// <param name="Addresses">Where the institute connects from: addresses or networks (<c>203.0.113.0/29</c>).</param>
/// <param name="Keys">The institute's public keys, as the text of an authorized_keys file; null if none are given
/// now.</param>
/// <param name="Password">Whether the account gets a password instead.</param>
/// <param name="Certificate">The path of the certificate with its chain, PEM; null means the one in use, or Let's
/// Encrypt's.</param>
/// <param name="Key">The path of its private key.</param>
/// <param name="Election">The id or path of a profile; null means the one that the configuration names.</param>
/// <param name="NoPush">Whether the institute sends nothing: its account stays shut, and packages are fetched.</param>
public sealed partial record SetupWish(
    string Site, IReadOnlyList<string> Addresses, string? Keys, bool Password, string? Certificate, string? Key,
    string? Election, bool NoPush = false)
{
    static readonly string[] KeyTypes = ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-", "sk-ssh-ed25519@", "sk-ecdsa-sha2-"];

    /// <summary>
    /// Returns what is wrong with the wish; null if nothing is. Nothing of a wish is written to a file before this
    /// check.
    /// </summary>
    public Said? Problem()
    {
        var isName = Site.Length <= 253 && Site.Any(char.IsAsciiLetterLower)
            && Site.Split('.').All(label => HostLabel().IsMatch(label));
        if (!isName) return new Said("setup.bad-site", ("found", Site));
        if (NoPush && (Addresses.Count > 0 || Keys is not null || Password)) return new Said("setup.push-or-not");
        if (!NoPush && Addresses.Count == 0) return new Said("setup.no-address");
        if (Addresses.FirstOrDefault(address => !IsAddress(address)) is { } bad)
            return new Said("setup.bad-address", ("found", bad));
        if (Keys is { } keys && !HoldsKeysOnly(keys)) return new Said("setup.bad-key");
        if ((Certificate is null) != (Key is null)) return new Said("setup.certificate-and-key");
        if (new[] { Certificate, Key }.FirstOrDefault(path => path is not null && !PlainPath().IsMatch(path))
            is { } odd) return new Said("setup.bad-path", ("path", odd));
        return null;
    }

    static bool IsAddress(string text) =>
        IPAddress.TryParse(text, out _) ? !text.Contains('%', StringComparison.Ordinal)
        : IPNetwork.TryParse(text, out _);

    /// <summary>
    /// Returns whether a text has only public keys, one per line, without options: sshd's configuration decides what
    /// the account may do, not a key.
    /// </summary>
    static bool HoldsKeysOnly(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#').ToList();
        return lines.Count is > 0 and <= 100
            && lines.All(line => line.Split(' ') is [var type, { Length: > 20 } body, ..]
            && KeyTypes.Any(known => type.StartsWith(known, StringComparison.Ordinal)) && Base64().IsMatch(body)
                && !line.Any(char.IsControl));
    }

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9-]{0,251}[a-z0-9])?\\z")]
    private static partial Regex HostLabel();

    /// <summary>Matches a path that Apache's configuration cannot read as anything but a path.</summary>
    [GeneratedRegex("^/[A-Za-z0-9._/@+-]+\\z")]
    private static partial Regex PlainPath();

    [GeneratedRegex("^[A-Za-z0-9+/]+={0,2}\\z")]
    private static partial Regex Base64();
}
