using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Night;
using Difusor.Agent.Tests.Gate;

namespace Difusor.Agent.Tests.Night;

/// <summary>Before the opening, at it, and after it (call, I.1).</summary>
public sealed class OpeningTests
{
    [Fact]
    public void APackageThatComesBeforeTheOpeningIsHeldAndGoesOutAtTheOpening()
    {
        var night = new NightScene("19:56");
        night.Poll();
        Assert.Equal(PackageState.Held, night.Deliver("20:00").Outcome);
        Assert.Equal(HoldReason.BeforeOpening, night.Last<PackageHeld>().Reason);
        night.To("19:59");
        Assert.Null(night.Live);
        night.To("20:01");
        Assert.Equal("20:00", night.Live);
        Assert.Equal([("PREP_2000", PackageState.Held), ("PREP_2000", PackageState.Published)], night.Receipts);
        Assert.Equal("CLOCK_SYNCHRONIZED PACKAGE_VERIFIED PACKAGE_HELD GATE_OPENED CORTE_PUBLISHED", night.Told);
    }

    [Fact]
    public void OfSeveralThatWaitForTheOpeningTheNewestGoesOutAndTheOthersAreToldOf()
    {
        var night = new NightScene("19:57");
        night.Poll();
        foreach (var corte in new[] { "20:00", "20:01", "20:02" }) night.Deliver(corte);
        night.To("20:01");
        Assert.Equal("20:02", night.Live);
        Assert.Equal(2, night.Count(EventCode.PackageSuperseded));
        Assert.Equal(
            [PackageState.Published, PackageState.Superseded, PackageState.Superseded],
            night.Receipts.TakeLast(3).Select(one => one.State));
    }

    [Fact]
    public void HeldReleasesOutliveARetentionThatKeepsFewer()
    {
        var night = new NightScene(
            "19:56", NightScene.Configuration() with { Publication = new() { KeepReleases = 2 } });
        night.Poll();
        foreach (var issue in new[] { "a", "b", "c", "d", "e", "f" }) night.Deliver("20:00", issue);
        night.To("19:59");
        Assert.Equal(6, night.Releases.Sealed.Count);
        night.To("20:01");
        Assert.Equal("PREP_2000f", night.Releases.Live(Root.Public)?.Package);
    }

    [Fact]
    public void WithoutTheProofInTheJournalTheGateStaysClosed()
    {
        var night = new NightScene("20:01") { Journal = { Refuses = EventCode.GateOpened } };
        Assert.Throws<IOException>(() => night.Poll());
        Assert.False(night.Clock.OpeningProven);
        Assert.False(night.Clock.Decision.Open);
        night.Turn();
        Assert.True(night.Clock.OpeningProven);
        Assert.True(night.Last<GateOpened>().First);
    }

    [Fact]
    public void AnOpeningThatAnEarlierRunHasProvenStandsWithoutServers()
    {
        var night = new NightScene("20:01");
        night.Poll();
        night.Deliver("20:00");
        night.Quietly("20:21");
        night.Restart();
        Assert.True(night.Clock.OpeningProven);
        Assert.Equal(PackageState.Published, night.Deliver("20:20").Outcome);
        Assert.Equal("20:20", night.Live);
    }

    [Fact]
    public void WhatWasHeldWhenTheAgentEndedGoesOutAtTheOpeningAfterARestart()
    {
        var night = new NightScene();
        night.Poll();
        night.Deliver("20:00");
        night.Restart();
        night.To("20:01");
        Assert.Equal("20:00", night.Live);
    }

    [Fact]
    public void ACrashBetweenTheSwapAndItsRecordIsRecordedAtTheNextStart()
    {
        var night = new NightScene("20:01");
        night.Poll();
        night.Journal.Refuses = EventCode.CortePublished;
        Assert.Throws<IOException>(() => night.Deliver("20:00"));
        Assert.Equal("20:00", night.Live);
        Assert.Equal(0, night.Count(EventCode.CortePublished));
        night.Restart();
        Assert.Equal(1, night.Count(EventCode.CortePublished));
        night.Restart();
        Assert.Equal(1, night.Count(EventCode.CortePublished));
    }

    [Fact]
    public void AClockThatIsOffBeforeTheOpeningKeepsTheGateClosedUntilItIsRight()
    {
        var night = new NightScene { SystemError = TimeSpan.FromSeconds(5) };
        night.Poll();
        night.To("20:01");
        night.Deliver("20:00");
        Assert.Equal(HoldReason.ClockDrift, night.Last<PackageHeld>().Reason);
        Assert.Null(night.Live);
        night.SystemError = TimeSpan.Zero;
        night.To("20:02");
        Assert.Null(night.Live);
        night.To("20:03");
        Assert.Equal("20:00", night.Live);
        Assert.Equal((1, 0), (night.Count(EventCode.GateOpened), night.Count(EventCode.GateClosed)));
    }

