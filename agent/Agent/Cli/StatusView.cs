using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Report;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli;

/// <summary>
/// Draws an <see cref="AgentStatus"/> for people: an operator's hold in a strong colour, the answers to the three
/// questions of the night, then what they rest on.
/// </summary>
sealed class StatusView(CliOutput voice)
{
    /// <summary>The most cortes that are listed; the journal has them all.</summary>
    const int MostCortes = 12;

    /// <param name="now">The system's time, to compute "since" and "time left".</param>
    /// <param name="isOld">Whether the agent has ended, or has not written for too long.</param>
    public void Draw(AgentStatus status, DateTimeOffset now, bool isOld)
    {
        if (status.Hold is { } hold) voice.Line(voice.Paint(Tone.Bad, Printable.Line(Hold(hold))));
        Answers(status, now, isOld);
        voice.Table(["", ""], Rows(status, now));
        Listing("status.held", status.Held.Select(held => (IReadOnlyList<Cell>)
            [Corte(held.Corte), new Cell(Reason(held.Reason), Tone.Warning), new Cell(held.Release, Tone.Quiet)]));
        Listing("status.deliveries", status.Deliveries.Select(delivery => (IReadOnlyList<Cell>)
            [delivery.Package,
                new Cell(
                voice.Text($"status.delivery-{delivery.State}"), delivery.State is "stalled" or "set-aside"
                ? Tone.Warning : Tone.Plain),
            voice.Text(
                "status.files", ("files", Times.Count(delivery.Files)), ("bytes", Times.Bytes(delivery.Bytes)))]));
        if (status.DeliveriesTotal > status.Deliveries.Count)
            voice.Line(
                voice.Text(
                "status.deliveries-more", ("more", Times.Count(status.DeliveriesTotal - status.Deliveries.Count))));
        Listing("status.ignored", status.Ignored.Select(entry => (IReadOnlyList<Cell>)
            [entry.Entry, new Cell(Cause(entry.Cause), Tone.Warning), Times.Show(entry.Since, voice.Language)]));
        if (status.IgnoredTotal > status.Ignored.Count)
            voice.Line(
                voice.Text("status.ignored-more", ("more", Times.Count(status.IgnoredTotal - status.Ignored.Count))));
        Listing("status.rejections", status.LastRejections.Select(rejection => (IReadOnlyList<Cell>)
            [Marked(rejection.Rehearsal, Times.Show(rejection.At, voice.Language)), rejection.Package,
                new Cell(Reasons(rejection), Tone.Bad)]));
        Night(status, now);
    }

    void Answers(AgentStatus status, DateTimeOffset now, bool isOld)
    {
        var answers = new StatusAnswers(status, voice.Language, now, isOld);
        var wording = new Wording(voice.Language, now);
        var served = answers.Served();
        voice.Line(voice.Paint(Tone.Strong, voice.Text("answer.question-served")));
        voice.Paragraph(wording.Plain(served.Sentence), ToneOf(served.Light), indent: 2);
        voice.Line(voice.Paint(Tone.Strong, voice.Text("answer.question-wrong")));
        var wrongs = answers.Wrongs();
        if (wrongs.Count == 0) voice.Paragraph(voice.Text("answer.nothing-wrong"), Tone.Good, indent: 2);
        foreach (var wrong in wrongs)
        {
            voice.Paragraph(wording.Plain(wrong.Sentence), Tone.Bad, indent: 2);
            if (wrong.Mend is { } mend) voice.Paragraph(mend, indent: 4);
            if (wrong.Command is { } command)
                voice.Paragraph(voice.Text("answer.help", ("command", command)), indent: 4);
        }
        voice.Line(voice.Paint(Tone.Strong, voice.Text("answer.question-next")));
        foreach (var sentence in answers.Next()) voice.Paragraph(wording.Plain(sentence), indent: 2);
        voice.Line();
    }

    /// <summary>Marks what was in a rehearsal: it is none of the election's.</summary>
    string Marked(bool rehearsal, string text) => rehearsal ? $"{voice.Text("night.rehearsal")} {text}" : text;

    static Tone ToneOf(Light light) => light switch
    {
        Light.Good => Tone.Good,
        Light.Wait => Tone.Warning,
        Light.Bad => Tone.Bad,
    };

    /// <summary>Lists the cortes and the alterations of the night, a line each.</summary>
    void Night(AgentStatus status, DateTimeOffset now)
    {
        var wording = new Wording(voice.Language, now);
        Listing("status.night", status.Cortes.Reverse().Take(MostCortes).Select(one => (IReadOnlyList<Cell>)
            [Marked(one.Rehearsal, one.Corte is { } corte ? Times.Near(corte, now, voice.Language) : "-"),
                new Cell(
                string.Join(", ", NightLines.Steps(one).Select(step => wording.Plain(step))),
                one.Published is null ? Tone.Warning : Tone.Good),
            new Cell(one.Package, Tone.Quiet)]));
        if (status.Cortes.Count > MostCortes)
            voice.Line(voice.Text("status.night-more", ("more", status.Cortes.Count - MostCortes)));
        Listing("status.alterations", status.Alterations.Reverse().Select(one => (IReadOnlyList<Cell>)
            [new Cell(Marked(one.Rehearsal, wording.Plain(NightLines.Seen(one))), Tone.Bad),
                wording.Plain(NightLines.Healed(one)),
            new Cell(one.Release, Tone.Quiet)]));
    }

