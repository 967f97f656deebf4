using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Report;

/// <summary>
/// Writes the constancia: one page of A4 to sign, which says who published what, when, and by which digests anybody can
/// tell that the evidence is the one that was signed for.
/// </summary>
public sealed class ConstanciaPage(ReportedNight night, Language language)
{
    const string Sheet = """
        h1{font-size:1.2rem;margin:0}p,td,th{font-size:.8rem}td,th{padding:.1rem .4rem}main{line-height:1.35}
        h2{font-size:.9rem;margin:.6rem 0 .2rem}.cortes{columns:4;column-gap:.8rem;margin:0}
        .cortes li{border:0;padding:0;font-size:.68rem;white-space:nowrap}
        .sign{display:grid;grid-template-columns:1fr 1fr;gap:.5rem 2rem;margin-top:1rem}
        .sign p{border-top:1px solid var(--text);padding-top:.2rem;margin:2.6rem 0 0}
        @media (max-width:40rem){.cortes{columns:1}.sign{grid-template-columns:1fr}}
        @media print{:root{font-size:13px}.cortes{columns:4}.sign{grid-template-columns:1fr 1fr}}
        """;

    /// <summary>More would not fit on the page: the list that is signed for has them all.</summary>
    const int MostCortes = 84;

    /// <summary>How much of a huella is printed; it is found by that in the list.</summary>
    const int Digits = 16;

    readonly StringBuilder html = new();

    /// <param name="host">The name of the host.</param>
    /// <param name="site">The name by which readers know the site; null if none is configured.</param>
    /// <param name="problem">What <c>journal verify</c> says; null if the journal is intact.</param>
    /// <param name="head">The head of the journal's last record.</param>
    /// <param name="huellas">The SHA-256 of the list of huellas.</param>
    public string Write(
        string host, string? site, string version, string? problem, JournalStatus head, string huellas)
    {
        var (summary, profile) = (night.Summary, night.Profile);
        List<PublishedCorte> cortes = [.. summary.Public];
        html.Append(
            HtmlReport.Head(
                language, Say("constancia.title"), Say("constancia.intro", ("authority", profile.Authority)),
                $"{HtmlReport.Asset("page.css")}\n{NightPage.Paper}\n{Sheet}"));
        html.Append("<main>\n<table>\n");
        Fact("election", $"{profile.Title} ({profile.Id})");
        Fact("site", site is null ? host : $"{site} ({host})");
        Fact("agent", $"difusor-agent {version}");
        Fact("opening", Times.Show(profile.Opens, language));
        Fact("opened", summary.Opened is { } opened ? Whole(opened) : Say("export.not-opened"));
        Fact("period", cortes.Count == 0 ? Say("export.no-corte")
            : $"{Whole(cortes[0].PublishedAt)} – {Whole(cortes[^1].PublishedAt)}");
        Fact("cortes", Times.Count(cortes.Count));
        Fact("rejected", Times.Count(night.Rejected));
        Fact("altered", Altered());
        Fact("journal", problem ?? Say("constancia.whole"));
        Fact("head", $"{Times.Count(head.Seq)}: {head.Head}");
        Fact("huellas", huellas);
        html.Append($"</table>\n<h2>{Encoded(Say("constancia.listed"))}</h2>\n<ol class=\"cortes\">\n");
        foreach (var corte in cortes.TakeLast(MostCortes))
            html.Append($"<li>{Encoded(Hour(corte))} <code>{Encoded(Start(corte.Huella))}</code></li>\n");
        html.Append("</ol>\n");
        if (cortes.Count > MostCortes)
            html.Append($"<p>{Encoded(Say("constancia.more", ("more", cortes.Count - MostCortes)))}</p>\n");
        html.Append("<div class=\"sign\">\n");
        foreach (var line in new[] { "difusor", "institute", "name", "name", "date", "date" })
            html.Append($"<p>{Encoded(Say($"constancia.sign-{line}"))}</p>\n");
        return html.Append("</div>\n</main>\n").ToString();
    }

    string Altered()
    {
        var alterations = night.Altered;
        return Say(
            "constancia.altered-count", ("seen", alterations.Count),
            ("healed", alterations.Count(one => one.Healed is not null)));
    }

    void Fact(string key, string value) => html.Append(
        $"<tr><th scope=\"row\">{Encoded(Say($"constancia.{key}"))}</th><td>{Encoded(value)}</td></tr>\n");

    string Hour(PublishedCorte corte) =>
        corte.Corte.At.ToOffset(night.Offset).ToString("dd/MM HH:mm", CultureInfo.InvariantCulture);

    string Whole(DateTimeOffset at) => Times.Show(at.ToOffset(night.Offset), language);

    static string Start(string huella) => huella.Length <= Digits ? huella : huella[..Digits] + "…";

    string Say(string key, params ReadOnlySpan<(string Name, object? Value)> values) =>
        Messages.Say(language, key, values);

    static string Encoded(string text) => HtmlReport.Encoded(text);
}
