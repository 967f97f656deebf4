using System.Text.Json.Nodes;

namespace Difusor.Agent.Configuration;

/// <summary>Writes an election's profile as it is in effect, from the table of keys.</summary>
public static class ProfileWriter
{
    /// <summary>Returns all keys with the values in effect.</summary>
    public static JsonObject Show(ElectionProfile profile) => (JsonObject)ProfileShape.Show(profile)!;

    /// <summary>Returns what <see cref="Show"/> gives, as YAML.</summary>
    public static string ShowYaml(ElectionProfile profile) => YamlWriter.Write(Show(profile), _ => null);
}
