using Difusor.Agent.Conformity;

namespace Difusor.Agent.Cli;

/// <summary>
/// Shows the report on a terminal: one row per clause, then what to do about those that do not pass, then the summary.
/// </summary>
sealed class CheckView(CliOutput voice)
{
    public void Show(ConformityReport report)
    {
        voice.Table(
            [voice.Text($"check.head-{report.FirstColumn}"), voice.Text("check.head-state"),
            voice.Text("check.head-looked"), voice.Text("check.head-found")],
            report.Rows.Select(IReadOnlyList<Cell> (row) =>
                [row.Heading(voice.Language), new Cell(State(row.Standing), ToneOf(row.Standing)),
                    row.Looked.In(voice.Language), row.Found.In(voice.Language)]));
        foreach (var standing in new[] { Standing.Fail, Standing.Warn, Standing.ByHand }) ToDo(report, standing);
        voice.Line();
        if (!report.AsRoot) voice.Paragraph(voice.Text("check.not-root"), Tone.Warning);
        voice.Paragraph(ConformityPage.Summary(report, voice.Language), report.Conforms ? Tone.Good : Tone.Bad);
    }

    void ToDo(ConformityReport report, Standing standing)
    {
        var rows = report.Rows.Where(row => row.Standing == standing && (row.Mend ?? (object?)row.Command) is not null)
            .ToList();
        if (rows.Count == 0) return;
        voice.Line();
        voice.Line(voice.Paint(ToneOf(standing), State(standing)));
        foreach (var row in rows)
        {
            voice.Paragraph(
                $"{row.Heading(voice.Language)} {row.Looked.In(voice.Language)}: "
                    + (row.Mend ?? row.Found).In(voice.Language),
                indent: 2);
            // The operator copies this line, so never wrap it.
            if (row.Command is { } command) voice.Line($"      {command}");
        }
    }

    string State(Standing standing) => voice.Text($"check.state-{standing.Word()}");

    static Tone ToneOf(Standing standing) => standing switch
    {
        Standing.Pass => Tone.Good,
        Standing.Warn => Tone.Warning,
        Standing.Fail => Tone.Bad,
        Standing.ByHand => Tone.Quiet,
    };
}
