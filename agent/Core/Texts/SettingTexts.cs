using System.Collections.Frozen;

namespace Difusor.Agent.Texts;

/// <summary>What each key of agent.yaml is for: settings.json, by the key's place (<c>drop.settle</c>).</summary>
public static class SettingTexts
{
    static readonly Lazy<FrozenDictionary<string, Text>> Texts = new(() =>
    {
        using var file = TextFile.Read("settings.json");
        return file.RootElement.EnumerateObject().ToFrozenDictionary(key => key.Name, key => TextFile.Both(key.Value));
    });

    /// <returns>The text; null if there is none.</returns>
    public static Text? Of(string place) => Texts.Value.GetValueOrDefault(place);

    internal static IReadOnlyDictionary<string, Text> All => Texts.Value;
}
