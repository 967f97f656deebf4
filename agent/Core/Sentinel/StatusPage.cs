using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Report;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Sentinel;

/// <summary>
/// The system administrator's page: three answers first, then the night. Plain HTML that says all without script, and
/// loads nothing from other sites; its policy forbids that. There is one file per language.
/// </summary>
public sealed class StatusPage
{
    /// <summary>
    /// What the page may load: its own style sheet and its own script, which counts the time and asks the server what
    /// time it is there.
    /// </summary>
    public const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'";

    /// <summary>The most held cortes that are named; the list of the night has them all.</summary>
    const int MostHeld = 5;

    readonly StringBuilder html = new();
    readonly AgentStatus status;
    readonly StatusAnswers answers;
    readonly Wording wording;

    StatusPage(Language language, AgentStatus status)
    {
        this.status = status;
        wording = new Wording(language, status.WrittenAt);
        answers = new StatusAnswers(
            status, language, status.WrittenAt, say: trouble => Short(PageWords.Of(wording, trouble)));
    }

    Language Language => wording.Language;

    /// <summary>Returns the whole page.</summary>
    /// <param name="clock">The readings of the clock, oldest first.</param>
    public static string Of(Language language, AgentStatus status, Tally tally, IReadOnlyList<ClockSample> clock)
    {
        var page = new StatusPage(language, status);
        page.Write(tally, clock);
        return page.html.ToString();
    }

    void Write(Tally tally, IReadOnlyList<ClockSample> clock)
    {
        Raw($"""
            <!DOCTYPE html>
            <html lang="{Language.Tag()}">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{Policy}">
            <noscript><meta http-equiv="refresh" content="15"></noscript>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Text("title")}: {Safe(status.Election)}</title>
            <link rel="stylesheet" href="page.css">
            <script src="page.js" defer></script>
            </head>
            <body>
            <header><h1>{Text("title")} <small>{Safe(status.Period?.Title ?? status.Election)}</small></h1>
            <nav aria-label="{Text("languages")}"><a href="index.html" lang="es" hreflang="es">Español</a> <a href="en.html" lang="en" hreflang="en">English</a></nav></header>
            <main>
            <p class="banner bad" id="stale" role="alert" data-written="{Wording.Iso(status.WrittenAt)}" hidden>{Text("stale")}</p>
            <noscript><p class="banner wait">{Text("written")} {wording.Html(status.WrittenAt)}. {Text("stale-by-hand")}</p></noscript>

            """);
        if (status.Sentinel.State != "intact" || status.Sentinel.AlteredTotal > 0)
            Raw($"<p class=\"banner bad\" role=\"alert\"><strong>{wording.Html(answers.Altered())}</strong></p>");
        if (status.Hold is { } hold)
            Raw($"<p class=\"banner wait\"><strong>{Text("hold")}</strong> "
                + $"{wording.Html(hold.Since)}: {Safe(hold.Reason)}</p>");
        Served();
        Wrong();
        Next();
        Night();
        Altered();
        Clock(clock);
        Events(tally);
        Raw($"""
            </main>
            <footer>difusor-agent {Safe(status.Version)} · {Text("written")} {wording.Html(status.WrittenAt)} ·
            <a href="huellas.txt">{Text("huellas")}</a></footer>
            </body>
            </html>

            """);
    }

    void Served()
    {
        var answer = answers.Served();
        Open(answer.Light, "served");
        Raw($"<p class=\"big\">{wording.Html(answer.Sentence)}</p>");
        if (status.Published is { } live)
        {
            var age = new Said("page.age", ("ago", new Moment(live.Corte, Manner.Ago)));
            Raw($"<p>{wording.Html(age)} · {Text("files")}: {Times.Count(live.Files)}</p>");
            if (live.ManifestSha256 is { } huella)
                Raw($"<p>{Text("huella")}: <code>{Safe(huella)}</code></p>");
        }
        if (status.Sentinel.LastFullScan is { } scan) Raw($"<p>{Text("scan")}: {wording.Html(scan)}</p>");
        Close();
    }

