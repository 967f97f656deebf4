using System.Security.Cryptography;

namespace Difusor.Agent.Configuration;

/// <summary>
/// Shows whether two configurations are the same. Comments and order do not count. Secrets do not count either, for
/// the digest is public: it is in status.json.
/// </summary>
public static class ConfigurationDigest
{
    /// <summary>Returns the SHA-256 of the values of agent.yaml and of the profile, in hexadecimal.</summary>
    public static string Of(Configured configured) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(
            SettingsWriter.ShowYaml(configured.Settings) + "\0" + ProfileWriter.ShowYaml(configured.Profile))));

    /// <summary>Returns whether a running agent has another configuration; an older agent does not say.</summary>
    /// <param name="running">The digest in its status; null if it has none.</param>
    public static bool Differs(Configured configured, string? running) =>
        running is not null && running != Of(configured);
}
