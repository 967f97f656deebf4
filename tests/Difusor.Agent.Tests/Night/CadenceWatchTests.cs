using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Tests.Gate;

namespace Difusor.Agent.Tests.Night;

/// <summary>A corte that is late, and on whose side the delay is (call, I.11).</summary>
public sealed class CadenceWatchTests
{
    static NightScene Published()
    {
        var night = new NightScene("20:01");
        night.Poll();
        night.Deliver("20:00");
        return night;
    }

    [Fact]
    public void ACorteIsOverdueAfterTheCadenceAndTheGraceAndEndsWithTheNext()
    {
        var night = Published();
        night.To("20:25");
        Assert.Equal(0, night.Count(EventCode.CorteOverdue));
        night.To("20:27");
        Assert.Equal(OverdueCause.NothingArrived, night.Last<CorteOverdue>().Cause);
        Assert.Contains("CORTE_OVERDUE", night.Wrong);
        night.Deliver("20:20");
        night.Turn();
        Assert.Equal(NightScene.At("20:20"), night.Last<CorteResumed>().Corte?.At);
        Assert.Empty(night.Wrong);
        Assert.Equal((1, 1), (night.Count(EventCode.CorteOverdue), night.Count(EventCode.CorteResumed)));
    }

    [Fact]
    public void ADelayThatWasToldGoesOnOverARestartAndEndsOnce()
    {
        var night = Published();
        night.Quietly("20:02");
        night.Deliver("20:20", "mal", reasons: ReasonCode.DigestMismatch);
        night.To("20:28");
        Assert.Equal(OverdueCause.Rejected, night.Last<CorteOverdue>().Cause);
        night.Restart();
        Assert.Equal(["CORTE_OVERDUE", "PACKAGE_REJECTED"], night.Wrong);
        night.To("20:40");
        Assert.Equal(1, night.Count(EventCode.CorteOverdue));
        night.To("20:48");
        // The cadence that is missing now is told, and on whose side it still is.
        Assert.Equal(2, night.Count(EventCode.CorteOverdue));
        Assert.Equal(
            (OverdueCause.Rejected, "PREP_2020mal"),
            (night.Last<CorteOverdue>().Cause, Assert.Single(night.Last<CorteOverdue>().Packages!)));
        night.Restart();
        night.Deliver("20:40");
        night.Turn();
        Assert.Equal(1, night.Count(EventCode.CorteResumed));
        Assert.InRange(night.Last<CorteResumed>().Seconds!.Value, 20 * 60 - 1, 20 * 60 + 1);
        night.Restart();
        Assert.Empty(night.Wrong);
        Assert.Equal(1, night.Count(EventCode.CorteResumed));
    }