    void Wrong()
    {
        var wrongs = answers.Wrongs();
        Open(wrongs.Count == 0 ? Light.Good : Light.Bad, "wrong");
        if (wrongs.Count == 0) Raw($"<p class=\"big\">{Text("nothing-wrong")}</p>");
        foreach (var wrong in wrongs)
        {
            Raw($"<p class=\"big\">{wording.Html(wrong.Sentence)}</p>");
            if (wrong.Mend is { } mend) Raw($"<p>{Safe(mend)}</p>");
            if (wrong.Command is { } command) Raw($"<p>{Text("help")}: <code>{Safe(command)}</code></p>");
        }
        Close();
    }

    void Next()
    {
        Open(status.Gate.IsOpen ? Light.Good : Light.Wait, "next");
        foreach (var sentence in answers.Next()) Raw($"<p>{wording.Html(sentence)}</p>");
        foreach (var held in status.Held.Take(MostHeld))
        {
            var sentence = new Said(
                "page.held", ("corte", new Moment(held.Corte, Manner.Of)),
                ("reason", ReasonCatalogue.Say(held.Reason)));
            Raw($"<p>{wording.Html(sentence)}</p>");
        }
        Close();
    }

    /// <summary>Writes the night: the timeline, the delays, and one line for each corte, the newest first.</summary>
    void Night()
    {
        Open(null, "night");
        if (status.Cortes.Count == 0) Raw($"<p>{Text("none-yet")}</p>");
        else
        {
            if (status.Period is { } period
                && PlottedNight.Of(
                    status.Gate.OpensAt, status.WrittenAt, period.KeepUntil,
                    TimeSpan.FromSeconds(period.CadenceSeconds)) is { } night)
                Raw(Plots.Timeline(Language, night, status.Cortes, status.Alterations)
                    + Plots.Delays(Language, night, status.Cortes));
            Raw(NightLines.Of(wording, status.Cortes.Reverse()));
        }
        Close();
    }

    void Altered()
    {
        Open(null, "altered");
        Raw(status.Alterations.Count == 0 ? $"<p>{Text("none-altered")}</p>"
            : NightLines.Of(wording, status.Alterations.Reverse()));
        Close();
    }

    void Clock(IReadOnlyList<ClockSample> samples)
    {
        Open(status.Clock.Synchronized ? Light.Good : Light.Bad, "clock");
        if (status.Clock is { Synchronized: true, OffsetSeconds: { } difference, Earliest: { } from, Latest: { } to })
            Raw($"<p>{Text("offset")}: <b>{Milliseconds(difference)}</b> "
                + $"(± {Milliseconds((to - from).TotalSeconds / 2)})</p>");
        else Raw($"<p class=\"big\">{Text("no-bound")}</p>");
        Raw(Plots.Clock(Language, samples, status.WrittenAt.Offset));
        Close();
    }

    void Events(Tally tally)
    {
        Open(null, "events");
        Raw("<ol>");
        foreach (var record in tally.Last.Reverse())
        {
            var at = record.BestTime.ToOffset(status.WrittenAt.Offset);
            Raw($"<li class=\"{record.Severity.ToString().ToLowerInvariant()}\">{wording.Html(at)} "
                + $"<code>{Safe(record.Event)}</code> {Safe(Short(PageWords.Of(wording, record)))}</li>");
        }
        Raw("</ol>");
        Close();
    }

    void Open(Light? light, string heading) =>
        Raw($"<section class=\"{(light is { } shown ? shown.ToString().ToLowerInvariant() : "plain")}\" "
            + $"id=\"{heading}\"><h2>{Text("h-" + heading)}</h2>");

    void Close() => Raw("</section>\n");

    void Raw(string text) => html.Append(text).Append('\n');

    string Text(string key) => Safe(Messages.Say(Language, "page." + key));

    static string Safe(string text) => HtmlReport.Encoded(text);

    static string Short(string sentence) => sentence.Length <= 300 ? sentence : sentence[..300] + "…";

    static string Milliseconds(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0.###} ms");
}
