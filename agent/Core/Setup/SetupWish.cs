using System.Net;
using System.Text.RegularExpressions;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Setup;

/// <summary>What the sysadmin asks of <c>setup</c>, as it came from the command line.</summary>
/// <param name="Site">The site's name, as readers type it: <c>prep.ejemplo.mx</c>.</param>
/// <param name="Addresses">Where the institute connects from: addresses or networks (<c>203.0.113.0/29</c>).</param>
/// <param name="Keys">The institute's public keys, an authorized_keys file's text; null: none are given now.</param>
/// <param name="Password">Whether the account gets a password instead.</param>
/// <param name="Certificate">The path of the certificate with its chain, PEM; null: what is there already, or Let's
/// Encrypt's.</param>
/// <param name="Key">The path of its private key.</param>
/// <param name="Election">A profile's id or path; null: what the configuration names.</param>
public sealed partial record SetupWish(
    string Site, IReadOnlyList<string> Addresses, string? Keys, bool Password, string? Certificate, string? Key,
    string? Election)
{
    static readonly string[] KeyTypes = ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-", "sk-ssh-ed25519@", "sk-ecdsa-sha2-"];

    /// <summary>
    /// What cannot be done as asked; null where all of it can. Nothing of a wish reaches a file unless it has passed
    /// here.
    /// </summary>
    public Said? Problem()
    {
        var isName = Site.Length <= 253 && Site.Any(char.IsAsciiLetterLower)
            && Site.Split('.').All(label => HostLabel().IsMatch(label));
        if (!isName) return new Said("setup.bad-site", ("found", Site));
        if (Addresses.Count == 0) return new Said("setup.no-address");
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
    /// Public keys, one a line, without options: what the account may do is sshd's to say, not a key's.
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

    /// <summary>Nothing that Apache's configuration would read as more than a path.</summary>
    [GeneratedRegex("^/[A-Za-z0-9._/@+-]+\\z")]
    private static partial Regex PlainPath();

    [GeneratedRegex("^[A-Za-z0-9+/]+={0,2}\\z")]
    private static partial Regex Base64();
}
