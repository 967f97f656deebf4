using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Journal;

/// <summary>
/// The summary of a night as one self-contained HTML page: cortes, times, delays, rejections, incidents, integrity, and
/// one plot.
/// </summary>
public sealed class NightPage(NightSummary night, ElectionProfile profile, Language language)
{
    const string Style = """
        body{font:15px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
        h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%;font-size:.85rem}
        th,td{text-align:left;padding:.3rem .5rem;border-bottom:1px solid #d9dde2;vertical-align:top}td.n{text-align:right;white-space:nowrap}
        code{font-size:.8rem;word-break:break-all}.good{color:#0a6b2d}.bad{color:#b00020;font-weight:600}
        svg{width:100%;height:auto;font-size:11px;fill:#1b1f24}.grid{stroke:#d9dde2}.stem{stroke:#8aa4c8;stroke-width:2}circle{fill:#1f4f99}
        """;

    readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(profile.TimeZone);
    readonly StringBuilder html = new();

    /// <param name="integrity">The result of <c>journal verify</c>, as a sentence; <c>whole</c> says whether it was
    /// good.</param>
    /// <param name="version">The version of the agent.</param>
    public string Write(string integrity, bool whole, string version)
    {
        var intro = Say("export.intro", ("authority", profile.Authority), ("version", version));
        html.Append(HtmlReport.Head(language, profile.Title, intro, Style));
        html.Append($"<p class=\"{(whole ? "good" : "bad")}\">{Encoded(integrity)}</p>\n");
        Table([Say("export.fact"), Say("export.value")],
        [
            [Cell(Say("export.opening")), Cell(Time(profile.Opens))],
            [Cell(Say("export.opened")), Cell(night.Opened is { } opened ? Time(opened) : "-")],
            [Cell(Say("export.period")),
                Cell(night is { From: { } from, To: { } to } ? $"{Time(from)} – {Time(to)}" : "-")],
            [Cell(Say("export.counts")), Cell(Say("export.counted",
                ("cortes", night.Published.Count), ("rejected", night.Rejected.Count),
                ("incidents", night.Incidents.Count), ("records", night.Records)))],
        ]);
        Cortes();
        Events("export.rejections", night.Rejected);
        Events("export.incidents", night.Incidents);
        return html.ToString();
    }

    void Cortes()
    {
        html.Append($"<h2>{Encoded(Say("export.cortes"))}</h2>\n");
        List<PublishedCorte> live = [.. night.Published.Where(corte => !corte.Rehearsal)];
        if (live.Count > 0) html.Append(NightPlot.Draw(live, zone, Say("export.plot"), Say("export.minutes")));
        Table([Say("export.corte"), Say("export.published"), Say("export.delay"), Say("export.files"),
            Say("export.bytes"), Say("export.huella")],
            night.Published.Select(corte => new[]
            {
                Cell(corte.Rehearsal ? $"{corte.Corte} ({Say("export.rehearsal")})" : corte.Corte.ToString()),
                Cell(Time(corte.PublishedAt)),
                Number(corte.Delay.TotalMinutes.ToString("F1", CultureInfo.InvariantCulture)),
                Number(corte.Files.ToString(CultureInfo.InvariantCulture)),
                Number(corte.Bytes.ToString(CultureInfo.InvariantCulture)), $"<td><code>{Encoded(corte.Huella)}</code>",
            }));
    }

    void Events(string title, IReadOnlyList<JournalRecord> records)
    {
        html.Append($"<h2>{Encoded(Say(title))}</h2>\n");
        if (records.Count == 0)
        {
            html.Append($"<p>{Encoded(Say("common.none"))}</p>\n");
            return;
        }
        Table([Say("export.time"), Say("export.event"), Say("export.what")], records.Select(record => new[]
        {
            Cell(Time(record.BestTime)), $"<td><code>{Encoded(record.Event)}</code>",
            Cell(EventCatalogue.Sentence(language, record.Event, record.Fields)),
        }));
    }

    void Table(IEnumerable<string> headings, IEnumerable<IEnumerable<string>> rows)
    {
        html.Append("<table>\n<tr>").AppendJoin("", headings.Select(heading => $"<th>{Encoded(heading)}")).Append('\n');
        foreach (var row in rows) html.Append("<tr>").AppendJoin("", row).Append('\n');
        html.Append("</table>\n");
    }

    string Time(DateTimeOffset at) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);

    string Say(string key, params ReadOnlySpan<(string Name, object? Value)> values) =>
        Messages.Say(language, key, values);

    static string Cell(string text) => $"<td>{Encoded(text)}";

    static string Number(string text) => $"<td class=\"n\">{Encoded(text)}";

    static string Encoded(string text) => HtmlReport.Encoded(text);
}
