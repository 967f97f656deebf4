using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Report;

/// <summary>What the pages of the evidence tell of: a night as its journal has it.</summary>
/// <param name="Story">What has happened to each corte, and what was altered.</param>
/// <param name="Clock">The readings of the clock that the journal has.</param>
public sealed record ReportedNight(
    NightSummary Summary, NightStory Story, IReadOnlyList<ClockSample> Clock, ElectionProfile Profile)
{
    const int MostCortes = 2000, MostAlterations = 1000;

    /// <summary>Reads a night from its journal alone.</summary>
    /// <param name="records">All records, the oldest first.</param>
    public static ReportedNight Of(IEnumerable<JournalRecord> records, ElectionProfile profile)
    {
        var story = new NightStory(MostCortes, MostAlterations);
        var clock = new ClockHistory();
        var summary = NightSummary.Of(records.Select(Heard));
        return new ReportedNight(summary, story, clock.Samples, profile);

        JournalRecord Heard(JournalRecord record)
        {
            story.Hear(record);
            if (record.BestTime >= profile.Opens.AddHours(-1) && ClockSample.Of(record) is { } sample)
                clock.Add(sample);
            return record;
        }
    }

    /// <summary>Gets the offset from UTC of the night's times.</summary>
    public TimeSpan Offset => Profile.Opens.Offset;

    /// <summary>Returns whether an instant is in a rehearsal: what happened then is none of the election's.</summary>
    bool IsRehearsal(DateTimeOffset at) => Profile.Rehearsals.Any(window => window.Contains(at));

    /// <summary>Gets how many packages were rejected outside every rehearsal.</summary>
    public int Rejected => Summary.PublicRejected.Count(record => !IsRehearsal(record.BestTime));

    /// <summary>Gets what was altered outside every rehearsal, the oldest first.</summary>
    public IReadOnlyList<AlterationStatus> Altered =>
        [.. Story.Alterations(Offset).Where(one => !one.Rehearsal && !IsRehearsal(one.Detected))];
}

/// <summary>
/// Writes the report of a night as one self-contained HTML page, for a phone and for paper: cortes, times, delays,
/// rejections, alterations, incidents, the clock.
/// </summary>
public sealed class NightPage(ReportedNight night, Language language)
{
    /// <summary>What a page for paper has beside the style of the status page.</summary>
    internal const string Paper = """
        body{max-width:70rem}main{display:block}h2{color:inherit;margin-top:1.5rem}
        table{border-collapse:collapse;width:100%;font-size:.875rem}
        th,td{text-align:left;padding:.3rem .5rem;border-bottom:1px solid var(--line);vertical-align:top}
        .n{text-align:right;white-space:nowrap}.good{color:var(--good)}.bad{color:var(--bad);font-weight:600}
        li.good,li.bad{color:inherit;font-weight:inherit}td,li,p{overflow-wrap:anywhere}
        @media (max-width:40rem){thead{position:absolute;left:-999rem}tr,td{display:block}td{border:0;padding:.1rem 0}
        .n{text-align:left}tr{border-bottom:1px solid var(--line);padding:.4rem 0}
        td[data-label]::before{content:attr(data-label) ": ";color:var(--quiet)}}
        @page{size:A4;margin:14mm}
        @media print{:root{--ground:#fff;--text:#000;--quiet:#444;--line:#bbb;--good:#116329;--bad:#b3261e;--plot:#0550ae;
        --band:#cfe0f7;--bar:#c9a227}body{max-width:none;padding:0;font-size:9.5pt}
        thead{display:table-header-group}tr,li,svg,h2{break-inside:avoid}h2{break-after:avoid}}
        """;

    /// <summary>The most rows of a table; the journal has them all.</summary>
    const int MostRows = 500;

    readonly StringBuilder html = new();
    readonly Wording wording = new(language, night.Profile.Opens);

    NightSummary Summary => night.Summary;

