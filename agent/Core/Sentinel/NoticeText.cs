using System.Text.Json;
using System.Text.Json.Nodes;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Sentinel;

/// <summary>The input of <c>notify.command</c>: the event that changed a state, as one line of JSON.</summary>
public static class NoticeText
{
    const int MostItems = 20;
    static readonly JsonSerializerOptions Readable = new() { Encoder = PrintableJson.Encoder };

    public static string Of(StateChange change, JournalRecord happened, Language language)
    {
        var fields = Shortened(happened.Fields);
        return new JsonObject
        {
            ["event"] = happened.Event,
            ["state"] = change.Turn == Turn.Worse ? "worse" : "back",
            ["topic"] = change.Topic,
            ["severity"] = happened.Severity.ToString().ToLowerInvariant(),
            ["message"] = EventCatalogue.Sentence(language, happened.Event, fields),
            ["at"] = RecordLine.Time(happened.BestTime),
            ["seq"] = happened.Seq,
            ["fields"] = fields,
        }.ToJsonString(Readable);
    }

    /// <summary>Returns the text that a probe's answers are good again; no event says so.</summary>
    public static string Good(StateChange change, DateTimeOffset at, Language language) => new JsonObject
    {
        ["event"] = null, ["state"] = "back", ["topic"] = change.Topic, ["severity"] = "notice",
        ["message"]
        = Messages.Say(language, "notice.probe-good", ("url", change.Topic["probe ".Length..])),
        ["at"] = RecordLine.Time(at),
    }.ToJsonString(Readable);

    /// <summary>Returns the text that no unforeseen error has come for an hour; no event says so.</summary>
    public static string FaultPast(StateChange change, DateTimeOffset at, Language language) => new JsonObject
    {
        ["event"] = null, ["state"] = "back", ["topic"] = change.Topic, ["severity"] = "notice",
        ["message"] = Messages.Say(language, "notice.fault-past"), ["at"] = RecordLine.Time(at),
    }.ToJsonString(Readable);

    /// <summary>Returns the text of a test that an operator sends.</summary>
    public static string Test(string by, DateTimeOffset at, Language language) => new JsonObject
    {
        ["event"] = null, ["state"] = "test", ["topic"] = "test", ["severity"] = "notice",
        ["message"] = Messages.Say(language, "notice.test", ("by", by)), ["at"] = RecordLine.Time(at),
    }.ToJsonString(Readable);

    /// <summary>Shortens the lists to twenty items each; a list of 13,000 files is only in the journal.</summary>
    static JsonObject Shortened(JsonObject fields)
    {
        var few = (JsonObject)fields.DeepClone();
        foreach (var list in few.Select(field => field.Value).OfType<JsonArray>())
            while (list.Count > MostItems) list.RemoveAt(list.Count - 1);
        return few;
    }
}
