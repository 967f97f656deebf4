
namespace Difusor.Agent.Texts;

/// <summary>
/// A sentence before its language is chosen: a key of messages.json and its values, which may be sentences themselves.
/// </summary>
public sealed record Said(string Key, params (string Name, object? Value)[] Values)
{
    public string In(Language language) =>
        Messages.Say(
            language, Key,
            [.. Values.Select(value => (value.Name, value.Value is Said inner ? inner.In(language) : value.Value))]);
}