    [Fact]
    public void AfterTheOpeningOnePollAstrayIsNoDriftAndTwoAre()
    {
        var night = new NightScene("20:01");
        night.Poll();
        night.SystemError = TimeSpan.FromSeconds(5);
        night.To("20:02");
        Assert.Equal(PackageState.Published, night.Deliver("20:00").Outcome);
        night.To("20:03");
        Assert.Equal(PackageState.Held, night.Deliver("20:20").Outcome);
        night.SystemError = TimeSpan.Zero;
        night.To("20:21");
        night.To("20:22");
        Assert.Equal("20:20", night.Live);
    }

    [Fact]
    public void ARestartDoesNotOpenWhatADriftHasClosed()
    {
        var night = Drifted();
        night.Restart();
        Assert.Equal(GateReason.ClockDrift, night.Clock.Decision.Reason);
        Assert.Equal(PackageState.Held, night.Deliver("20:00").Outcome);
        Assert.Equal(HoldReason.ClockDrift, night.Last<PackageHeld>().Reason);
        night.SystemError = TimeSpan.Zero;
        night.To("20:04");
        Assert.Null(night.Live);
        night.To("20:05");
        Assert.Equal("20:00", night.Live);
        Assert.Equal((2, 1), (night.Count(EventCode.GateOpened), night.Count(EventCode.GateClosed)));
    }

    [Fact]
    public void ADriftThatIsOverKeepsNoLaterStartClosed()
    {
        var night = Drifted();
        night.SystemError = TimeSpan.Zero;
        night.To("20:21");
        night.To("20:22");
        night.Restart();
        Assert.Equal(PackageState.Published, night.Deliver("20:20").Outcome);
    }

    /// <summary>After the opening, with the gate closed by two polls astray.</summary>
    static NightScene Drifted()
    {
        var night = new NightScene("20:01");
        night.Poll();
        night.SystemError = TimeSpan.FromSeconds(5);
        night.To("20:02");
        night.To("20:03");
        Assert.Equal(HoldReason.ClockDrift, night.Last<GateClosed>().Reason);
        return night;
    }

    [Fact]
    public void AnElectionWithAnotherOpeningIsNotProvenByThisOnesRecord()
    {
        var night = new NightScene("20:01");
        night.Poll();
        Assert.True(night.Clock.OpeningProven);
        var moved = VirtualHost.Profile with { Opens = VirtualHost.Opens.AddDays(1) };
        var clock = new NightClock(moved, night.Settings.Clock);
        new GateKeeper(clock, night.Recorder, night.Settings.Clock).Remember(night.Journal.Records);
        Assert.False(clock.OpeningProven);
    }

    [Fact]
    public void AfterAJumpNothingGoesOutUntilEightSelectionsAgree()
    {
        var night = new NightScene();
        night.Poll();
        night.Deliver("20:00");
        night.Quietly("20:01");
        for (var poll = 1; poll <= 8; poll++)
        {
            Assert.Null(night.Live);
            night.Poll(30, 30, 30, 30);
        }
        Assert.Equal(JumpCause.Disagreement, night.Last<ClockJump>().Cause);
        night.SystemError = TimeSpan.FromSeconds(30);
        night.Poll(30, 30, 30, 30);
        Assert.Null(night.Live);
        night.Poll(30, 30, 30, 30);
        Assert.Equal("20:00", night.Live);
    }

    [Fact]
    public void ARestartDoesNotTrustTheTimeAfterAJumpAnySooner()
    {
        var night = new NightScene();
        night.Poll();
        night.Deliver("20:00");
        night.Quietly("20:01");
        night.Poll(30, 30, 30, 30);
        night.Restart();
        night.SystemError = TimeSpan.FromSeconds(30);
        for (var poll = 1; poll <= 8; poll++)
        {
            Assert.Null(night.Live);
            night.Poll(30, 30, 30, 30);
        }
        Assert.Equal("20:00", night.Live);
        Assert.Equal(1, night.Count(EventCode.ClockJump));
    }

    [Fact]
    public void AfterAJumpTheServersAreAskedSooner()
    {
        var night = new NightScene();
        night.Poll();
        Assert.False(night.IsHurried);
        night.Poll(30, 30, 30, 30);
        Assert.True(night.IsHurried);
        night.Poll(30, 30, 30, 30);
        Assert.False(night.IsHurried);
    }

    [Fact]
    public void TroubleOfTheClockTellsWhatTheHostsOwnClientSays()
    {
        var night = new NightScene { SystemError = TimeSpan.FromSeconds(5) };
        night.Poll(new HostTime("chrony", false, TimeSpan.FromSeconds(4)));
        var drift = night.Last<ClockDrift>();
        Assert.Equal(("chrony", false, 4d), (drift.HostClient, drift.HostSynchronized, drift.HostOffsetSeconds));
    }
}
