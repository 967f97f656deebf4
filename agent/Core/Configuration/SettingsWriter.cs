using System.Text.Json.Nodes;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Configuration;

/// <summary>
/// Writes the configuration: as it is in effect, as the commented file that ships, and as a JSON Schema; all from the
/// table of keys.
/// </summary>
public static class SettingsWriter
{
    /// <summary>Where the packages install the schema, for editors (yaml-language-server).</summary>
    public const string SchemaPath = "/usr/share/difusor-agent/agent.schema.json";
    static readonly MapShape<Settings> Shape = SettingsShape.In("/");

    /// <summary>
    /// Returns all keys with the values in effect. What only the operator may see is masked with <c>***</c>.
    /// </summary>
    public static JsonObject Show(Settings settings) => (JsonObject)Shape.Show(settings, masked: true)!;

    /// <summary>Returns the same with nothing masked.</summary>
    internal static JsonObject Whole(Settings settings) => (JsonObject)Shape.Show(settings)!;

    /// <summary>Returns what <see cref="Show"/> gives, as YAML, with a comment about what is hidden.</summary>
    public static string ShowYaml(Settings settings, Language? language = null) =>
        YamlWriter.Write(Show(settings), place =>
        (place == "notify.command" && IsHidden(settings.Notify.Command))
            || (place == "publication.after" && IsHidden(settings.Publication.After?.Command))
            ? Messages.Say(language ?? settings.Language, "config.command-hidden") : null);

    /// <summary>Returns whether a part of a command is not shown.</summary>
    static bool IsHidden(string? command) => command is not null && Secrets.Command(command) != command;

    /// <summary>Returns the commented file that ships: each key, its purpose, its default.</summary>
    /// <param name="comments">The language of the comments; null: the file's own.</param>
    public static string Commented(string election, Language language, Language? comments = null)
    {
        var values = Whole(new Settings { Election = election, Language = language });
        return $"# yaml-language-server: $schema={SchemaPath}\n\n" + YamlWriter.Write(
            values, place => KeyTexts.Settings.Of(place)?.In(comments ?? language));
    }

    /// <summary>Returns the JSON Schema (2020-12) of agent.yaml.</summary>
    public static JsonObject Schema(Language language) =>
        Schema(Shape, "agent.yaml", KeyTexts.Settings, language);

    internal static JsonObject Schema<T>(MapShape<T> shape, string file, KeyTexts texts, Language language)
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = $"difusor-agent: {file}",
        };
        foreach (var (name, value) in shape.Schema("", place => texts.Of(place)?.In(language)).ToList())
            schema[name] = value?.DeepClone();
        return schema;
    }
}
