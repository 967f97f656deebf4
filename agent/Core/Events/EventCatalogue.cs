using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Difusor.Agent.Journal;
using Difusor.Agent.Packages;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Events;

/// <summary>
/// One event of the catalogue: what syslog, the systemd catalog, the docs and the man page say of it.
/// </summary>
/// <param name="When">What has happened.</param>
/// <param name="Sentence">The message for people, with <c>{field}</c> where a field's value goes; a part in square
/// brackets is left out where one of its fields has none, or an empty list.</param>
/// <param name="Action">What the operator does.</param>
/// <param name="Worse">When an occurrence is more severe than usual; null: never.</param>
public sealed record EventEntry(EventCode Code, string Id, Text When, Text Sentence, Text Action, Text? Worse)
{
    /// <summary>Never changed nor given to another event.</summary>
    public int Number => (int)Code + 1;

    public Severity Severity => Code.Usual();
}

/// <summary>The event catalogue (contract, section 10) as read from events.json.</summary>
public static class EventCatalogue
{
    const int ItemsInASentence = 3;
    static readonly Lazy<ImmutableArray<EventEntry>> Entries = new(Read);

    /// <summary>In the order of <see cref="EventCode"/>, which is the order of their numbers.</summary>
    public static ImmutableArray<EventEntry> All => Entries.Value;

    public static EventEntry Of(EventCode code) => All[(int)code];

    /// <summary>The MSGID of an event: <c>CORTE_PUBLISHED</c>.</summary>
    public static string Id(this EventCode code) => Of(code).Id;

    /// <summary>
    /// journald's MESSAGE_ID of an event, 128 bits in hex, from which <c>journalctl -x</c> finds the systemd catalog's
    /// text. For ever the same, as the number is.
    /// </summary>
    public static string MessageId(EventCode code) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
            Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"difusor-agent event {Of(code).Number}")))[..16]);

    /// <summary>The entry of a MSGID; null where this version of the agent does not know it.</summary>
    public static EventEntry? Named(string id)
    {
        foreach (var entry in All)
            if (entry.Id == id) return entry;
        return null;
    }

    /// <summary>
    /// One occurrence as a sentence for people, printable and on one line; where it has reasons it ends with what would
    /// mend them.
    /// </summary>
    public static string Sentence(Language language, string id, JsonObject fields)
    {
        if (Named(id) is not { } entry) return id;
        var sentence = TextFile.Fill(
            WithParts(entry.Sentence.In(language), fields), name => Show(language, name.ToString(), fields)).TrimEnd();
        return Printable.Line($"{sentence} {ReasonCatalogue.MendsOf(language, fields)}".TrimEnd());
    }

    /// <summary>A finding as one phrase: <c>digest-mismatch: index.html (detail)</c>.</summary>
    public static string Phrase(JsonObject finding)
    {
        var phrase = new StringBuilder((string?)finding["code"] ?? "?");
        if ((string?)finding["path"] is { } path) phrase.Append(": ").Append(path);
        if ((string?)finding["detail"] is { Length: > 0 } detail) phrase.Append(" (").Append(detail).Append(')');
        return phrase.ToString();
    }

    /// <summary>
    /// A field's value on its own, not a list's: numbers and times as JSON has them, null as <c>-</c>.
    /// </summary>
    public static string Scalar(JsonNode? value) => value switch
    {
        null => "-",
        JsonObject finding => Phrase(finding),
        _ when value.GetValueKind() == JsonValueKind.String => (string)value!,
        _ => value.ToJsonString(),
    };

    /// <summary>Takes the brackets off, and what they hold with them where a field in it is absent.</summary>
    static string WithParts(string template, JsonObject fields)
    {
        while (template.IndexOf('[', StringComparison.Ordinal) is var open and >= 0
            && template.IndexOf(']', open) is var close and >= 0)
        {
            var part = template[(open + 1)..close];
            var absent = false;
            _ = TextFile.Fill(
                part, name => { absent |= fields[name.ToString()] is null or JsonArray { Count: 0 }; return null; });
            template = template[..open] + (absent ? "" : part) + template[(close + 1)..];
        }
        return template;
    }

    static string Show(Language language, string field, JsonObject fields)
    {
        var value = fields[field];
        // Codes for machines have their words for people.
        if (field is "reason" or "cause" or "previous" && value?.GetValueKind() == JsonValueKind.String
            && $"{field}.{(string)value!}" is var key && Messages.Has(key)) return Messages.Say(language, key);
        if (value is not JsonArray list) return Told(language, value);
        if (list.Count == 0) return language == Language.Es ? "ninguno" : "none";
        var shown = string.Join("; ", list.Take(ItemsInASentence).Select(item => Told(language, item)));
        var more = Total(field, list, fields) - ItemsInASentence;
        if (more <= 0) return shown;
        var count = more.ToString(CultureInfo.InvariantCulture);
        return language == Language.Es ? $"{shown} (y {count} más)" : $"{shown} (and {count} more)";
    }

    /// <summary>How many a list is of: it may have only the first of them.</summary>
    internal static int Total(string field, JsonArray list, JsonObject fields) =>
        fields[$"{field}_total"] is JsonValue told && told.TryGetValue(out int total) ? Math.Max(total, list.Count)
            : list.Count;

    /// <summary>
    /// A value in a sentence: a reason's details are English, so in Spanish its code and path stand alone, and 3E-06 is
    /// for machines.
    /// </summary>
    static string Told(Language language, JsonNode? value) => value switch
    {
        JsonObject finding when language == Language.Es && ReasonCatalogue.Knows((string?)finding["code"]) =>
            Phrase(new JsonObject { ["code"] = (string?)finding["code"], ["path"] = (string?)finding["path"] }),
        JsonValue number when number.GetValueKind() == JsonValueKind.Number
            && double.TryParse(
                number.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var plain) =>
                plain.ToString("0.######", CultureInfo.InvariantCulture),
        _ => Scalar(value),
    };

    static ImmutableArray<EventEntry> Read()
    {
        using var file = TextFile.Read("events.json");
        return [.. file.RootElement.GetProperty("events").EnumerateArray().Select(ReadEntry)];
    }

    static EventEntry ReadEntry(JsonElement entry)
    {
        var id = entry.GetProperty("id").GetString()!;
        return new EventEntry(
            Enum.Parse<EventCode>(id.Replace("_", "", StringComparison.Ordinal), ignoreCase: true), id,
            TextFile.Both(entry.GetProperty("when")), TextFile.Both(entry.GetProperty("sentence")),
            TextFile.Both(entry.GetProperty("do")),
            entry.TryGetProperty("worse", out var worse) ? TextFile.Both(worse) : null);
    }
}