    [Fact]
    public void ACrashBetweenAPublicationAndTheEndOfTheDelayLeavesNoDelay()
    {
        var night = Published();
        night.To("20:27");
        night.Deliver("20:20");
        Assert.Equal(0, night.Count(EventCode.CorteResumed));
        night.Restart();
        Assert.Equal(1, night.Count(EventCode.CorteResumed));
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void BeforeTheOpeningNothingIsOverdue()
    {
        var night = new NightScene();
        night.Poll();
        night.To("19:59");
        Assert.Equal(0, night.Count(EventCode.CorteOverdue));
    }

    [Fact]
    public void ARejectionSinceTheLastPublicationIsBlamedAndAnEarlierOneIsNot()
    {
        var night = new NightScene("20:01");
        night.Poll();
        night.Deliver("20:00", "mal", reasons: ReasonCode.DigestMismatch);
        night.Deliver("20:00");
        night.To("20:28");
        Assert.Equal(OverdueCause.NothingArrived, night.Last<CorteOverdue>().Cause);
        night.Deliver("20:20", "mal", reasons: ReasonCode.DigestMismatch);
        night.To("20:48");
        Assert.Equal(
            (OverdueCause.Rejected, "PREP_2020mal"),
            (night.Last<CorteOverdue>().Cause, Assert.Single(night.Last<CorteOverdue>().Packages!)));
    }

    [Fact]
    public void WhatWaitsHereIsBlamedBeforeAnythingElse()
    {
        var night = Published();
        night.Ask(new ActivateRelease(NightScene.Stamp("20:00"), "prueba", Hold: true));
        night.To("20:21");
        night.Deliver("20:20");
        night.To("20:50");
        Assert.Equal(
            (OverdueCause.Held, "PREP_2020"),
            (night.Last<CorteOverdue>().Cause, Assert.Single(night.Last<CorteOverdue>().Packages!)));
    }

    [Fact]
    public void ACorteWhoseTimeHasNotComeIsNotBlamed()
    {
        var night = Published();
        night.Deliver("21:00");
        night.To("20:28");
        Assert.Equal(OverdueCause.NothingArrived, night.Last<CorteOverdue>().Cause);
        Assert.Empty(night.Last<CorteOverdue>().Packages ?? []);
    }

    [Fact]
    public void ACorteThatCameBeforeItsTimeAndWaitsForTheOperatorIsBlamed()
    {
        var night = Published();
        night.Ask(new ActivateRelease(NightScene.Stamp("20:00"), "prueba", Hold: true));
        night.Deliver("20:20");
        night.To("20:28");
        Assert.Equal(
            (OverdueCause.Held, "PREP_2020"),
            (night.Last<CorteOverdue>().Cause, Assert.Single(night.Last<CorteOverdue>().Packages!)));
    }

    [Fact]
    public void WhatWaitsForTheTimeToBeKnownIsBlamed()
    {
        var later = new Window(NightScene.At("2021-06-08T09:00:00"), NightScene.At("2021-06-08T17:00:00"));
        var night = new NightScene("20:01", profile: VirtualHost.Profile with { Rehearsals = [later] });
        night.Poll();
        night.Deliver("20:00");
        night.Quietly("20:21");
        night.Restart();
        night.Deliver("20:20");
        night.Quietly("20:27");
        Assert.Equal(
            (OverdueCause.Held, "PREP_2020"),
            (night.Last<CorteOverdue>().Cause, Assert.Single(night.Last<CorteOverdue>().Packages!)));
    }

    [Fact]
    public void WhatWaitsForARehearsalIsNotBlamed()
    {
        var rehearsal = new Window(NightScene.At("20:20"), NightScene.At("20:40"));
        var night = new NightScene("20:01", profile: VirtualHost.Profile with { Rehearsals = [rehearsal] });
        night.Poll();
        night.Deliver("20:00");
        night.Quietly("20:24");
        night.Restart();
        night.Poll(0, 0, 0);
        Assert.Equal(PackageState.Held, night.Deliver("20:20").Outcome);
        Assert.Equal(Root.Rehearsal, night.Releases.Sealed[0].Destination);
        night.Quietly("20:27");
        Assert.Equal(OverdueCause.NothingArrived, night.Last<CorteOverdue>().Cause);
    }

    [Fact]
    public void WhatIsArrivingIsBlamed()
    {
        var night = Published();
        night.Quietly("20:24");
        night.Quietly("20:25");
        night.Cadence.Tick(Delivering(night), night.Now);
        Assert.Equal(0, night.Count(EventCode.CorteOverdue));
        var other = Published();
        other.Suspend(TimeSpan.Zero);
        other.Cadence.Tick(
            Delivering(other),
            other.Now
            with { System = NightScene.At("20:27"),
            Raw = other.Now.Raw + (long)TimeSpan.FromMinutes(26).TotalNanoseconds });
        Assert.Equal(OverdueCause.Arriving, other.Last<CorteOverdue>().Cause);
    }

    static DropSight Delivering(NightScene night, DeliveryState state = DeliveryState.Arriving) =>
        new([new DeliveryProgress("PREP_2020", state, 3, 100, night.Now, night.Now)], []);

    static DropSight Lying(string changed, bool isQuiet = true) =>
        new([], [new IgnoredEntry("index.html", IgnoredCause.LooseFiles, NightScene.At(changed), isQuiet)]);

    [Theory]
    [InlineData(DeliveryState.Arriving, OverdueCause.Arriving)]
    [InlineData(DeliveryState.Judging, OverdueCause.Arriving)]
    [InlineData(DeliveryState.Stalled, OverdueCause.Stalled), InlineData(DeliveryState.SetAside, OverdueCause.SetAside)]
    public void ADeliveryWithoutAVerdictIsBlamedAsWhatItIs(DeliveryState state, OverdueCause cause)
    {
        var night = Published();
        night.Sight = Delivering(night, state);
        night.To("20:28");
        IsOverdue(night, cause, "PREP_2020");
    }

    [Theory]
    [InlineData(true, OverdueCause.Ignored), InlineData(false, OverdueCause.Arriving)]
    public void WhatIsNoDeliveryIsBlamedWhereItCameSinceTheLastPublication(bool isQuiet, OverdueCause cause)
    {
        var night = Published();
        night.Sight = Lying("20:21", isQuiet);
        night.To("20:28");
        IsOverdue(night, cause, "index.html");
    }

    [Fact]
    public void WhatLayInTheDropBeforeTheLastPublicationIsNotBlamed()
    {
        var night = Published();
        night.Sight = Lying("19:00");
        night.To("20:28");
        Assert.Equal(OverdueCause.NothingArrived, night.Last<CorteOverdue>().Cause);
    }

    [Fact]
    public void ADropThatCannotBeReadIsBlamedForNobodyKnowsWhatArrived()
    {
        var night = Published();
        night.Sight = DropSight.Empty with { Unreadable = "/srv/difusor/entrega" };
        night.To("20:28");
        IsOverdue(night, OverdueCause.DropUnreadable, "/srv/difusor/entrega");
    }

    [Fact]
    public void ThePublishedCorteOnceMoreOrAnOlderOneIsNotNothingAlsoOverARestart()
    {
        var night = Published();
        night.To("20:21");
        night.Deliver("20:20");
        night.Quietly("20:41");
        night.Deliver("20:20");
        night.Deliver("20:00", "otra vez");
        night.Restart();
        night.To("20:47");
        Assert.Equal(OverdueCause.NotNewer, night.Last<CorteOverdue>().Cause);
        Assert.Equal(["PREP_2020", "PREP_2000otra vez"], night.Last<CorteOverdue>().Packages!);
    }

    [Fact]
    public void ACorteOfTheFutureThatCameInsteadIsNotNothing()
    {
        var night = Published();
        night.Quietly("20:20");
        night.Deliver("21:20");
        night.To("20:28");
        IsOverdue(night, OverdueCause.Future, "PREP_2120");
    }

    [Fact]
    public void ARejectionOfANewerCorteThatCameBeforeTheLastPublicationIsBlamedOnceItsTimeHasCome()
    {
        var night = new NightScene("20:01");
        night.Poll();
        night.Deliver("20:20", "mal", reasons: ReasonCode.DigestMismatch);
        night.Quietly("20:02");
        night.Deliver("20:00");
        night.To("20:29");
        IsOverdue(night, OverdueCause.Rejected, "PREP_2020mal");
    }

    static void IsOverdue(NightScene night, OverdueCause cause, string name) => Assert.Equal(
        (cause, name), (night.Last<CorteOverdue>().Cause, Assert.Single(night.Last<CorteOverdue>().Packages!)));

    [Fact]
    public void AfterAWithdrawalItCountsFromThere()
    {
        var night = Published();
        night.To("20:20");
        night.Ask(new WithdrawSite("prueba", Force: true));
        night.To("20:40");
        Assert.Equal(0, night.Count(EventCode.CorteOverdue));
        night.To("20:46");
        Assert.Null(night.Last<CorteOverdue>().Corte);
    }

    [Fact]
    public void AfterARestartItCountsFromThePublication()
    {
        var night = Published();
        night.Quietly("20:24");
        night.Restart();
        night.To("20:25");
        Assert.Equal(0, night.Count(EventCode.CorteOverdue));
        night.To("20:27");
        Assert.Equal(1, night.Count(EventCode.CorteOverdue));
    }
}
