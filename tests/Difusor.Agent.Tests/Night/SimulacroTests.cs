using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;
using Difusor.Agent.Night;
using Difusor.Agent.Tests.Gate;
using static Difusor.Agent.Tests.Night.NightScene;

namespace Difusor.Agent.Tests.Night;

/// <summary>When a rehearsal of the sysadmin's own may begin, to the last tick, and when it is open.</summary>
public sealed class SimulacroTests
{
    static readonly TimeSpan Tick = TimeSpan.FromTicks(1), Day = TimeSpan.FromHours(24), Hour = TimeSpan.FromHours(1);
    static readonly Window Official = new(At("2021-05-31T09:00:00"), At("2021-05-31T17:00:00"));

    static readonly ElectionProfile Election = VirtualHost.Profile with
    {
        FirstCorte = At("18:00"), Opens = At("20:00"), KeepUntil = At("2021-06-07T23:59:59"), Rehearsals = [Official],
    };

    static string? Refused(ElectionProfile election, DateTimeOffset earliest, DateTimeOffset latest) =>
        Simulacro.Refused(election, new ClockBound(earliest, latest));

    static string? RefusedAt(DateTimeOffset at, ElectionProfile? election = null) =>
        Refused(election ?? Election, at, at);

    [Fact]
    public void WithoutTrustedTimeNoneBegins() =>
        Assert.Equal("simulacro-no-time", Simulacro.Refused(Election, null));

    /// <summary>A corte may come before the opening, as one does at 18:00 here.</summary>
    [Theory, InlineData("18:00", "20:00"), InlineData("20:00", "18:00")]
    public void NoneBeginsADayBeforeWhatComesFirstOfTheOpeningAndTheFirstCorte(string firstCorte, string opens)
    {
        var election = Election with { FirstCorte = At(firstCorte), Opens = At(opens) };
        Assert.Equal("simulacro-night", RefusedAt(At("18:00") - Day, election));
        Assert.Null(RefusedAt(At("18:00") - Day - Tick, election));
    }

    [Fact]
    public void NoneBeginsBeforeTheEndOfThePublication()
    {
        Assert.Equal("simulacro-night", RefusedAt(Election.KeepUntil));
        Assert.Null(RefusedAt(Election.KeepUntil + Tick));
        // It counts what time it may be, not what time it is in the middle.
        Assert.Equal("simulacro-night", Refused(Election, At("2021-06-01T00:00:00"), At("18:00") - Day));
        Assert.Equal("simulacro-night", Refused(Election, Election.KeepUntil, Election.KeepUntil + Day));
    }

    [Fact]
    public void NoneBeginsAnHourBeforeOrDuringTheInstitutesOwn()
    {
        Assert.Null(RefusedAt(Official.From - Hour - Tick));
        Assert.Equal("simulacro-institute", RefusedAt(Official.From - Hour));
        Assert.Equal("simulacro-institute", RefusedAt(Official.To - Tick));
        Assert.Null(RefusedAt(Official.To));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(9_999_999)]
    public void ItOpensAtAWholeSecondSomeTwentySecondsLater(long fraction)
    {
        var at = At("2021-04-12T12:00:00").AddTicks(fraction);
        var begun = Simulacro.Of(new ClockBound(at - Tick, at), at.Offset);
        Assert.Equal(At("2021-04-12T12:00:21"), begun.Opens);
        Assert.Equal((at - Tick, begun.Opens + Simulacro.Longest), (begun.Begins, begun.Ends));
    }

    [Fact]
    public void ItIsBeforeItsOpeningFromItsBeginOnUnlessItWasEndedFirst()
    {
        var begins = At("2021-04-12T12:00:00");
        var simulacro = new Simulacro(begins, begins + 20 * Tick, begins + 100 * Tick);
        bool IsBefore(long earliest, long latest) =>
            simulacro.IsBeforeOpening(new ClockBound(begins.AddTicks(earliest), begins.AddTicks(latest)));
        Assert.False(IsBefore(-2, -1));
        Assert.True(IsBefore(-1, 0));
        Assert.True(IsBefore(19, 30));
        Assert.False(IsBefore(20, 30));
        foreach (var end in new[] { 0, 20 })
        {
            var ended = simulacro with { Ends = begins.AddTicks(end) };
            Assert.False(ended.IsBeforeOpening(new ClockBound(begins, begins)));
        }
    }
}
