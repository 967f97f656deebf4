using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Sentinel;

/// <summary>
/// One reading of the clock: the system clock minus the middle of the bound, and half the width of the bound, in
/// seconds.
/// </summary>
public readonly record struct ClockSample(DateTimeOffset At, double Offset, double Uncertainty);

/// <summary>
/// The system administrator's page: plain HTML that works without script and loads nothing from other sites; its policy
/// forbids that. There is one file per language.
/// </summary>
public sealed class StatusPage(Language language)
{
    /// <summary>
    /// What the page may load: its own style sheet and its own script, which only counts the seconds.
    /// </summary>
    public const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'";

    /// <summary>
    /// The seconds after which the page says itself that it is old. It is written at least every 5 s.
    /// </summary>
    const int StaleAfter = 60;

    const int PlotWidth = 600, PlotHeight = 120;

    readonly StringBuilder html = new();
    TimeSpan offset;

    /// <summary>Returns the text of the page's own style sheet or script.</summary>
    public static string Asset(string name)
    {
        using var reader = new StreamReader(typeof(StatusPage).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    /// <summary>Returns the whole page.</summary>
    /// <param name="clock">The last samples, oldest first.</param>
    public static string Of(Language language, AgentStatus status, Tally tally, IReadOnlyCollection<ClockSample> clock)
    {
        var page = new StatusPage(language);
        page.Write(status, tally, clock);
        return page.html.ToString();
    }

    void Write(AgentStatus status, Tally tally, IReadOnlyCollection<ClockSample> clock)
    {
        offset = status.WrittenAt.Offset;
        Raw($"""
            <!DOCTYPE html>
            <html lang="{language.Tag()}">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{Policy}">
            <meta http-equiv="refresh" content="15">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Text("title")}: {Safe(status.Election)}</title>
            <link rel="stylesheet" href="page.css">
            <script src="page.js" defer></script>
            </head>
            <body>
            <header><h1>{Text("title")} <small>{Safe(status.Election)}</small></h1>
            <nav><a href="index.html" lang="es" hreflang="es">Español</a> <a href="en.html" lang="en" hreflang="en">English</a></nav></header>
            <p id="stale" role="alert" data-written="{Iso(status.WrittenAt)}" data-seconds="{StaleAfter}" hidden>{Text("stale")}</p>
            <main>

            """);
        Troubles(status);
        Gate(status);
        Published(status);
        Integrity(status);
        Line(tally);
        Plot(status, clock);
        Events(tally);
        Raw($"""
            </main>
            <footer>difusor-agent {Safe(status.Version)} · {Text("written")} <time datetime="{Iso(status.WrittenAt)}">{Clock(status.WrittenAt)}</time> ·
            <a href="huellas.txt">{Text("huellas")}</a></footer>
            </body>
            </html>

            """);
    }

    void Gate(AgentStatus status)
    {
        Open(status.Gate.IsOpen ? "good" : "wait", "gate");
        Raw($"<p class=\"big\">{Text(status.Gate.IsOpen ? "open" : "closed")}</p>");
        if (status.Gate.Reason is { } reason) Raw($"<p>{Text("reason")}: <code>{Safe(reason)}</code></p>");
        Raw($"<p>{Text("opens-at")}: <time "
            + $"datetime=\"{Iso(status.Gate.OpensAt)}\">{Moment(status.Gate.OpensAt)}</time></p>");
        if (status.Gate.OpensAt > status.WrittenAt)
            Raw($"<p>{Text("opens-in")}: <b "
                + $"data-until=\"{Iso(status.Gate.OpensAt)}\">{Span(status.Gate.OpensAt - status.WrittenAt)}</b></p>");
        Close();
    }

    void Published(AgentStatus status)
    {
        Open(status.Published is null ? "wait" : "good", "published");
        if (status.Published is { } live)
        {
            Raw($"<p class=\"big\">{Text("corte")} "
                + $"<time datetime=\"{Iso(live.Corte)}\">{Moment(live.Corte)}</time></p>");
            Raw($"<p>{Text("age")}: <b data-since=\"{Iso(live.Corte)}\">{Span(status.WrittenAt - live.Corte)}</b></p>");
            Raw($"<p>{Text("since")}: {Moment(live.Since)} · {live.Files} {Text("files")} · "
                + $"<code>{Safe(live.Release)}</code></p>");
            if (live.ManifestSha256 is { } huella)
                Raw($"<p>{Text("huella")}: <code class=\"long\">{Safe(huella)}</code></p>");
        }
        else Raw($"<p class=\"big\">{Text("nothing")}</p>");
        foreach (var held in status.Held)
            Raw($"<p>{Text("held")}: {Moment(held.Corte)} <code>{Safe(held.Reason)}</code></p>");
        if (status.Hold is { } hold) Raw($"<p class=\"alarm\">{Text("hold")}: {Safe(hold.Reason)}</p>");
        Close();
    }

    void Integrity(AgentStatus status)
    {
        Open(status.Sentinel.State == "intact" ? "good" : "bad", "integrity");
        var state = status.NothingToCompare ? "nothing" : status.Sentinel.State;
        Raw($"<p class=\"big\">{Text("state-" + state)}</p>");
        if (status.Sentinel.LastFullScan is { } scan)
            Raw($"<p>{Text("scan")}: {Moment(scan.ToOffset(status.WrittenAt.Offset))}</p>");
        Close();
    }

    /// <summary>Writes what is wrong, since when, and the command that helps; nothing if nothing is.</summary>
    void Troubles(AgentStatus status)
    {
        if (status.Troubles.Count == 0) return;
        Open("bad", "troubles");
        foreach (var trouble in status.Troubles)
        {
            Raw($"<p class=\"alarm\">{Safe(Short(PageWords.Of(language, trouble)))}</p>");
            var help = trouble.Command is { } command ? $" · {Text("help")}: <code>{Safe(command)}</code>" : "";
            Raw($"<p><time datetime=\"{Iso(trouble.Since)}\">{Moment(trouble.Since)}</time>{help}</p>");
        }
        Close();
    }

    /// <summary>Writes the line of cortes: arrived, verified, held, published, rejected.</summary>
    void Line(Tally tally)
    {
        Open("plain", "line");
        if (tally.Cortes.Count == 0) Raw($"<p>{Text("none-yet")}</p>");
        else
        {
            Raw("<ol class=\"line\">");
            foreach (var record in tally.Cortes.Reverse())
                Raw($"<li class=\"{record.Event.ToLowerInvariant()}\"><time "
                    + $"datetime=\"{Iso(record.BestTime)}\">{Clock(record.BestTime)}</time> "
                    + $"<b>{Text("event-" + record.Event.ToLowerInvariant())}</b> "
                    + $"{Safe($"{EventSubject.CorteOf(record.Happened)}")} "
                    + $"<span>{Safe(EventSubject.PackageOf(record.Happened) ?? "")}</span>"
                    + $"{Reasons(record.Happened)}</li>");
            Raw("</ol>");
        }
        Close();
    }

    static string Reasons(AgentEvent? happened) => happened is PackageRejected rejected
        ? string.Concat(rejected.Reasons.Take(3).Select(reason => $" <code>{Safe(reason.Code)}</code>")) : "";

    /// <summary>Draws the offset and the bound over the last samples as SVG inside the page.</summary>
    void Plot(AgentStatus status, IReadOnlyCollection<ClockSample> samples)
    {
        Open(status.Clock.Synchronized ? "good" : "bad", "clock");
        Raw(status.Clock.OffsetSeconds is { } difference
            ? $"<p>{Text("offset")}: <b>{Milliseconds(difference)}</b></p>"
                : $"<p class=\"big\">{Text("no-bound")}</p>");
        if (samples.Count > 1) Raw(Drawing([.. samples]));
        Close();
    }

    string Drawing(ClockSample[] samples)
    {
        var most = Math.Max(1e-6, samples.Max(sample => Math.Abs(sample.Offset) + sample.Uncertainty)) * 1.1;
        var from = samples[0].At;
        var span = Math.Max(1, (samples[^1].At - from).TotalSeconds);
        string Point(DateTimeOffset at, double value) => string.Create(CultureInfo.InvariantCulture,
            $"{(at - from).TotalSeconds / span * PlotWidth:0.#},{PlotHeight / 2.0 * (1 - value / most):0.#}");
        var upper = samples.Select(sample => Point(sample.At, sample.Offset + sample.Uncertainty));
        var lower = samples.Reverse().Select(sample => Point(sample.At, sample.Offset - sample.Uncertainty));
        return $"""
            <svg viewBox="0 0 {PlotWidth} {PlotHeight}" role="img" aria-label="{Text("plot")}"><title>{Text("plot")}</title>
            <polygon class="bound" points="{string.Join(' ', upper.Concat(lower))}"/>
            <line class="zero" x1="0" y1="{PlotHeight / 2}" x2="{PlotWidth}" y2="{PlotHeight / 2}"/>
            <polyline class="offset" points="{string.Join(' ', samples.Select(sample => Point(sample.At, sample.Offset)))}"/>
            </svg><p class="axis">± {Milliseconds(most)} · {Clock(from)} – {Clock(samples[^1].At)}</p>
            """;
    }

    void Events(Tally tally)
    {
        Open("plain", "events");
        Raw("<ol class=\"events\">");
        foreach (var record in tally.Last.Reverse())
            Raw($"<li class=\"{record.Severity.ToString().ToLowerInvariant()}\">"
                + $"<time datetime=\"{Iso(record.BestTime)}\">{Clock(record.BestTime)}</time> "
                + $"<code>{Safe(record.Event)}</code> "
                + $"{Safe(Short(PageWords.Of(language, record)))}</li>");
        Raw("</ol>");
        Close();
    }

    void Open(string kind, string heading) =>
        Raw($"<section class=\"{kind}\" id=\"{heading}\"><h2>{Text("h-" + heading)}</h2>");

    void Close() => Raw("</section>\n");

    void Raw(string text) => html.Append(text).Append('\n');

    string Text(string key) => Safe(Messages.Say(language, "page." + key));

    static string Safe(string text) => HtmlReport.Encoded(text);

    static string Short(string sentence) => sentence.Length <= 300 ? sentence : sentence[..300] + "…";

    static string Iso(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    static string Moment(DateTimeOffset at) =>
        at.ToString("dd/MM/yyyy HH:mm:ss '(UTC'zzz')'", CultureInfo.InvariantCulture);

    string Clock(DateTimeOffset at) => at.ToOffset(offset).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    static string Span(TimeSpan span) => span < TimeSpan.Zero ? "0:00:00"
        : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}");

    static string Milliseconds(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0.###} ms");
}
