using Difusor.Agent.Journal;
using Difusor.Agent.Report;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Report;

/// <summary>What is just on a plot, and what just is not.</summary>
public sealed class PlotBoundsTests
{
    static readonly DateTimeOffset Opens = new(2021, 6, 6, 20, 0, 0, TimeSpan.FromHours(-5));
    static readonly TimeSpan Cadence = TimeSpan.FromMinutes(20);
    static readonly PlottedNight Night = PlottedNight.Of(Opens, Opens.AddHours(2), Opens.AddDays(1), Cadence)!;

    [Fact]
    public void ANightThatHasNoLengthIsNotPlotted()
    {
        Assert.Null(PlottedNight.Of(Opens, Opens.AddHours(-1), Opens.AddDays(1), Cadence));
        Assert.NotNull(PlottedNight.Of(Opens, Opens.AddHours(-1).AddTicks(1), Opens.AddDays(1), Cadence));
        Assert.Null(PlottedNight.Of(Opens, Opens.AddHours(2), Opens.AddDays(1), TimeSpan.Zero));
    }

    [Theory]
    [InlineData(-60.01, 0), InlineData(-60, 1), InlineData(0, 1), InlineData(120, 1), InlineData(120.01, 0)]
    public void WhatIsPublishedFromTheFirstToTheLastMomentIsDrawn(double minutes, int dots)
    {
        CorteStatus[] cortes = [new(Opens, "P") { Published = Opens.AddMinutes(minutes) }];
        Assert.Equal(dots, Plots.Delays(Language.Es, Night, cortes).Split("class=\"dot\"").Length - 1);
        Assert.Equal(dots, Plots.Timeline(Language.Es, Night, cortes, []).Split("class=\"dot\"").Length - 1);
    }

    [Fact]
    public void ACorteThatCameBeforeItsHourIsOnTheScale()
    {
        CorteStatus[] cortes =
            [new(Opens, "P") { Published = Opens.AddMinutes(-5) }, new(Opens, "P") { Published = Opens.AddMinutes(7) }];
        var plot = Plots.Delays(Language.Es, Night, cortes);
        foreach (var line in new[] { ">-5 min<", ">0 min<", ">10 min<" })
            Assert.Contains(line, plot, StringComparison.Ordinal);
    }

    [Fact]
    public void AValueThatASentenceDoesNotGetStaysNamed()
    {
        var wording = new Wording(Language.En, Opens);
        Assert.Contains("{authority}", wording.Plain(new Said("check.paper")), StringComparison.Ordinal);
        Assert.Contains("{authority}", wording.Html(new Said("check.paper")), StringComparison.Ordinal);
        var said = new Said("check.paper", ("authority", "IEEM"));
        Assert.Contains("IEEM", wording.Plain(said), StringComparison.Ordinal);
    }
}
