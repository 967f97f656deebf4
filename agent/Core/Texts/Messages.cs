using System.Collections.Frozen;

namespace Difusor.Agent.Texts;

/// <summary>
/// What the command line says to people, in Spanish and English: messages.json, whose sections are the first word of
/// the key. A new sentence is a new key there; its values are named, so that each language may order them as it likes.
/// </summary>
public static class Messages
{
    static readonly Lazy<FrozenDictionary<string, Text>> Texts = new(Read);

    /// <summary>A sentence with its values: <c>Say(language, "journal.chain-holds", ("records", 12))</c>.</summary>
    /// <returns>The sentence; where the key is missing the key and its values, for no text is worth a crash at
    /// night.</returns>
    public static string Say(Language language, string key, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var template = Texts.Value.TryGetValue(key, out var text) ? text.In(language) : key + Unnamed(values);
        if (values.IsEmpty) return template;
        var named = values.ToArray();
        return TextFile.Fill(template, name => Find(named, name));
    }

    /// <summary>Whether there is such a sentence.</summary>
    public static bool Has(string key) => Texts.Value.ContainsKey(key);

    internal static IReadOnlyDictionary<string, Text> All => Texts.Value;

    static string? Find((string Name, object? Value)[] values, ReadOnlySpan<char> name)
    {
        foreach (var (known, value) in values)
            if (name.SequenceEqual(known)) return TextFile.Show(value);
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
