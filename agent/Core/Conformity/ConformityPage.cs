using Difusor.Agent.Configuration;
using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>Writes the report as one self-contained HTML page that prints well, to send to the institute.</summary>
public static class ConformityPage
{
    const string Style = """
        body{font:14px/1.4 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
        h1{font-size:1.4rem}table{border-collapse:collapse;width:100%;font-size:.85rem}
        th,td{text-align:left;padding:.35rem .5rem;border-bottom:1px solid #d9dde2;vertical-align:top}th{white-space:nowrap}
        td:nth-child(2){white-space:nowrap;font-weight:600}code{font-size:.8rem;overflow-wrap:anywhere}small{color:#57606a}
        .pass{color:#0a6b2d}.warn{color:#8a5a00}.fail{color:#b00020}.by-hand{color:#1f4f99}
        @media (max-width:40rem){table,tbody,tr,td{display:block}thead{display:none}td{border:0;padding:.1rem 0;
        overflow-wrap:anywhere}tr{border-bottom:1px solid #d9dde2;padding:.5rem 0}}
        @media print{body{margin:0;max-width:none;font-size:10pt}tr{break-inside:avoid}thead{display:table-header-group}}
        """;

    static readonly string[] Columns = ["state", "looked", "found", "do"];

    public static string Write(ConformityReport report, Language language)
    {
        var title = Say("check.title", ("election", report.Configured.Profile.Title));
        var here = TimeZoneInfo.ConvertTime(report.Host.Now, ZoneAgreement.Zone(report.Configured.Profile));
        var intro = Say(
            "check.intro", ("site", report.SiteName ?? Say("common.none")), ("at", here),
            ("version", report.Version), ("system", report.Host.System.Name));
        var html = new StringBuilder(HtmlReport.Head(language, title, intro, Style));
        html.Append(
            $"<main>\n<p class=\"{(report.Conforms ? "pass" : "fail")}\"><strong>"
                + $"{Encoded(Summary(report, language))}</strong></p>\n");
        if (!report.AsRoot) html.Append($"<p class=\"warn\">{Encoded(Say("check.not-root"))}</p>\n");
        html.Append("<table>\n<thead><tr>")
            .AppendJoin(
                "", Columns.Prepend(report.FirstColumn).Select(key => $"<th>{Encoded(Say($"check.head-{key}"))}"))
            .Append("</thead>\n");
        foreach (var row in report.Rows)
        {
            var mend = string.Join(
                "<br>", new[]
                { row.Mend is { } words ? Encoded(words.In(language)) : null,
                row.Command is { } command ? $"<code>{Encoded(command)}</code>" : null }.OfType<string>());
            html.Append(
                $"<tr><td>{Encoded(row.Heading(language))}<td "
                + $"class=\"{row.Standing.Word()}\">{Encoded(Say($"check.state-{row.Standing.Word()}"))}<td>"
                + $"{Encoded(row.Looked.In(language))}<br><small>{row.Id}</small><td>"
                + $"{Encoded(row.Found.In(language))}<td>{mend}\n");
        }
        return html.Append("</table>\n</main>\n").ToString();

        string Say(string key, params ReadOnlySpan<(string Name, object? Value)> values) =>
            Messages.Say(language, key, values);
    }

    /// <summary>Returns the summary line: <c>Conforme: 30 cumplen, ...</c></summary>
    public static string Summary(ConformityReport report, Language language) =>
        Messages.Say(language, report.Conforms ? "check.conforms" : "check.conforms-not",
        ("pass", report.Count(Standing.Pass)), ("warn", report.Count(Standing.Warn)),
        ("fail", report.Count(Standing.Fail)), ("hand", report.Count(Standing.ByHand)));

    static string Encoded(string text) => HtmlReport.Encoded(text);
}
