using System.Text.Json.Nodes;
using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Journal;

/// <summary>
/// Writes a record's fields as <c>name="value"</c> pairs: names and codes as the journal has them, prose in the agent's
/// language. <c>seq</c> and <c>head</c> come first, so that nothing from a sender can take their place, then
/// <c>agent</c>, the instance's name, if it is not the first one. A list <c>reasons</c> becomes <c>reasons_total</c>,
/// <c>reasons</c> (its distinct codes) and <c>reason1</c>, <c>reason2</c>... All lists of a message together show at
/// most 20 items; what does not fit is only in the journal.
/// </summary>
static class SyslogFields
{
    /// <summary>The most bytes of a whole message (contract, section 10).</summary>
    public const int MessageLimit = 8192;
    const int Items = 20, ValueLimit = 1024, SentenceLimit = 2048;
    static readonly Pair Truncated = new("truncated", "true");

    /// <summary>
    /// A pair whose value is printable and escaped by RFC 5424, section 6.3.3: <c>"</c>, <c>\</c> and <c>]</c> with a
    /// backslash.
    /// </summary>
    public readonly record struct Pair(string Name, string Value)
    {
        public override string ToString() => $"{Name}=\"{Value}\"";
        public int Size => Encoding.UTF8.GetByteCount(Value) + Name.Length + " =\"\"".Length;
    }

    /// <summary>
    /// Returns the pairs that fit into <paramref name="room"/> bytes, each counted with the space before it.
    /// </summary>
    public static List<Pair> Of(JournalRecord record, SyslogIdentity identity, int room) =>
        Fitting(record, identity, room, escaped: "\"\\]");

    /// <summary>Returns the same with printable values, but not escaped.</summary>
    public static List<Pair> Plain(JournalRecord record, SyslogIdentity identity, int room) =>
        Fitting(record, identity, room, escaped: "");

    static List<Pair> Fitting(JournalRecord record, SyslogIdentity identity, int room, string escaped)
    {
        List<Pair> pairs = [new("seq", record.Seq.ToString(CultureInfo.InvariantCulture)), new("head", record.Head)];
        if (identity.Instance is { } instance) pairs.Add(new("agent", Clean(instance, ValueLimit, escaped)));
        var left = room - pairs.Sum(pair => pair.Size) - Truncated.Size;
        var whole = true;
        foreach (var pair in All(record.Fields, identity.Language, escaped, ref whole))
        {
            if (pair.Size > left)
            {
                whole = false;
                continue;
            }
            left -= pair.Size;
            pairs.Add(pair);
        }
        if (!whole) pairs.Add(Truncated);
        return pairs;
    }

    /// <summary>Returns the sentence for people, printable and on one line.</summary>
    public static string Sentence(JournalRecord record, SyslogIdentity identity) =>
        Clean(EventCatalogue.Sentence(identity.Language, record.Event, record.Fields), SentenceLimit, escaped: "");

    static List<Pair> All(JsonObject fields, Language language, string escaped, ref bool whole)
    {
        List<Pair> scalars = [], items = [];
        foreach (var (name, value) in fields)
        {
            if (value is null or JsonArray { Count: 0 } || IsTotalOfNothing(name, fields)) continue;
            if (value is not JsonArray list)
            {
                scalars.Add(Cleaned(name, EventCatalogue.Scalar(language, name, value)));
                continue;
            }
            // If the record may list only the first items, it states the total itself.
            if (!fields.ContainsKey(name + "_total"))
                scalars.Add(Cleaned(name + "_total", list.Count.ToString(CultureInfo.InvariantCulture)));
            var codes = list.OfType<JsonObject>().Select(finding => (string?)finding["code"]).Distinct().ToList();
            if (codes.Count > 0) scalars.Add(Cleaned(name, string.Join(',', codes)));
            var singular = name.EndsWith('s') ? name[..^1] : name;
            var shown = Math.Min(list.Count, Items - items.Count);
            for (var i = 0; i < shown; i++)
                items.Add(Cleaned(
                    singular + (i + 1).ToString(CultureInfo.InvariantCulture),
                    EventCatalogue.Scalar(language, name, list[i])));
            whole &= shown == list.Count;
        }
        return [.. scalars, .. items];

        Pair Cleaned(string name, string value) => new(name, Clean(value, ValueLimit, escaped));
    }

    /// <summary>Returns whether a field is the total of an empty list; such a field is left out.</summary>
    static bool IsTotalOfNothing(string name, JsonObject fields) =>
        name.EndsWith("_total", StringComparison.Ordinal) && fields[name[..^"_total".Length]] is JsonArray { Count: 0 };

    static string Clean(string text, int limit, string escaped)
    {
        var clean = new StringBuilder(text.Length);
        var bytes = 0;
        // Do not convert text beyond the limit: it is cut off anyway.
        foreach (var rune in Printable.Line(text.Length > limit ? text[..limit] : text).EnumerateRunes())
        {
            var escape = rune.IsBmp && escaped.Contains((char)rune.Value, StringComparison.Ordinal);
            bytes += rune.Utf8SequenceLength + (escape ? 1 : 0);
            if (bytes > limit - "…".Length * 3) return clean.Append('…').ToString();
            if (escape) clean.Append('\\');
            clean.Append(rune.ToString());
        }
        return clean.ToString();
    }
}
