
namespace Difusor.Agent.Texts;

/// <summary>
/// A sentence before its language is chosen: a key of messages.json and its values, which may be sentences themselves,
/// or texts of another file.
/// </summary>
public sealed record Said(string Key, params (string Name, object? Value)[] Values)
{
    /// <summary>Returns the same sentence with its times as the clocks of a zone show them.</summary>
    public Said At(TimeZoneInfo zone) => this with
    {
        Values =
        [
            .. Values.Select(value => (value.Name, value.Value switch
            {
                Said inner => inner.At(zone),
                DateTimeOffset at => TimeZoneInfo.ConvertTime(at, zone),
                var other => other,
            })),
        ],
    };

    public string In(Language language) =>
        Messages.Say(
            language, Key,
            [.. Values.Select(value => (value.Name, value.Value switch
            {
                Said inner => inner.In(language),
                Text text => text.In(language),
                var other => other,
            }))]);
}
