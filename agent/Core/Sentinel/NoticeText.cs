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
        var trouble = change.Trouble;
        return new JsonObject
        {
            ["event"] = happened.Event,
            ["state"] = change.Turn == Turn.Worse ? "worse" : "back",
            ["topic"] = trouble.Topic,
            ["trouble"] = trouble.Entry.Name,
            ["severity"] = happened.Severity.ToString().ToLowerInvariant(),
            ["message"] = EventCatalogue.Sentence(language, happened.Event, fields),
            ["what"] = trouble.Entry.What.In(language),
            ["command"] = change.Turn == Turn.Worse ? trouble.Entry.HelpWith(trouble.Fields) : null,
            ["since"] = RecordLine.Time(trouble.Since),
            ["at"] = RecordLine.Time(happened.BestTime),
            ["seq"] = happened.Seq,
            ["fields"] = fields,
        }.ToJsonString(Readable);
    }

    /// <summary>Returns the text of a test that an operator sends.</summary>
    public static string Test(string by, DateTimeOffset at, Language language) => new JsonObject
    {
        ["event"] = null, ["state"] = "test", ["topic"] = "test", ["severity"] = "notice",
        ["message"] = Messages.Say(language, "notice.test", ("by", by)), ["at"] = RecordLine.Time(at),
    }.ToJsonString(Readable);

    /// <summary>Shortens the lists to twenty items each; a list of 13,000 files is only in the journal.</summary>
    internal static JsonObject Shortened(JsonObject fields)
    {
        var few = (JsonObject)fields.DeepClone();
        foreach (var list in few.Select(field => field.Value).OfType<JsonArray>())
            while (list.Count > MostItems) list.RemoveAt(list.Count - 1);
        return few;
    }
}
