using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Night;
using Difusor.Agent.Tests.Gate;

namespace Difusor.Agent.Tests.Night;

/// <summary>What is known about time over reloads and restarts, and which time is told.</summary>
public sealed class GateKeeperTests
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    static NightScene Open()
    {
        var night = new NightScene("20:01");
        night.Poll();
        return night;
    }

    [Fact]
    public void AReloadOfTheClocksSettingsCountsAtTheNextPollsAndDecisions()
    {
        var night = new NightScene("20:01") { SystemError = 5 * Second };
        night.Poll();
        Assert.False(night.Clock.Decision.Open);
        night.Gate.Follow(VirtualHost.Profile, new ClockSettings { MaxOffset = 10 * Second });
        night.Poll();
        Assert.False(night.Clock.Decision.Open);
        night.Poll();
        Assert.True(night.Clock.Decision.Open);
        night.Poll();
        night.Poll();
        Assert.True(night.Clock.Decision.Open);
        Assert.Equal(0, night.Count(EventCode.GateClosed));
    }

    [Fact]
    public void ADriftThatLastsOverARestartIsToldOnceAndANewOneAnew()
    {
        var night = Open();
        night.SystemError = 5 * Second;
        night.To("20:02");
        night.To("20:03");
        Assert.Equal(1, night.Count(EventCode.ClockDrift));
        night.Restart();
        night.To("20:04");
        Assert.Equal(1, night.Count(EventCode.ClockDrift));
        night.SystemError = TimeSpan.Zero;
        night.To("20:05");
        night.To("20:06");
        night.Restart();
        night.SystemError = 5 * Second;
        night.To("20:07");
        night.To("20:08");
        Assert.Equal(2, night.Count(EventCode.ClockDrift));
    }

    [Fact]
    public void TheStartAsksForWhatProvesTheOpeningOrClosesTheGateAndForNothingElse()
    {
        var night = Open();
        var asked = night.Journal.Records.Where(record => GateKeeper.Asks(record.Happened))
            .Select(record => record.Event);
        Assert.Equal(["CLOCK_SYNCHRONIZED", "GATE_OPENED"], asked.Order());
        night.SystemError = 5 * Second;
        night.To("20:02");
        night.To("20:03");
        night.Ask(new Difusor.Agent.Publication.WithdrawSite("prueba", Force: true));
        foreach (var code in new[] { EventCode.ClockDrift, EventCode.GateClosed, EventCode.OperatorAction })
            Assert.True(GateKeeper.Asks(night.Journal.Records.Last(record => record.Event == code.Id()).Happened));
        Assert.False(GateKeeper.Asks(new SyslogRecovered("x", null)));
        Assert.False(GateKeeper.Asks(null));
    }

    [Fact]
    public void AReloadOfTheElectionMovesItsRehearsals()
    {
        var night = new NightScene("2021-06-03T12:00:00");
        night.Poll();
        var today = new Window(NightScene.At("2021-06-03T09:00:00"), NightScene.At("2021-06-03T17:00:00"));
        night.Gate.Follow(VirtualHost.Profile with { Rehearsals = [today] }, night.Settings.Clock);
        night.Turn();
        night.Deliver("2021-06-06T20:00:00");
        Assert.Equal("20:00", night.Rehearsed);
        Assert.Equal(today, night.Last<GateOpened>().Window);
    }

    [Fact]
    public void AnOpeningStandsOverARestartHoweverOftenTheGateClosedAndOpenedSince()
    {
        var night = Open();
        night.SystemError = 5 * Second;
        night.To("20:02");
        night.To("20:03");
        Assert.Equal(HoldReason.ClockDrift, night.Last<GateClosed>().Reason);
        night.SystemError = TimeSpan.Zero;
        night.To("20:04");
        night.To("20:05");
        Assert.Equal(2, night.Count(EventCode.GateOpened));
        Assert.False(night.Last<GateOpened>().First);
        night.Restart();
        Assert.True(night.Clock.OpeningProven);
    }

    [Fact]
    public void ARehearsalIsRememberedOverARestartUntilItsEndIsRecorded()
    {
        var night = new NightScene("2021-05-31T12:00:00");
        night.Poll();
        night.Deliver("2021-06-06T20:00:00");
        night.Restart();
        Assert.Equal(VirtualHost.Profile.Rehearsals[0], night.Clock.Rehearsal);
        night.Poll();
        Assert.Equal(1, night.Count(EventCode.GateOpened));
        night.To("2021-05-31T17:01:00");
        night.Restart();
        Assert.Null(night.Clock.Rehearsal);
        Assert.Equal(1, night.Count(EventCode.GateClosed));
    }

    [Fact]
    public void ARehearsalIsTakenDownAtTheFirstInstantAtWhichItIsCertainlyOver()
    {
        var night = new NightScene("2021-05-31T12:00:00");
        night.Poll();
        night.Deliver("2021-06-06T20:00:00");
        night.Quietly("2021-05-31T17:00:00.016");
        night.Poll(0, 0, 0, 0);
        Assert.Equal("20:00", night.Rehearsed);
        night.Quietly("2021-05-31T17:00:00.020");
        night.Poll(0, 0, 0, 0);
        Assert.Null(night.Rehearsed);
        Assert.Empty(night.Releases.Sealed);
    }

    [Fact]
    public void ARehearsalThatTheDiskHasKeptIsTakenDownAtTheNextStartWithoutServers()
    {
        var until = new Window(NightScene.At("18:00"), VirtualHost.Opens);
        var night = new NightScene("19:00", profile: VirtualHost.Profile with { Rehearsals = [until] });
        night.Poll();
        night.Deliver("20:00");
        night.Releases.Refuses = "Withdraw";
        Assert.Throws<IOException>(() => night.Quietly("20:01"));
        night.Releases.Refuses = "Withdraw";
        Assert.Throws<IOException>(() => night.Poll());
        Assert.Equal("20:00", night.Rehearsed);
        night.Restart();
        Assert.Null(night.Clock.Bound(night.Now));
        Assert.Null(night.Rehearsed);
        Assert.Empty(night.Releases.Sealed);
    }

    [Fact]
    public void WhileTheGateIsNotAskedAgainTheTimeToWakeGoesDown()
    {
        var night = new NightScene();
        Assert.Null(night.Gate.WakeIn(night.Now));
        night.Poll();
        var wake = night.Gate.WakeIn(night.Now)!.Value;
        Assert.InRange(wake, TimeSpan.FromHours(1), TimeSpan.FromHours(1) + 3 * Second);
        var tenMinutesOn = night.Now with { Raw = night.Now.Raw + 600_000_000_000 };
        Assert.Equal(wake - TimeSpan.FromMinutes(10), night.Gate.WakeIn(tenMinutesOn));
    }

    [Fact]
    public void WhatIsPublishedFromAVerdictTellsTheSecondsSinceItsLastByteAndWhatWasHeldTellsNone()
    {
        var night = Open();
        var arrival = night.Judged("20:00");
        night.Quietly("2021-06-06T20:01:02.5004");
        night.Verdicts.Take(arrival, night.Now);
        Assert.Equal((2.5, 2.5), (night.Last<PackageVerified>().Seconds, night.Last<CortePublished>().Seconds));
        night.Deliver("20:20");
        night.To("20:21");
        Assert.Equal("20:20", night.Live);
        Assert.Null(night.Last<CortePublished>().Seconds);
    }

    [Fact]
    public void TimesAreTrustedOnesWhateverTheSystemClockSays()
    {
        var night = Open();
        night.SystemError = 5 * Second;
        night.Deliver("20:00");
        var since = night.Status().Published!.Since;
        Assert.InRange(since, NightScene.At("20:01") - Second, NightScene.At("20:01") + Second);
        Assert.Equal(VirtualHost.Opens.Offset, since.Offset);
        Assert.Equal(since, night.Clock.BestTime(night.Now));
    }

    [Fact]
    public void AChangeOfTheClockThatTheJournalHasRefusedIsRecordedBeforeTheGateCloses()
    {
        var night = Open();
        night.SystemError = 5 * Second;
        night.To("20:02");
        night.Journal.Refuses = EventCode.ClockDrift;
        Assert.Throws<IOException>(() => night.To("20:03"));
        night.Turn();
        Assert.EndsWith("CLOCK_DRIFT GATE_CLOSED", night.Told, StringComparison.Ordinal);
        Assert.Equal(1, night.Count(EventCode.ClockDrift));
    }

    [Fact]
    public void AfterAJumpNoTimeIsTrusted()
    {
        var night = Open();
        Assert.NotNull(night.Clock.TrustedTime(night.Now));
        night.Poll(30, 30, 30, 30);
        Assert.Null(night.Clock.Bound(night.Now));
        Assert.Equal(night.Now.System, night.Clock.BestTime(night.Now));
        night.Recorder.Record(new DeliverySeen("P"), night.Now);
        Assert.Null(night.Journal.Records[^1].At);
    }
}