    IEnumerable<IReadOnlyList<Cell>> Rows(AgentStatus status, DateTimeOffset now)
    {
        yield return Row(
            "status.agent",
            voice.Text(
            "status.agent-runs", ("version", status.Version), ("pid", status.Pid), ("election", status.Election)));
        yield return Row("status.gate", Gate(status.Gate, now), status.Gate.IsOpen ? Tone.Good : Tone.Warning);
        if (status.Gate.Missing is { } missing && Missing(missing) is { Length: > 0 } still)
            yield return Row("status.missing", still, Tone.Quiet);
        yield return Row("status.clock", Clock(status.Clock), status.Clock.Synchronized ? Tone.Plain : Tone.Warning);
        yield return status.Published is { } published
            ? Row("status.published", Published(published, now), Tone.Good)
                : Row("status.published", voice.Text("status.notice"), Tone.Warning);
        if (status.Rehearsal is { } rehearsal) yield return Row("status.rehearsal", Published(rehearsal, now));
        yield return Row(
            "status.sentinel", Sentinel(status), status.Sentinel.State == "intact" ? Tone.Plain : Tone.Bad);
        yield return Row(
            "status.journal",
            voice.Text(
            "status.journal-head", ("seq", Times.Count(status.Journal.Seq)),
            ("head", status.Journal.Head[..Math.Min(16, status.Journal.Head.Length)])));
    }

    string Hold(HoldStatus hold) => hold.Corte is { } corte
        ? voice.Text(
            "status.hold", ("corte", Corte(corte)), ("reason", hold.Reason),
            ("since", Times.Show(hold.Since, voice.Language)))
        : voice.Text(
            "status.hold-withdrawn", ("reason", hold.Reason), ("since", Times.Show(hold.Since, voice.Language)));

    string Gate(GateStatus gate, DateTimeOffset now)
    {
        var opens = ("opens", (object?)Times.Show(gate.OpensAt, voice.Language));
        if (gate.IsOpen) return voice.Text("status.gate-open", opens);
        return gate.OpensAt > now
            ? voice.Text("status.gate-closed-until", ("reason", Reason(gate.Reason)), opens)
            : voice.Text("status.gate-closed", ("reason", Reason(gate.Reason)), opens);
    }

    string Missing(MissingStatus missing) => string.Join("; ", new[]
    {
        missing.WithoutServersSeconds is { } silent
            ? voice.Text("status.missing-servers", ("for", Times.Show(TimeSpan.FromSeconds(silent)))) : null,
        missing.Selections > 0 ? voice.Text("status.missing-selections", ("selections", missing.Selections)) : null,
    }.OfType<string>());

    string Clock(ClockStatus clock)
    {
        if (clock is not { Earliest: { } earliest, Latest: { } latest }) return voice.Text("status.clock-unknown");
        var half = (latest - earliest) / 2;
        return voice.Text(clock.Synchronized ? "status.clock-bound" : "status.clock-unsure",
            ("time", Times.Show(earliest + half, voice.Language)), ("half", Seconds(half.TotalSeconds, "0.000")),
            ("offset", Seconds(clock.OffsetSeconds ?? 0, "+0.000;-0.000")));
    }

    string Published(PublishedStatus published, DateTimeOffset now) => voice.Text("status.corte-since",
        ("corte", Corte(published.Corte)), ("since", Times.Show(published.Since, voice.Language)),
        ("ago", Times.Show(now - published.Since)),
        ("files", Times.Count(published.Files)), ("release", published.Release));

    string Sentinel(AgentStatus status) =>
        voice.Text(status.NothingToCompare ? "status.sentinel-nothing" : $"status.sentinel-{status.Sentinel.State}")
        + (status.Sentinel.LastFullScan is { } scan
            ? voice.Text("status.last-scan", ("at", Times.Show(scan, voice.Language))) : "");

    string Corte(DateTimeOffset corte) => Times.ShowCorte(corte, voice.Language);

    /// <summary>Returns a cause in words; one of a newer agent as it is.</summary>
    string Cause(string code) => Messages.Has($"cause.{code}") ? voice.Text($"cause.{code}") : code;

    string Reason(string? code) => code is null ? "-" : ReasonCatalogue.Say(code).In(voice.Language);

    string Reasons(RejectionStatus rejection) => string.Join("; ",
        rejection.Reasons.GroupBy(reason => reason.Code)
            .Select(group =>
            NightLines.Why(voice.Language, group.Key) + (group.First().Path is { } path ? $" {path}" : "")
            + (group.Count() > 1 ? $" (+{group.Count() - 1})" : "")));

    Cell[] Row(string label, string text, Tone tone = Tone.Plain) =>
        [new Cell(voice.Text(label), Tone.Quiet), new Cell(text, tone)];

    void Listing(string heading, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        var listed = rows.ToList();
        if (listed.Count == 0) return;
        voice.Line();
        voice.Line(voice.Paint(Tone.Strong, voice.Text(heading)));
        voice.Table([.. listed[0].Select(_ => "")], listed);
    }

    /// <summary>
    /// Returns seconds as text. They are rounded first, so that a tiny negative number is not shown as -0.
    /// </summary>
    static string Seconds(double seconds, string format) =>
        (Math.Round(seconds, 3) + 0.0).ToString(format, CultureInfo.InvariantCulture);
}
