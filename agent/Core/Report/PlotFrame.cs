using Difusor.Agent.Journal;

namespace Difusor.Agent.Report;

/// <summary>
/// The frame of a plot, as SVG inside a page: time from left to right, and lines with their labels across it. Colours
/// and sizes of letters are the page's own; nothing is shown by colour alone.
/// </summary>
sealed class PlotFrame
{
    internal const double Width = 720, Right = 16, Top = 44, Bottom = 32;
    const int MostTimes = 6;
    static readonly int[] Minutes = [1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 480, 720, 1440];

    readonly StringBuilder svg = new();
    readonly double height, left;
    readonly DateTimeOffset from;
    readonly double seconds;

    /// <param name="title">What the plot shows, for readers who cannot see it.</param>
    /// <param name="caption">What the lines mean, with their unit.</param>
    /// <param name="left">The room for the labels of the lines.</param>
    internal PlotFrame(
        DateTimeOffset from, DateTimeOffset to, double height, double left, string title, string caption)
    {
        (this.from, this.height, this.left) = (from, height, left);
        seconds = Math.Max(60, (to - from).TotalSeconds);
        Add($"<svg class=\"plot\" viewBox=\"0 0 {Width} {height:0.#}\" role=\"img\">");
        Add($"<title>{HtmlReport.Encoded(title)}</title>");
        Text(0, Top - 24, "start", caption);
        Times(to);
    }

    /// <summary>Gets where the lowest line may be.</summary>
    internal double Floor => height - Bottom;

    /// <summary>Returns where a time is, inside the frame.</summary>
    internal double X(DateTimeOffset at) =>
        left + Math.Clamp((at - from).TotalSeconds / seconds, 0, 1) * (Width - Right - left);

    /// <summary>Adds a piece of SVG; numbers have a point, and at most one digit after it.</summary>
    internal void Add(FormattableString piece) =>
        svg.Append(piece.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <summary>Adds a line across the frame with its label.</summary>
    internal void Across(double y, string label, string kind = "grid")
    {
        Add($"<line class=\"{kind}\" x1=\"{left:0.#}\" x2=\"{Width - Right:0.#}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>");
        Text(left - 8, y + 4, "end", label);
    }

    /// <summary>Adds a line from top to bottom.</summary>
    internal void Down(string kind, double x, double y1, double y2) =>
        Add($"<line class=\"{kind}\" x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"{y1:0.#}\" y2=\"{y2:0.#}\"/>");

    /// <summary>Adds a circle that says what it means when somebody points at it.</summary>
    internal void Circle(string kind, double x, double y, double radius, string name) => Add(
        $"<circle class=\"{kind}\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{radius:0.#}\">{Named(name)}</circle>");

    /// <summary>Adds a cross.</summary>
    internal void Cross(double x, double y, string name) => Add(
        $"<path class=\"cross\" d=\"M{x - 4:0.#} {y - 4:0.#}l8 8m0 -8l-8 8\">{Named(name)}</path>");

    /// <summary>Adds a bar along a line, at least so wide that it can be seen.</summary>
    internal void Bar(string kind, double first, double last, double y)
    {
        var width = Math.Max(4, last - first);
        Add($"<rect class=\"{kind}\" x=\"{first:0.#}\" y=\"{y - 6:0.#}\" width=\"{width:0.#}\" height=\"12\"/>");
    }

    internal void Text(double x, double y, string anchor, string text) =>
        Add($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{HtmlReport.Encoded(text)}</text>");

    internal string Close() => svg.Append("</svg>\n").ToString();

    /// <summary>
    /// Returns a round step, so that a range has at most so many lines: 1, 2 or 5 times a power of ten.
    /// </summary>
    internal static double Step(double range, int lines)
    {
        var rough = range / lines;
        if (!(rough > 0) || !double.IsFinite(rough)) return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var digit = rough / power;
        return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
    }

    static string Named(string name) => $"<title>{HtmlReport.Encoded(name)}</title>";

    void Times(DateTimeOffset to)
    {
        double step = Array.Find(Minutes, one => seconds / 60 / one <= MostTimes);
        // A clock that was wrong may have stretched the night to years: there are never many lines.
        if (step <= 0) step = Minutes[^1] * Math.Ceiling(seconds / 60 / Minutes[^1] / MostTimes);
        var sinceRound = from.TimeOfDay.TotalMinutes % step;
        for (var minute = sinceRound > 0 ? step - sinceRound : 0; minute <= seconds / 60; minute += step)
        {
            var at = from.AddMinutes(minute);
            Down("grid", X(at), Top, Floor);
            // A label in the middle of the last line would be cut at the edge, where letters are large.
            var isLast = X(at) > Width - 40;
            Text(
                isLast ? Width : X(at), height - 10, isLast ? "end" : "middle",
                at.ToString(to - from > TimeSpan.FromDays(2) ? "dd/MM" : "HH:mm", CultureInfo.InvariantCulture));
        }
    }
}
