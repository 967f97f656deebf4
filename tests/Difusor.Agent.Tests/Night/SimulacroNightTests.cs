using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests.Night;

/// <summary>
/// A rehearsal without the institute, in April: what it publishes reaches nobody, and all of it goes.
/// </summary>
public sealed class SimulacroNightTests
{
    const string April = "2021-04-12T12:00:00", Opened = "2021-04-12T12:00:22";

    [Fact]
    public void WhatComesEarlyIsHeldUntilTheRehearsalOpensAndGoesAtItsEnd()
    {
        var night = Begun();
        Assert.Equal(PackageState.Held, night.Deliver(April).Outcome);
        Assert.Equal(HoldReason.BeforeOpening, night.Last<PackageHeld>().Reason);
        Assert.Null(night.Rehearsed);
        night.To("2021-04-12T12:00:19");
        Assert.Null(night.Rehearsed);
        night.To(Opened);
        Assert.Equal(Root.Rehearsal, night.Last<GateOpened>().Root);
        Assert.Equal("12:00", night.Rehearsed);
        Assert.Null(night.Live);
        Assert.Equal(PackageState.Published, night.Deliver("2021-04-12T12:02:00").Outcome);
        Assert.Equal("simulacro-ended", night.Ask(new EndSimulacro()).Message);
        night.To("2021-04-12T12:00:30");
        Assert.Equal(HoldReason.RehearsalOver, night.Last<GateClosed>().Reason);
        Assert.Null(night.Rehearsed);
        Assert.Empty(night.Releases.Sealed);
        Assert.False(night.Clock.OpeningProven);
    }

    [Fact]
    public void WhatItRejectsIsMarkedWhereverItIsShownAndCountsForNothing()
    {
        var night = Begun();
        night.To(Opened);
        night.Deliver("2021-04-12T12:02:00", "", null, ReasonCode.DigestMismatch);
        Assert.True(Assert.Single(night.Status().LastRejections).Rehearsal);
        Assert.True(Assert.Single(night.Status().Cortes).Rehearsal);
        Assert.Empty(night.Troubles.Tally.Rejections);
        var trouble = Assert.Single(night.Troubles.Open, open => open.Code == EventCode.PackageRejected);
        Assert.StartsWith(
            "Simulacro: ", trouble.Entry.Told(Difusor.Agent.Texts.Language.Es, trouble.Fields),
            StringComparison.Ordinal);
        Assert.Empty(NightSummary.Of(night.Journal.Records).PublicRejected);
        // A verdict of the public's ends no trouble of the rehearsal's, and the reverse.
        night.Ask(new EndSimulacro());
        night.To("2021-06-06T20:01:00");
        night.Deliver("2021-06-06T20:00:00", "", null, ReasonCode.DigestMismatch);
        Assert.Equal([true, false], night.Status().LastRejections.Reverse().Select(one => one.Rehearsal));
        Assert.Equal(1, night.Troubles.Tally.Rejections["digest-mismatch"]);
        Assert.Equal(2, night.Troubles.Open.Count(open => open.Entry.Trouble == Trouble.Package));
    }

    [Fact]
    public void ItEndsByItselfAndIsForgotten()
    {
        var night = Begun();
        night.To(Opened);
        night.Deliver(April);
        // Nothing is forgotten before it has ended, nor in the two minutes after.
        night.To("2021-04-12T12:09:30");
        Assert.Equal("12:00", night.Rehearsed);
        Assert.NotNull(night.Clock.Simulacro);
        night.To("2021-04-12T12:10:30");
        Assert.NotNull(night.Clock.Simulacro);
        Assert.Null(night.Rehearsed);
        Assert.Empty(night.Releases.Sealed);
        night.To("2021-04-12T12:13:00");
        Assert.Null(night.Clock.Simulacro);
        Assert.Same(night.Clock.Election, night.Clock.Profile);
        Assert.Equal(PackageState.Rejected, night.Deliver("2021-04-12T12:13:00").Outcome);
    }

    [Fact]
    public void ItMayEndBeforeItHasOpened()
    {
        var night = Begun();
        night.Deliver(April);
        night.Ask(new EndSimulacro());
        night.To("2021-04-12T12:00:05");
        Assert.Null(night.Rehearsed);
        Assert.Empty(night.Releases.Sealed);
        night.To("2021-04-12T12:01:00");
        Assert.Equal(0, night.Count(EventCode.GateOpened));
    }

    [Fact]
    public void ARestartInTheMiddleOfItLeavesNothing()
    {
        var night = Begun();
        night.To(Opened);
        night.Deliver(April);
        Assert.Equal("12:00", night.Rehearsed);
        night.Restart();
        night.Poll();
        Assert.Null(night.Rehearsed);
        Assert.Empty(night.Releases.Sealed);
        Assert.Null(night.Live);
    }

    [Theory]
    [InlineData("2021-06-05T20:00:00", "simulacro-night"), InlineData("2021-06-06T23:00:00", "simulacro-night"),
        InlineData("2021-06-07T23:59:00", "simulacro-night")]
    [InlineData("2021-05-31T08:30:00", "simulacro-institute"), InlineData("2021-05-31T12:00:00", "simulacro-institute")]
    public void NoneIsHeldWhereAPackageOfTheInstituteCouldBeLedAstray(string at, string why)
    {
        var night = new NightScene(at);
        night.Poll();
        var reply = night.Ask(new BeginSimulacro());
        Assert.Equal((OperatorOutcome.Refused, why), (reply.Outcome, reply.Message));
        Assert.Null(night.Clock.Simulacro);
    }

    [Fact]
    public void WithoutTrustedTimeNoneBegins() =>
        Assert.Equal("simulacro-no-time", new NightScene(April).Ask(new BeginSimulacro()).Message);

    [Fact]
    public void ThereIsOneAtATime()
    {
        var night = Begun();
        Assert.Equal("simulacro-running", night.Ask(new BeginSimulacro()).Message);
        night.Ask(new EndSimulacro());
        night.To("2021-04-12T12:00:05");
        Assert.Equal("no-simulacro", night.Ask(new EndSimulacro()).Message);
        Assert.Equal("simulacro-begun", night.Ask(new BeginSimulacro()).Message);
    }

    [Fact]
    public void ItsBeginAndItsEndAreInTheJournalAndWhoIsRefusedLearnsOfTheNight()
    {
        var night = Begun();
        Assert.Equal(1, night.Count(EventCode.OperatorAction));
        night.Ask(new EndSimulacro());
        Assert.Equal(2, night.Count(EventCode.OperatorAction));
        Assert.True(night.Last<Difusor.Agent.Events.OperatorAction>().Done);
        var refused = NightScene.Open().Ask(new BeginSimulacro());
        Assert.Equal(
            ("simulacro-night", NightScene.Stamp("20:00")), (refused.Message, refused.Values["opens"]));
    }

    static NightScene Begun()
    {
        var night = new NightScene(April);
        night.Poll();
        var reply = night.Ask(new BeginSimulacro());
        Assert.Equal((OperatorOutcome.Done, "2021-04-12T12:00:21-05:00"), (reply.Outcome, reply.Values["opens"]));
        Assert.Equal("2021-04-12T12:10:21-05:00", reply.Values["ends"]);
        return night;
    }
}
