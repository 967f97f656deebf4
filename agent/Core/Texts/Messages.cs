using System.Collections.Frozen;

namespace Difusor.Agent.Texts;

/// <summary>
/// The sentences that the command line shows to people, in Spanish and English: messages.json, where the first word of
/// a key is its section. A new sentence is a new key there. Values have names, so that each language may put them in
/// its own order.
/// </summary>
public static class Messages
{
    static readonly Lazy<FrozenDictionary<string, Text>> Texts = new(Read);

    /// <summary>
    /// Returns a sentence with its values: <c>Say(language, "journal.chain-holds", ("records", 12))</c>.
    /// </summary>
    /// <returns>
    /// The sentence; if the key is missing, the key and its values, because a missing text must never crash the agent
    /// at night.
    /// </returns>
    public static string Say(Language language, string key, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var template = Texts.Value.TryGetValue(key, out var text) ? text.In(language) : key + Unnamed(values);
        if (values.IsEmpty) return template;
        var named = values.ToArray();
        return TextFile.Fill(template, name => Find(language, named, name));
    }

    /// <summary>Returns whether there is such a sentence.</summary>
    public static bool Has(string key) => Texts.Value.ContainsKey(key);

    internal static IReadOnlyDictionary<string, Text> All => Texts.Value;

    /// <summary>Returns a value as people read it; what the system answered, in their language.</summary>
    static string? Find(Language language, (string Name, object? Value)[] values, ReadOnlySpan<char> name)
    {
        foreach (var (known, value) in values)
            if (name.SequenceEqual(known))
            {
                var shown = value is DateTimeOffset at ? Times.Show(at, language) : TextFile.Show(value);
                return known is "fault" or "detail" or "said" ? Details.In(language, shown) : shown;
            }
        return null;
    }

    static string Unnamed(ReadOnlySpan<(string Name, object? Value)> values)
    {
        var shown = "";
        foreach (var (name, value) in values) shown += $" {name}={TextFile.Show(value)}";
        return shown;
    }

    static FrozenDictionary<string, Text> Read()
    {
        using var file = TextFile.Read("messages.json");
        var texts = new Dictionary<string, Text>();
        foreach (var section in file.RootElement.EnumerateObject())
            foreach (var message in section.Value.EnumerateObject())
                texts.Add($"{section.Name}.{message.Name}", TextFile.Both(message.Value));
        return texts.ToFrozenDictionary();
    }
}
