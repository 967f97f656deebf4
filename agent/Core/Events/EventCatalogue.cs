using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Events;

/// <summary>
/// One event of the catalogue: what syslog, the systemd catalog, the docs and the man page say about it.
/// </summary>
/// <param name="When">What has happened.</param>
/// <param name="Sentence">
/// The message for people, with <c>{field}</c> where a field's value goes. A part in square brackets is left out if one
/// of its fields is missing or an empty list.
/// </param>
/// <param name="Action">What the operator should do.</param>
/// <param name="Worse">When an occurrence is more severe than usual; null: never.</param>
public sealed record EventEntry(EventCode Code, string Id, Text When, Text Sentence, Text Action, Text? Worse)
{
    /// <summary>Gets the event's number, which never changes and is never given to another event.</summary>
    public int Number => (int)Code + 1;

    public Severity Severity => EventTraits.Of(Code).Usual;
}

/// <summary>The event catalogue (contract, section 10) as read from events.json.</summary>
public static class EventCatalogue
{
    const int ItemsInASentence = 3;
    static readonly Lazy<ImmutableArray<EventEntry>> Entries = new(Read);

    /// <summary>
    /// The fields with codes for machines, which have words for people in messages.json. Those of a hold are in
    /// reasons.json.
    /// </summary>
    static readonly string[] Coded = ["cause", "previous", "refusal", "action", "release"];

    /// <summary>
    /// Gets all entries in the order of <see cref="EventCode"/>, which is the order of their numbers.
    /// </summary>
    public static ImmutableArray<EventEntry> All => Entries.Value;

    public static EventEntry Of(EventCode code) => All[(int)code];

    /// <summary>Returns the MSGID of an event: <c>CORTE_PUBLISHED</c>.</summary>
    public static string Id(this EventCode code) => Of(code).Id;

