using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Report;

/// <summary>The night from left to right, as far as plots show it.</summary>
/// <param name="From">Three cadences before the opening: mostly an hour.</param>
/// <param name="To">The last moment that is known, at most the end of the publication.</param>
/// <param name="First">The first corte.</param>
public sealed record PlottedNight(DateTimeOffset From, DateTimeOffset To, DateTimeOffset First, TimeSpan Cadence)
{
    /// <summary>Returns the night until an instant; null if it has not begun.</summary>
    public static PlottedNight? Of(
        DateTimeOffset opens, DateTimeOffset until, DateTimeOffset keepUntil, TimeSpan cadence)
    {
        var (from, to) = (opens - 3 * cadence, until < keepUntil ? until : keepUntil);
        return to > from && cadence > TimeSpan.Zero
            ? new PlottedNight(from, to.ToOffset(opens.Offset), opens, cadence) : null;
    }
}

/// <summary>
/// Draws the plots of a night: what came when, how long each corte took, and how right the clock was. Pure: values in,
/// SVG out.
/// </summary>
public static class Plots
{
    const double Lane = 34, LaneLeft = 118, ScaleLeft = 92, ScaleHeight = 240;
    const int MostCadences = 400, MostLines = 5;

    /// <summary>
    /// Draws the night as lanes: arrived, held, published, rejected, altered; a thin line for each hour of corte.
    /// </summary>
    public static string Timeline(
        Language language, PlottedNight night, IEnumerable<CorteStatus> cortes,
        IEnumerable<AlterationStatus> alterations)
    {
        string[] lanes = ["arrived", "held", "published", "rejected", "altered"];
        var frame = new PlotFrame(
            night.From, night.To, PlotFrame.Top + PlotFrame.Bottom + Lane * lanes.Length, LaneLeft,
            Say("plot.timeline"), Say("plot.timeline-caption", ("minutes", (int)night.Cadence.TotalMinutes)));
        if ((night.To - night.First) / night.Cadence < MostCadences)
            for (var at = night.First; at <= night.To; at += night.Cadence)
                frame.Down("cadence", frame.X(at), PlotFrame.Top, frame.Floor);
        for (var lane = 0; lane < lanes.Length; lane++) frame.Across(Y(lane), Say($"plot.lane-{lanes[lane]}"));
        foreach (var corte in cortes.Where(one => !one.Rehearsal))
        {
            if (Shown(corte.Arrived) is { } came) frame.Circle("ring", frame.X(came), Y(0), 4, Name(corte, came));
            if (Shown(corte.Held) is { } held)
                frame.Bar("hold", frame.X(held), frame.X(corte.Published ?? corte.Superseded ?? night.To), Y(1));
            if (Shown(corte.Published) is { } live) frame.Circle("dot", frame.X(live), Y(2), 5, Name(corte, live));
            if (Shown(corte.Rejected) is { } rejected) frame.Cross(frame.X(rejected), Y(3), Name(corte, rejected));
        }
        foreach (var altered in alterations)
            if (Shown(altered.Detected) is { } found)
                frame.Bar("altered", frame.X(found), frame.X(altered.Healed ?? night.To), Y(4));
        return frame.Close();

        static double Y(int lane) => PlotFrame.Top + Lane * (lane + 0.5);
        DateTimeOffset? Shown(DateTimeOffset? at) => at >= night.From && at <= night.To ? at : null;
        string Say(string key, params ReadOnlySpan<(string Name, object? Value)> values) =>
            Messages.Say(language, key, values);
    }

    /// <summary>
    /// Draws, for each corte at the time of its publication, the minutes from its hour to its publication.
    /// </summary>
    /// <returns>The plot; empty if no corte of the night was published.</returns>
    public static string Delays(Language language, PlottedNight night, IEnumerable<CorteStatus> cortes)
    {
        var points = cortes.Where(one => one is { Rehearsal: false, Corte: not null }
            && one.Published >= night.From && one.Published <= night.To)
            .Select(one => (
                At: one.Published!.Value, Minutes: (one.Published - one.Corte)!.Value.TotalMinutes, One: one))
            .ToList();
        if (points.Count == 0) return "";
        var frame = new PlotFrame(
            night.From, night.To, ScaleHeight, ScaleLeft, Messages.Say(language, "plot.delays"),
            Messages.Say(language, "plot.delays-caption"));
        var (least, most) = (points.Min(point => point.Minutes), points.Max(point => point.Minutes));
        var scale = Scaled(frame, Math.Min(0, least), Math.Max(1, most), "min");
        foreach (var (at, minutes, one) in points)
        {
            frame.Down("stem", frame.X(at), scale(0), scale(minutes));
            frame.Circle("dot", frame.X(at), scale(minutes), 4, Name(one, at));
        }
        return frame.Close();
    }

    /// <summary>Draws how far the system clock was from trusted time, within the bound of what is known.</summary>
    /// <param name="samples">The readings, oldest first.</param>
    /// <returns>The plot; empty if there are fewer than two readings.</returns>
    public static string Clock(Language language, IReadOnlyList<ClockSample> samples, TimeSpan offset)
    {
        if (samples.Count < 2) return "";
        var most = samples.Max(one => Math.Abs(one.Offset) + one.Uncertainty);
        var (from, to) = (samples[0].At, samples[^1].At);
        var (factor, unit) = most < 1 ? (1000.0, "ms") : (1.0, "s");
        var frame = new PlotFrame(
            from.ToOffset(offset), to.ToOffset(offset), ScaleHeight, ScaleLeft, Messages.Say(language, "plot.clock"),
            Messages.Say(language, "plot.clock-caption", ("unit", unit)));
        var highest = Math.Max(1e-3, most * factor);
        var scale = Scaled(frame, -highest, highest, unit);
        var (upper, lower, middle) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        foreach (var one in samples)
        {
            Point(upper, one.At, one.Offset + one.Uncertainty);
            Point(middle, one.At, one.Offset);
        }
        foreach (var one in samples.Reverse()) Point(lower, one.At, one.Offset - one.Uncertainty);
        frame.Add($"<polygon class=\"bound\" points=\"{upper}{lower}\"/>");
        frame.Add($"<polyline class=\"offset\" points=\"{middle}\"/>");
        return frame.Close();

        void Point(StringBuilder line, DateTimeOffset at, double value) => line.Append(
            CultureInfo.InvariantCulture, $"{frame.X(at):0.#},{scale(value * factor):0.#} ");
    }

    /// <summary>Draws lines at round values, and returns where a value is.</summary>
    static Func<double, double> Scaled(PlotFrame frame, double lowest, double highest, string unit)
    {
        var step = PlotFrame.Step(highest - lowest, MostLines);
        var (first, last) = (Math.Floor(lowest / step), Math.Ceiling(highest / step));
        double Y(double value) =>
            frame.Floor - (value / step - first) / (last - first) * (frame.Floor - PlotFrame.Top);
        for (var line = first; line <= last; line++)
            frame.Across(
                Y(line * step),
                string.Create(CultureInfo.InvariantCulture, $"{line * step + 0.0:0.######} {unit}"),
                line == 0 ? "zero" : "grid");
        return Y;
    }

    static string Name(CorteStatus corte, DateTimeOffset at) => string.Create(
        CultureInfo.InvariantCulture, $"{(corte.Corte is { } hour ? $"{hour:HH:mm}" : corte.Package)}: {at:HH:mm:ss}");
}
