using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Tests.Gate;

namespace Difusor.Agent.Tests.Night;

/// <summary>Why a release waits, as its event and the status tell it.</summary>
public sealed class HoldReasonTests
{
    const string Corte = "2021-06-06T20:00:00";

    static readonly Window Later = new(NightScene.At("2021-06-08T09:00:00"), NightScene.At("2021-06-08T17:00:00"));

    static (HoldReason Reason, DateTimeOffset? OpensAt) Told(NightScene night) =>
        (night.Last<PackageHeld>().Reason, night.Last<PackageHeld>().OpensAt);

    static string Shown(NightScene night) => Assert.Single(night.Status().Held).Reason;

    [Fact]
    public void WhatWaitsForTheOpeningIsToldWhenThatIs()
    {
        var night = new NightScene("19:56");
        night.Poll();
        night.Deliver("20:00");
        Assert.Equal((HoldReason.BeforeOpening, VirtualHost.Opens), Told(night));
        Assert.Equal("before-opening", Shown(night));
    }

    [Fact]
    public void WhatTroubleOfTheClockHoldsIsPromisedNoHour()
    {
        var night = new NightScene("20:01") { SystemError = TimeSpan.FromSeconds(5) };
        night.Poll();
        night.Deliver("20:00");
        Assert.Equal((HoldReason.ClockDrift, null), Told(night));
        Assert.Equal("clock-drift", Shown(night));
    }

    [Fact]
    public void WhatMayHaveComeInARehearsalThatHasNotCertainlyBegunWaitsForItAndNotForTheOpening()
    {
        var night = new NightScene("2021-05-31T08:59:59.980");
        night.Poll(0, 0, 0, 0);
        night.Deliver(Corte);
        night.Turn();
        Assert.Equal((HoldReason.BeforeOpening, null), Told(night));
        Assert.Equal("before-opening", Shown(night));
        night.Quietly("2021-05-31T09:00:01");
        Assert.Equal("20:00", night.Rehearsed);
        Assert.Null(night.Live);
    }

    [Fact]
    public void WhatIsWholeOnlyAfterItsRehearsalIsToldSoAndGoes()
    {
        var night = new NightScene("2021-05-31T16:59:00");
        night.Poll();
        var late = night.Judged(Corte);
        night.To("2021-05-31T17:01:00");
        night.Verdicts.Take(late, night.Now);
        Assert.Equal((HoldReason.RehearsalOver, null), Told(night));
        Assert.Equal("rehearsal-over", Shown(night));
        night.Turn();
        Assert.Empty(night.Releases.Sealed);
    }

    [Fact]
    public void ARehearsalThatWaitsForASecondSelectionIsNotToldAsOver()
    {
        var night = new NightScene("2021-05-31T12:00:00");
        night.Poll(0, 0, 0);
        night.Deliver(Corte);
        Assert.Equal((HoldReason.ClockUnsynchronized, null), Told(night));
        night.Poll(0, 0, 0);
        Assert.Equal("20:00", night.Rehearsed);
    }

    [Fact]
    public void ARehearsalAfterTheOpeningIsNotTakenForOverWhileTimeIsUnknown()
    {
        var night = new NightScene(
            "20:01", profile: VirtualHost.Profile with { Rehearsals = [VirtualHost.Profile.Rehearsals[0], Later] });
        night.Poll();
        night.Quietly("2021-06-08T12:00:00");
        night.Restart();
        night.Poll(0, 0, 0);
        night.Deliver(Corte);
        Assert.Equal("clock-unsynchronized", Shown(night));
        night.Suspend(TimeSpan.FromMinutes(5));
        night.Turn();
        Assert.Equal("clock-unsynchronized", Shown(night));
        Assert.Equal(Root.Rehearsal, Assert.Single(night.Releases.Sealed).Destination);
    }

    [Fact]
    public void WhatHasNoRootYetIsShownAsHeldWithTheReasonOfTheClock()
    {
        var night = new NightScene("2021-05-31T12:00:00");
        night.Deliver(Corte);
        Assert.Equal("clock-unsynchronized", Shown(night));
    }

    [Fact]
    public void WhatMayBelongToALaterRehearsalIsUndecidedWhileTheGateIsOpenAndTimeIsUnknown()
    {
        var night = new NightScene("20:01", profile: VirtualHost.Profile with { Rehearsals = [Later] });
        night.Poll();
        night.Restart();
        night.Deliver("20:00");
        Assert.Equal((HoldReason.RehearsalUndecided, null), Told(night));
        Assert.Equal("rehearsal-undecided", Shown(night));
    }

    [Fact]
    public void WhatAnOperatorHoldsIsShownAsTheOperators()
    {
        var night = new NightScene("20:01");
        night.Poll();
        night.Deliver("20:00");
        night.Ask(new ActivateRelease(NightScene.Stamp("20:00"), "prueba", Hold: true));
        Assert.Equal(PackageState.Held, night.Deliver("20:01").Outcome);
        Assert.Equal("operator-hold", Shown(night));
        Assert.Equal(("PREP_2001", PackageState.Held), night.Ultimo);
    }
}