    /// <summary>
    /// Returns journald's MESSAGE_ID of an event, 128 bits in hex; <c>journalctl -x</c> uses it to find the systemd
    /// catalog's text. Like the number, it never changes.
    /// </summary>
    public static string MessageId(EventCode code) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
            Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"difusor-agent event {Of(code).Number}")))[..16]);

    /// <summary>Returns the entry with this MSGID; null if this version of the agent does not know it.</summary>
    public static EventEntry? Named(string id)
    {
        foreach (var entry in All)
            if (entry.Id == id) return entry;
        return null;
    }

    /// <summary>
    /// Returns one occurrence as a sentence for people, printable and on one line. If it has reasons, what would
    /// resolve them comes at the end. What belongs to a rehearsal says so first.
    /// </summary>
    public static string Sentence(Language language, string id, JsonObject fields)
    {
        if (Named(id) is not { } entry) return id;
        var sentence = Filled(language, entry.Sentence, fields);
        return Printable.Line(
            $"{Rehearsal(language, fields)}{sentence} {ReasonCatalogue.MendsOf(language, fields)}".TrimEnd());
    }

    /// <summary>Puts an event's fields into a sentence of its own or of another table.</summary>
    internal static string Filled(Language language, Text sentence, JsonObject fields) => TextFile.Fill(
        WithParts(sentence.In(language), fields), name => Show(language, name.ToString(), fields)).TrimEnd();

    /// <summary>Returns the word that comes before a sentence about a rehearsal; empty before any other.</summary>
    internal static string Rehearsal(Language language, JsonObject fields) =>
        IsOfARehearsal(fields) ? new Said("night.rehearsal").In(language) + " " : "";

    /// <summary>Returns whether an event is about a rehearsal, by its field <c>root</c>.</summary>
    public static bool IsOfARehearsal(JsonObject fields) =>
        fields["root"] is JsonValue value && value.TryGetValue(out string? root) && root == "rehearsal";

    /// <summary>
    /// Returns a finding in words: what its code means, the file and what was seen; of an alteration the file comes
    /// first.
    /// </summary>
    /// <param name="field">The list that it is in: <c>reasons</c>, <c>warnings</c> or <c>changes</c>.</param>
    public static string Words(Language language, string field, JsonObject finding)
    {
        var (code, place) = ((string?)finding["code"] ?? "?", Place(language, finding));
        if (field == "changes" && Messages.Has($"alteration.{code}"))
        {
            var (path, seen) = ((string?)finding["path"], Messages.Say(language, $"alteration.{code}"));
            var detail = (string?)finding["detail"] is { Length: > 0 } more ? $" ({Details.In(language, more)})" : "";
            return path is null ? seen + detail : $"{path}: {seen}{detail}";
        }
        var words = ReasonCatalogue.Words(language, code, isWarning: field == "warnings") ?? code;
        return place.Length == 0 ? words : (string?)finding["path"] is null ? $"{words} {place}" : $"{words}: {place}";
    }

    /// <summary>Returns the file of a finding and what was seen: <c>index.html (detail)</c>.</summary>
    static string Place(Language language, JsonObject finding)
    {
        var detail = (string?)finding["detail"] is { Length: > 0 } seen ? $"({Details.In(language, seen)})" : "";
        return $"{(string?)finding["path"]} {detail}".Trim();
    }

    /// <summary>
    /// Returns a finding as one phrase: <c>digest-mismatch: index.html (detail)</c>. The code is for programs, the
    /// detail for people.
    /// </summary>
    static string Phrase(Language language, JsonObject finding)
    {
        var (code, place) = ((string?)finding["code"] ?? "?", Place(language, finding));
        return place.Length == 0 ? code : (string?)finding["path"] is null ? $"{code} {place}" : $"{code}: {place}";
    }

    /// <summary>
    /// Returns the value of a field as syslog has it, not a list: codes, numbers and times as JSON has them, prose in
    /// the agent's language, null as <c>-</c>.
    /// </summary>
    public static string Scalar(Language language, string field, JsonNode? value) => value switch
    {
        null => "-",
        JsonObject finding => Phrase(language, finding),
        // One word is a code, such as EACCES: a rule of a SIEM may wait for it.
        JsonValue text when text.TryGetValue(out string? said) =>
            IsProse(field) && said.Contains(' ') ? Details.In(language, said) : said,
        _ => value.ToJsonString(),
    };

    /// <summary>Returns whether a field has words that the journal keeps in English for everybody.</summary>
    static bool IsProse(string field) => field is "error" or "detail" or "message" or "journal_problem";

    /// <summary>Removes the brackets; removes their contents too if a field in them is absent.</summary>
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
        if (value?.GetValueKind() == JsonValueKind.String)
        {
            var code = (string)value!;
            if (field == "reason") return ReasonCatalogue.Say(code).In(language);
            if (Coded.Contains(field) && Messages.Has($"{field}.{code}"))
                return Messages.Say(language, $"{field}.{code}");
            if (field == "trouble" && TroubleCatalogue.Named(code) is { } trouble) return trouble.What.In(language);
        }
        if (value is not JsonArray list) return Told(language, field, value);
        if (list.Count == 0) return language == Language.Es ? "ninguno" : "none";
        var shown = string.Join("; ", Listed(language, field, list));
        var more = Total(field, list, fields) - ItemsInASentence;
        if (more <= 0) return shown;
        var count = more.ToString(CultureInfo.InvariantCulture);
        return language == Language.Es ? $"{shown} (y {count} más)" : $"{shown} (and {count} more)";
    }

    /// <summary>Returns the first items of a list; what a code means is said once for those that follow it.</summary>
    static IEnumerable<string> Listed(Language language, string field, JsonArray list)
    {
        string? before = null;
        foreach (var item in list.Take(ItemsInASentence))
        {
            var code = item is JsonObject finding && field != "changes" ? (string?)finding["code"] : null;
            yield return code is not null && code == before && item is JsonObject next
                && Place(language, next) is { Length: > 0 } place ? place : Told(language, field, item);
            before = code;
        }
    }

    /// <summary>Returns how many items a list has in all; the field may have only the first of them.</summary>
    internal static int Total(string field, JsonArray list, JsonObject fields) =>
        fields[$"{field}_total"] is JsonValue told && told.TryGetValue(out int total) ? Math.Max(total, list.Count)
            : list.Count;

    /// <summary>
    /// Returns a value as it appears in a sentence. Numbers are written without an exponent, because 3E-06 is for
    /// machines.
    /// </summary>
    static string Told(Language language, string field, JsonNode? value) => value switch
    {
        JsonObject finding => Words(language, field, finding),
        JsonValue number when number.GetValueKind() == JsonValueKind.Number
            && double.TryParse(
                number.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var plain) =>
                plain.ToString("0.######", CultureInfo.InvariantCulture),
        JsonValue text when text.TryGetValue(out string? said) => field switch
        {
            _ when IsProse(field) => Details.In(language, said),
            "url" => ProbeAddress.Words(said),
            "waived" => ReasonCatalogue.Words(language, said) ?? said,
            _ => said,
        },
        _ => Scalar(language, field, value),
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
