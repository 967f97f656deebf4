using Difusor.Agent.Events;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests.Night;

/// <summary>What an operator asks of a corte that is there twice, is too early, or was gone back from.</summary>
public sealed class RepeatedCorteTests
{
    [Fact]
    public void OfACorteThatARehearsalHasTooThePublicsIsActivated()
    {
        var night = NightScene.Open("20:00");
        var rehearsed = night.Judged("20:00", "ensayo");
        rehearsed.Staged.Seal(rehearsed.Verdict, Root.Rehearsal, future: false, night.Now.System);
        Assert.Equal("activated", night.Ask(NightScene.Activate("20:00")).Message);
        Assert.Equal("PREP_2000", night.Releases.Live(Root.Public)?.Package);
    }

    [Fact]
    public void WhatAnHourKeepsBackIsToldWithTheHour()
    {
        var night = new NightScene("19:30");
        night.Poll();
        night.Deliver("20:00");
        night.To("19:59");
        var reply = night.Ask(NightScene.Activate("20:00"));
        Assert.Equal(("before-opening", NightScene.Stamp("20:00")), (reply.Values["reason"], reply.Values["opens_at"]));
    }

    [Fact]
    public void WhatAnOperatorWentBackFromAndHoldsIsHeldWhenItComesAgain()
    {
        var night = NightScene.Open("20:00", "20:20");
        night.Ask(NightScene.Activate("20:00", hold: true));
        Assert.Equal(PackageState.Held, night.Deliver("20:20").Outcome);
        Assert.Equal(HoldReason.OperatorHold, night.Last<PackageHeld>().Reason);
    }

    [Fact]
    public void ADuplicateThatADiskFaultInterruptsIsDiscardedOnce()
    {
        var night = NightScene.Open("20:00");
        night.Journal.Refuses = EventCode.PackageDuplicate;
        var again = night.Judged("20:00");
        Assert.Throws<IOException>(() => night.Verdicts.Take(again, night.Now));
        night.Verdicts.Take(again, night.Now);
        Assert.Equal(["PREP_2000"], night.Releases.Discarded);
    }

    [Fact]
    public void AHoldThatEndsWithNothingToPublishSaysSo()
    {
        var night = NightScene.Open();
        night.Ask(new WithdrawSite("prueba", Force: true));
        Assert.Equal("resumed-unpublished", night.Ask(new ResumeReleases()).Message);
    }
}
