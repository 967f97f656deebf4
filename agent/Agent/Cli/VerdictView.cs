using Difusor.Agent.Events;
using Difusor.Agent.Texts;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Cli;

/// <summary>Shows a verdict for people: the answer first, then each finding, then what to do about it.</summary>
static class VerdictView
{
    const int MostRows = 50;

    internal static void Show(CliOutput voice, Verdict verdict, double seconds)
    {
        var answer = voice.Text(verdict.Accepted ? "verify.accepted" : "verify.rejected");
        voice.Line(
            $"{voice.Paint(verdict.Accepted ? Tone.Good : Tone.Bad, answer)}  "
            + $"{voice.Paint(Tone.Strong, Printable.Of(verdict.Package))}");
        var none = voice.Text("common.none");
        voice.Say("verify.summary", ("corte", verdict.Corte?.ToString() ?? none), ("series", verdict.Series ?? none),
            ("files", Times.Count(verdict.Files)), ("bytes", Times.Bytes(verdict.Bytes)),
            ("algorithm", verdict.Algorithm?.Name() ?? none), ("seconds", Times.Seconds(seconds)));
        voice.Say("verify.huella", ("digest", verdict.ManifestSha256));
        Table(voice, verdict.Reasons, verdict.ReasonsTotal, Tone.Bad);
        Table(voice, verdict.Warnings, verdict.WarningsTotal, Tone.Warning);
        Explain(voice, ReasonCatalogue.Rejections, verdict.Reasons);
        Explain(voice, ReasonCatalogue.Warnings, verdict.Warnings);
    }

    /// <summary>Says what each code means and what to do about it.</summary>
    static void Explain(
        CliOutput voice, IReadOnlyDictionary<string, ReasonEntry> entries, ImmutableArray<Finding> findings)
    {
        foreach (var code in findings.Select(finding => finding.Code).Distinct())
            if (entries.TryGetValue(code, out var entry))
                voice.Line(
                    $"{voice.Paint(Tone.Strong, code)}: {entry.Means.In(voice.Language)} "
                    + string.Join(' ', findings.Where(finding => finding.Code == code).Select(finding =>
                        entry.MendOf(voice.Language, finding.Detail)).Distinct()));
    }

    static void Table(CliOutput voice, ImmutableArray<Finding> findings, int total, Tone tone)
    {
        if (findings.IsEmpty) return;
        voice.Table([voice.Text("verify.code"), voice.Text("verify.path"), voice.Text("verify.detail")],
            findings.Take(MostRows)
                .Select(IReadOnlyList<Cell> (finding) =>
                [new Cell(finding.Code, tone), finding.Path ?? "-", finding.Detail]));
        if (total > MostRows) voice.Say("verify.more", ("count", Times.Count(total - MostRows)));
    }
}
