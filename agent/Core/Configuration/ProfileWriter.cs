using System.Text.Json.Nodes;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Configuration;

/// <summary>
/// Writes an election's profile: as it is in effect, as a commented file to fill in, and as a JSON Schema; all from the
/// table of keys.
/// </summary>
public static class ProfileWriter
{
    /// <summary>Where the packages install the schema, for editors (yaml-language-server).</summary>
    public const string SchemaPath = "/usr/share/difusor-agent/profile.schema.json";

    /// <summary>What only the call says. <see cref="New"/> leaves it open, and no profile can be read without it.
    /// </summary>
    static readonly string[] Pending =
        ["title", "authority", "time_zone", "publication.opens", "publication.keep_until"];

    /// <summary>Returns all keys with the values in effect.</summary>
    public static JsonObject Show(ElectionProfile profile) => (JsonObject)ProfileShape.Show(profile)!;

    /// <summary>Returns what <see cref="Show"/> gives, as YAML.</summary>
    public static string ShowYaml(ElectionProfile profile) => YamlWriter.Write(Show(profile), _ => null);

    /// <summary>
    /// Returns a commented profile: each key, what it is for, its default. What is not known is null, which no such key
    /// may be, and is marked.
    /// </summary>
    public static string New(string id, Language language)
    {
        var values = ProfileShape.ShowNew(id);
        foreach (var place in Pending)
            if (place.Split('.') is [var part, var key]) values[part]![key] = null;
            else values[place] = null;
        return $"# yaml-language-server: $schema={SchemaPath}\n"
            + YamlWriter.Comment(Messages.Say(language, "profiles.head"))
            + "\n" + YamlWriter.Write(values, place => KeyTexts.Profile.Of(place)?.In(language) is not { } text ? null
                : Pending.Contains(place) ? Messages.Say(language, "profiles.pending", ("text", text)) : text);
    }

    /// <summary>Returns the JSON Schema (2020-12) of a profile.</summary>
    public static JsonObject Schema(Language language) =>
        SettingsWriter.Schema(ProfileShape.Whole, "elections/ID.yaml", KeyTexts.Profile, language);
}
