using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Report;

namespace Difusor.Agent.Sentinel;

/// <summary>
/// Writes an event for the status page, which Apache's account and anyone it lets in can read before the opening. For a
/// package that is not published it shows no digest and no size, because they would let people test their guesses about
/// the results. The journal and syslog have everything.
/// </summary>
static partial class PageWords
{
    static readonly string[] Private = ["bytes", "manifest_sha256", "detail"];

    public static string Of(Wording wording, JournalRecord record)
    {
        var fields = wording.Near(record.Fields);
        if (IsOfWhatIsPublished(record.Event)) return EventCatalogue.Sentence(wording.Language, record.Event, fields);
        return Digest().Replace(EventCatalogue.Sentence(wording.Language, record.Event, WithoutPrivate(fields)), "…");
    }

    /// <summary>Returns what is wrong, for the same page.</summary>
    public static string Of(Wording wording, TroubleStatus trouble)
    {
        if (trouble.Fields is not { } all) return trouble.In(wording.Language);
        var fields = wording.Near(all);
        if (IsOfWhatIsPublished(trouble.Event)) return (trouble with { Fields = fields }).In(wording.Language);
        return Digest().Replace((trouble with { Fields = WithoutPrivate(fields) }).In(wording.Language), "…");
    }

    /// <summary>Removes from an event's fields what the page does not show, and returns them.</summary>
    static JsonObject WithoutPrivate(JsonObject fields)
    {
        Strip(fields);
        foreach (var list in fields.Select(field => field.Value).OfType<JsonArray>())
            foreach (var finding in list.OfType<JsonObject>()) Strip(finding);
        return fields;
    }

    static bool IsOfWhatIsPublished(string code) => EventCatalogue.Named(code)?.Code
        is EventCode.CortePublished or EventCode.CorteNotShown
        or EventCode.TamperDetected or EventCode.TamperHealed or EventCode.HealFailed
        or EventCode.ProbeMismatch or EventCode.ProbeStale or EventCode.ProbeFailed or EventCode.ProbeRecovered;

    static void Strip(JsonObject fields)
    {
        foreach (var name in Private) fields.Remove(name);
    }

    /// <summary>The shortest digest, an MD5, has 32 digits.</summary>
    [GeneratedRegex("[0-9A-Fa-f]{32,1024}")]
    private static partial Regex Digest();
}
