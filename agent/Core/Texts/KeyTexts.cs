using System.Collections.Frozen;

namespace Difusor.Agent.Texts;

/// <summary>What each key of a file is for, by the key's place (<c>drop.settle</c>).</summary>
public sealed class KeyTexts
{
    readonly Lazy<FrozenDictionary<string, Text>> texts;

    KeyTexts(string name) => texts = new(() =>
    {
        using var file = TextFile.Read(name);
        return file.RootElement.EnumerateObject().ToFrozenDictionary(key => key.Name, key => TextFile.Both(key.Value));
    });

    /// <summary>Gets the texts of agent.yaml.</summary>
    public static KeyTexts Settings { get; } = new("settings.json");

    /// <summary>Gets the texts of an election's profile.</summary>
    public static KeyTexts Profile { get; } = new("profile.json");

    /// <returns>The text; null if there is none.</returns>
    public Text? Of(string place) => texts.Value.GetValueOrDefault(place);

    internal IReadOnlyDictionary<string, Text> All => texts.Value;
}