    /// <param name="integrity">The result of <c>journal verify</c>, as a sentence; <c>whole</c> says whether it was
    /// good.</param>
    /// <param name="version">The version of the agent.</param>
    /// <param name="receipts">How many acuses the evidence has.</param>
    public string Write(string integrity, bool whole, string version, int receipts)
    {
        var intro = Say("export.intro", ("authority", night.Profile.Authority), ("version", version));
        html.Append(
            HtmlReport.Head(language, night.Profile.Title, intro, $"{HtmlReport.Asset("page.css")}\n{Paper}"));
        html.Append($"<main>\n<p class=\"{(whole ? "good" : "bad")}\">{Encoded(integrity)}</p>\n");
        Table([Say("export.fact"), Say("export.value")],
        [
            [Encoded(Say("export.opening")), Whole(night.Profile.Opens)],
            [Encoded(Say("export.opened")),
                Summary.Opened is { } opened ? Whole(opened) : Encoded(Say("export.not-opened"))],
            [Encoded(Say("export.period")),
                Summary is { From: { } from, To: { } to } ? $"{Whole(from)} – {Whole(to)}" : "-"],
            [Encoded(Say("export.counts")), Encoded(Say("export.counted",
                ("cortes", Summary.Public.Count()), ("rejected", night.Rejected),
                ("incidents", Summary.Incidents.Count), ("records", Summary.Records)))],
            [Encoded(Say("export.rehearsed")), Encoded(Times.Count(Summary.Published.Count - Summary.Public.Count()))],
            [Encoded(Say("export.receipts")), Encoded(Say("export.receipts-in", ("receipts", receipts)))],
        ]);
        var (cortes, alterations) = (night.Story.Cortes(night.Offset), night.Story.Alterations(night.Offset));
        Heading("export.night");
        Drawn(cortes, alterations);
        if (cortes.Count == 0) html.Append($"<p>{Encoded(Say("export.no-corte"))}</p>\n");
        else html.Append(NightLines.Of(wording, cortes));
        Published();
        Heading("export.altered");
        html.Append(alterations.Count == 0 ? $"<p>{Encoded(Say("common.none-seen"))}</p>\n"
            : NightLines.Of(wording, alterations));
        Heading("export.clock");
        html.Append(
            Plots.Clock(language, night.Clock, night.Offset) is { Length: > 0 } plot ? plot
                : $"<p>{Encoded(Say("export.no-clock"))}</p>\n");
        Events("export.rejections", Summary.Rejected);
        Events("export.incidents", Summary.Incidents);
        return html.Append("</main>\n").ToString();
    }

    void Drawn(IReadOnlyList<CorteStatus> cortes, IReadOnlyList<AlterationStatus> alterations)
    {
        var profile = night.Profile;
        if (Summary.To is not { } until
            || PlottedNight.Of(profile.Opens, until, profile.KeepUntil, profile.Cadence) is not { } plotted) return;
        html.Append(Plots.Timeline(language, plotted, cortes, alterations))
            .Append(Plots.Delays(language, plotted, cortes));
    }

    void Published()
    {
        Heading("export.cortes");
        Table([Say("export.corte"), Say("export.published"), Say("export.delay"), Say("export.files"),
            Say("export.bytes"), Say("export.huella")],
            Summary.Published.Select(corte => new[]
            {
                Encoded(Times.Near(corte.Corte.At.ToOffset(night.Offset), night.Profile.Opens, language)
                    + (corte.Rehearsal ? $" ({Say("export.rehearsal")})" : "")),
                Time(corte.PublishedAt),
                corte.Delay.TotalMinutes.ToString("F1", CultureInfo.InvariantCulture),
                Encoded(Times.Count(corte.Files)), Encoded(Times.Count(corte.Bytes)),
                $"<code>{Encoded(corte.Huella)}</code><br><small>cortes/{corte.Release}.txt</small>",
            }));
    }

    void Events(string title, IReadOnlyList<JournalRecord> records)
    {
        Heading(title);
        if (records.Count == 0)
        {
            html.Append($"<p>{Encoded(Say("common.none"))}</p>\n");
            return;
        }
        Table([Say("export.time"), Say("export.event"), Say("export.what")], records.Take(MostRows)
            .Select(record => new[]
            {
                Time(record.BestTime), $"<code>{Encoded(record.Event)}</code>",
                Encoded(EventCatalogue.Sentence(language, record.Event, wording.Near(record.Fields))),
            }));
        if (records.Count > MostRows)
            html.Append($"<p>{Encoded(Say("export.more", ("more", records.Count - MostRows)))}</p>\n");
    }

    /// <summary>Writes a table whose rows become blocks on a phone, each value after its heading.</summary>
    /// <param name="rows">The cells as HTML.</param>
    void Table(string[] headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        html.Append("<table>\n<thead><tr>")
            .AppendJoin("", headings.Select(heading => $"<th scope=\"col\">{Encoded(heading)}</th>"))
            .Append("</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
            html.Append("<tr>")
                .AppendJoin("", row.Select((cell, at) => $"<td data-label=\"{Encoded(headings[at])}\">{cell}</td>"))
                .Append("</tr>\n");
        html.Append("</tbody></table>\n");
    }

    void Heading(string key) => html.Append($"<h2>{Encoded(Say(key))}</h2>\n");

    string Time(DateTimeOffset at) => wording.Html(at.ToOffset(night.Offset));

    string Whole(DateTimeOffset at)
    {
        var there = at.ToOffset(night.Offset);
        return $"<time datetime=\"{Wording.Iso(there)}\">{Encoded(Times.Show(there, language))}</time>";
    }

    string Say(string key, params ReadOnlySpan<(string Name, object? Value)> values) =>
        Messages.Say(language, key, values);

    static string Encoded(string text) => HtmlReport.Encoded(text);
}
