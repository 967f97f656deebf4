using System.Text.RegularExpressions;
using Difusor.Agent.Journal;
using Difusor.Agent.Report;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Report;

public sealed partial class PlotTests
{
    static readonly DateTimeOffset Opens = new(2021, 6, 6, 20, 0, 0, TimeSpan.FromHours(-5));
    static readonly TimeSpan Cadence = TimeSpan.FromMinutes(20);

    [Fact]
    public void AClockThatWasYearsWrongDrawsFewLines()
    {
        var night = new PlottedNight(Opens.AddYears(-50), Opens.AddHours(1), Opens.AddYears(-50), Cadence);
        var cortes = new[] { new CorteStatus(Opens, "P") { Arrived = Opens, Published = Opens } };
        foreach (var plot in new[]
            { Plots.Timeline(Language.Es, night, cortes, []), Plots.Delays(Language.Es, night, cortes),
            Plots.Clock(Language.Es, [new(Opens.AddYears(-50), 1e9, 1), new(Opens, 0, 1)], Opens.Offset) })
        {
            Assert.InRange(plot.Split("<line").Length, 2, 40);
            Assert.DoesNotMatch("NaN|Infinity|∞", plot);
        }
    }

    [Fact]
    public void BeforeTheHourOfTheNightThereIsNoPlotOfIt()
    {
        Assert.Null(PlottedNight.Of(Opens, Opens.AddDays(-6), Opens.AddDays(1), Cadence));
        Assert.Equal(Opens.AddDays(1), PlottedNight.Of(Opens, Opens.AddDays(9), Opens.AddDays(1), Cadence)!.To);
    }

    [Fact]
    public void ARehearsalsCorteIsNotDrawnAsTheElections()
    {
        var night = PlottedNight.Of(Opens, Opens.AddHours(2), Opens.AddDays(1), Cadence)!;
        var rehearsed = new[] { new CorteStatus(Opens, "P") { Published = Opens.AddMinutes(1), Rehearsal = true } };
        Assert.Empty(Plots.Delays(Language.Es, night, rehearsed));
        Assert.DoesNotContain("class=\"dot\"", Plots.Timeline(Language.Es, night, rehearsed, []));
    }

    [Fact]
    public void EachPlotNamesItsUnitsAndWhatItShows()
    {
        var night = PlottedNight.Of(Opens, Opens.AddHours(2), Opens.AddDays(1), Cadence)!;
        var cortes = new[] { new CorteStatus(Opens, "P") { Published = Opens.AddMinutes(7) } };
        var delays = Plots.Delays(Language.Es, night, cortes);
        Assert.Contains(">6 min</text>", delays, StringComparison.Ordinal);
        Assert.Contains(">20:00</text>", delays, StringComparison.Ordinal);
        ClockSample[] samples = [new(Opens, 0.01, 0.02), new(Opens.AddHours(1), 0.03, 0.02)];
        var clock = Plots.Clock(Language.En, samples, Opens.Offset);
        Assert.Contains(">0 ms</text>", clock, StringComparison.Ordinal);
        Assert.Contains("-60 ms", clock, StringComparison.Ordinal);
        foreach (var plot in new[] { delays, clock }) Assert.Matches("role=\"img\">\n<title>[^<]{20,}</title>", plot);
        Assert.All(
            Coordinates().Matches(delays + clock), found =>
            Assert.InRange(double.Parse(found.Groups[1].Value), 0, 720));
    }

    [Fact]
    public void WhatASenderNamedBecomesNoMarkup()
    {
        var night = PlottedNight.Of(Opens, Opens.AddHours(2), Opens.AddDays(1), Cadence)!;
        var plot = Plots.Timeline(
            Language.Es, night, [new CorteStatus(null, "<script>{0}</script>") { Rejected = Opens }], []);
        Assert.DoesNotContain("<script", plot, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;{0}", plot, StringComparison.Ordinal);
    }

    [GeneratedRegex("""\s(?:x|y|x1|x2|y1|y2|cx|cy)="([^"]*)" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Coordinates();
}
