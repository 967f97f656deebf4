namespace Difusor.Agent.Cli.Demo;

/// <summary>One step of a demo or a rehearsal: what was expected, what was seen, and whether they agree.</summary>
readonly record struct DemoStep(bool Happened, string Name, string Expected, string Seen)
{
    /// <summary>Prints it: for people with a mark, or as one line of JSON.</summary>
    public void Show(CliOutput voice, bool json)
    {
        if (json)
        {
            var step = this;
            voice.Json(writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("happened", step.Happened);
                writer.WriteString("step", step.Name);
                writer.WriteString("expected", step.Expected);
                writer.WriteString("seen", step.Seen);
                writer.WriteEndObject();
            });
            return;
        }
        var mark = Happened ? voice.Paint(Tone.Good, "\u2714") : voice.Paint(Tone.Bad, "\u2718");
        foreach (var line in voice.Text("demo.line", ("mark", mark), ("name", Name), ("expected", Expected),
            ("seen", Printable.Line(Seen))).Split('\n'))
            voice.Line(line);
    }
}
