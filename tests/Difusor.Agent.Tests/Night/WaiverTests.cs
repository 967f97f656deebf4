using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Night;
using Difusor.Agent.Tests.Gate;

namespace Difusor.Agent.Tests.Night;

/// <summary>What an operator may waive, and that it does no more than that (contract, section 8).</summary>
public sealed class WaiverTests
{
    static readonly Finding Weak = Finding.Of(ReasonCode.WeakAlgorithm, "a.html", "MD5");

    static NightScene Open()
    {
        var night = new NightScene("20:01");
        night.Poll();
        return night;
    }

    /// <summary>The host's clock goes wrong, so the servers see it drift.</summary>
    static void Drift(NightScene night)
    {
        night.SystemError = TimeSpan.FromSeconds(5);
        night.Poll();
        night.Poll();
        Assert.Equal(GateReason.ClockDrift, night.Clock.Decision.Reason);
    }

    /// <summary>A package by hand, in which more is counted than is listed: five reasons and two warnings.</summary>
    static Arrival Counted(NightScene night, params ReasonCode[] reasons)
    {
        var judged = night.Judged("20:00", reasons: reasons);
        var verdict = judged.Verdict with { Warnings = [Weak], MoreReasons = 5, MoreWarnings = 2 };
        return new Arrival("B", verdict, judged.Staged, night.Now, night.Now) { Waived = ["uncovered-file"] };
    }

    [Fact]
    public void WhatWasOnlyCountedOfAWaivedReasonIsCountedAsWarnings()
    {
        var night = Open();
        var arrival = Counted(night, ReasonCode.UncoveredFile);
        night.Verdicts.Take(arrival, night.Now);
        var told = night.Last<PackageVerified>();
        Assert.Equal(["weak-algorithm", "uncovered-file"], told.Warnings!.Select(warning => warning.Code));
        Assert.Equal(9, told.WarningsTotal);
        Assert.Equal(0, arrival.Verdict.ReasonsTotal);
    }

    [Fact]
    public void WhereAnotherReasonIsLeftWhatWasOnlyCountedStaysAReason()
    {
        var night = Open();
        night.Verdicts.Take(Counted(night, ReasonCode.UncoveredFile, ReasonCode.DigestMismatch), night.Now);
        var told = night.Last<PackageRejected>();
        Assert.Equal((6, 4), (told.ReasonsTotal, told.WarningsTotal));
        Assert.Equal("digest-mismatch", Assert.Single(told.Reasons).Code);
    }

    [Fact]
    public void AWaiverOfTheClockTakesNoRehearsalsPackageToThePublic()
    {
        var night = new NightScene("20:31");
        night.Clock.Follow(
            VirtualHost.Profile with { Rehearsals = [new Window(NightScene.At("20:20"), NightScene.At("21:00"))] },
            night.Settings.Clock);
        Drift(night);
        night.Publish("20:20", ["clock-drift"]);
        Assert.Null(night.Live);
        Assert.Equal(Root.Rehearsal, Assert.Single(night.Releases.Sealed).Destination);
    }

    [Fact]
    public void AWaivedClockLetsOutTheSameBytesThatWaitForIt()
    {
        var night = new NightScene("19:57");
        night.Poll();
        night.Deliver("20:00");
        Drift(night);
        night.Quietly("20:10");
        Assert.Null(night.Live);
        var (reply, arrival) = night.Publish("20:00", ["clock-drift"]);
        Assert.Equal(("published", PackageState.Published), (reply.Message, arrival.Outcome));
        Assert.Equal("20:00", night.Live);
        Assert.Equal(["PREP_2000"], night.Releases.Discarded);
        Assert.Single(night.Releases.Sealed);
    }

    [Fact]
    public void TheSameBytesThatWaitForTheOpeningStayUnpublishedWhenTheyComeAgain()
    {
        var night = new NightScene("19:57");
        night.Poll();
        night.Deliver("20:00");
        night.Deliver("20:00");
        Assert.Null(night.Live);
        Assert.Equal(["PREP_2000"], night.Releases.Discarded);
        Assert.Single(night.Releases.Sealed);
    }
}
