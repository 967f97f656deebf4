using System.Net;

namespace Difusor.Agent.Journal;

/// <summary>
/// Draws the only plot of the night, as SVG inside the page. Each corte stands at the time of its publication; the
/// height is its delay.
/// </summary>
static class NightPlot
{
    const double Width = 720, Height = 260, Left = 52, Right = 12, Top = 14, Bottom = 34;
    static readonly int[] Steps = [1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 480, 1440];

    /// <param name="cortes">The public cortes, in the order of publication; at least one.</param>
    /// <param name="title">What the plot shows, for readers who cannot see it.</param>
    /// <param name="minutes">The label of the vertical axis.</param>
    public static string Draw(IReadOnlyList<PublishedCorte> cortes, TimeZoneInfo zone, string title, string minutes)
    {
        var (first, last) = (cortes[0].PublishedAt, cortes[^1].PublishedAt);
        var span = Math.Max((last - first).TotalMinutes, 20);
        var highest = Math.Max(cortes.Max(corte => corte.Delay.TotalMinutes), 1);
        var lowest = Math.Min(cortes.Min(corte => corte.Delay.TotalMinutes), 0);
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\"><title>{WebUtility.HtmlEncode(title)}</title>\n");
        var step = StepFor(highest - lowest, lines: 6);
        for (var value = Math.Ceiling(lowest / step) * step; value <= highest; value += step)
            svg.Append(CultureInfo.InvariantCulture,
                $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value):F1}\" "
                    + $"y2=\"{Y(value):F1}\"/><text x=\"{Left - 6}\" y=\"{Y(value) + 4:F1}\" "
                    + $"text-anchor=\"end\">{value:F0}</text>\n");
        var hours = StepFor(span, lines: 10);
        var sinceRound = TimeZoneInfo.ConvertTime(first, zone).TimeOfDay.TotalMinutes % hours;
        for (var minute = sinceRound > 0 ? hours - sinceRound : 0; minute <= span; minute += hours)
            svg.Append(CultureInfo.InvariantCulture,
                $"<text x=\"{X(minute):F1}\" y=\"{Height - Bottom + 18}\" "
                    + $"text-anchor=\"middle\">"
                    + $"{TimeZoneInfo.ConvertTime(first.AddMinutes(minute), zone):HH:mm}</text>\n");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{Left}\" y=\"{Top - 3}\" text-anchor=\"start\">{WebUtility.HtmlEncode(minutes)}</text>\n");
        foreach (var corte in cortes)
        {
            var (x, y) = (X((corte.PublishedAt - first).TotalMinutes), Y(corte.Delay.TotalMinutes));
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line class=\"stem\" x1=\"{x:F1}\" x2=\"{x:F1}\" y1=\"{Y(0):F1}\" y2=\"{y:F1}\"/><circle "
                + $"cx=\"{x:F1}\" cy=\"{y:F1}\" r=\"3.5\"><title>{corte.Corte}</title></circle>\n");
        }
        return svg.Append("</svg>\n").ToString();

        double X(double minute) => Left + 8 + minute / span * (Width - Left - Right - 16);
        double Y(double value) => Height - Bottom - (value - lowest) / (highest - lowest) * (Height - Top - Bottom - 6);
    }

    static int StepFor(double range, int lines) =>
        Array.Find(Steps, step => range / step <= lines) is var step and > 0 ? step : Steps[^1];
}
