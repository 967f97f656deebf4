using System.Text.Json.Nodes;
using Difusor.Agent.Packages;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Journal;

/// <summary>One corte that went out: when, and how long after the instant that it stands for.</summary>
public sealed record PublishedCorte(
    Corte Corte, DateTimeOffset PublishedAt, bool Rehearsal, string Package, long Files, long Bytes, string Huella, double? Seconds)
{
    /// <summary>From the corte's own instant to its publication.</summary>
    public TimeSpan Delay => PublishedAt - Corte.At;
}

/// <summary>What a night was, told from its journal alone.</summary>
/// <param name="Opened">The first opening of the public site's gate; null where it never opened.</param>
/// <param name="Rejected">All <c>PACKAGE_REJECTED</c>.</param>
/// <param name="Incidents">All that is a warning or worse, but rejections.</param>
public sealed record NightSummary(
    long Records, DateTimeOffset? From, DateTimeOffset? To, DateTimeOffset? Opened, IReadOnlyList<PublishedCorte> Published,
    IReadOnlyList<JournalRecord> Rejected, IReadOnlyList<JournalRecord> Incidents)
{
    public static NightSummary Of(IEnumerable<JournalRecord> journal)
    {
        var records = 0L;
        DateTimeOffset? from = null, to = null, opened = null;
        List<PublishedCorte> published = [];
        List<JournalRecord> rejected = [], incidents = [];
        foreach (var record in journal)
        {
            records++;
            from ??= record.BestTime;
            to = record.BestTime;
            if (record.Event == EventCode.GateOpened.Id() && !IsRehearsal(record.Fields)) opened ??= record.BestTime;
            if (record.Event == EventCode.CortePublished.Id() && ReadPublished(record) is { } corte) published.Add(corte);
            if (record.Event == EventCode.PackageRejected.Id()) rejected.Add(record);
            else if (EventCatalogue.SeverityOf(record.Event, record.Fields) <= Severity.Warning) incidents.Add(record);
        }
        return new NightSummary(records, from, to, opened, published, rejected, incidents);
    }

    static PublishedCorte? ReadPublished(JournalRecord record)
    {
        var fields = record.Fields;
        if (Text(fields, "corte") is not { } stated || Corte.Read(stated) is not { } corte) return null;
        return new PublishedCorte(corte, record.BestTime, IsRehearsal(fields), Text(fields, "package") ?? "", (long)(Number(fields, "files") ?? 0),
            (long)(Number(fields, "bytes") ?? 0), Text(fields, "manifest_sha256") ?? "", Number(fields, "seconds"));
    }

    static bool IsRehearsal(JsonObject fields) => (Text(fields, "root") ?? Text(fields, "window")) is "rehearsal";

    static string? Text(JsonObject fields, string name) => fields[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    static double? Number(JsonObject fields, string name) => fields[name] is JsonValue value && value.TryGetValue(out double number) ? number : null;
}
