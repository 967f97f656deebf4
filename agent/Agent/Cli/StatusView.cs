using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli;

/// <summary>
/// Draws an <see cref="AgentStatus"/> for people: what matters most first, and an operator's hold in a strong colour.
/// </summary>
sealed class StatusView(CliOutput voice)
{
    /// <param name="now">The system's time, to compute "since" and "time left".</param>
    public void Draw(AgentStatus status, DateTimeOffset now)
    {
        if (status.Hold is { } hold) voice.Line(voice.Paint(Tone.Bad, Printable.Line(Hold(hold))));
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
        Listing("status.rejections", status.LastRejections.Select(rejection => (IReadOnlyList<Cell>)
            [Times.Show(rejection.At, voice.Language), rejection.Package, new Cell(Reasons(rejection), Tone.Bad)]));
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
        foreach (var trouble in status.Troubles)
            yield return Row("status.trouble", Trouble(trouble, now), Tone.Bad);
    }

    string Trouble(TroubleStatus trouble, DateTimeOffset now)
    {
        var told = $"{trouble.In(voice.Language)} "
            + voice.Text("status.trouble-since", ("ago", Times.Show(now - trouble.Since)));
        return Printable.Line(trouble.Command is { } command
            ? $"{told} {voice.Text("status.trouble-help", ("command", command))}" : told);
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
        var left = gate.OpensAt - now;
        return left > TimeSpan.Zero
            ? voice.Text("status.gate-closed-until", ("reason", Reason(gate.Reason)), opens, ("left", Times.Show(left)))
            : voice.Text("status.gate-closed", ("reason", Reason(gate.Reason)), opens);
    }

    string Missing(MissingStatus missing) => string.Join("; ", new[]
    {
        missing.WithoutServersSeconds is { } silent
            ? voice.Text("status.missing-servers", ("for", Times.Show(TimeSpan.FromSeconds(silent)))) : null,
        missing.Selections > 0 ? voice.Text("status.missing-selections", ("selections", missing.Selections)) : null,
        missing.SecondsLeft is > 0 and var left
            ? voice.Text("status.missing-time", ("left", Times.Show(TimeSpan.FromSeconds(left)))) : null,
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

    string Reason(string? code) => code is null ? "-" : Messages.Has($"reason.{code}") ? voice.Text($"reason.{code}")
        : code;

    static string Reasons(RejectionStatus rejection) => string.Join("; ",
        rejection.Reasons.GroupBy(reason => reason.Code)
            .Select(group =>
            group.Key + (group.First().Path is { } path ? $" {path}" : "")
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
