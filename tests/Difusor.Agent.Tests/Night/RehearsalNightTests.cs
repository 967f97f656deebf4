using Difusor.Agent.Events;
using Difusor.Agent.Night;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Night;

/// <summary>A rehearsal has its own root, and nothing of it reaches the public one (contract, section 8).</summary>
public sealed class RehearsalNightTests
{
    const string Morning = "2021-05-31T08:59:00", Noon = "2021-05-31T12:00:00", Evening = "2021-05-31T17:01:00";

    [Fact]
    public void InARehearsalAPackageGoesToTheRehearsalsRootAloneAndGoesAtItsEnd()
    {
        var night = new NightScene(Morning);
        night.Poll();
        night.To(Noon);
        Assert.Equal(Root.Rehearsal, night.Last<GateOpened>().Root);
        Assert.Equal(PackageState.Published, night.Deliver("2021-06-06T20:00:00").Outcome);
        Assert.Equal("20:00", night.Rehearsed);
        Assert.Null(night.Live);
        Assert.Equal(Root.Rehearsal, night.Last<CortePublished>().Root);
        Assert.Equal(PackageState.Duplicate, night.Deliver("2021-06-06T20:00:00").Outcome);
        night.Deliver("2021-06-06T20:20:00", "mal", reasons: ReasonCode.DigestMismatch);
        Assert.All(
            night.Journal.Records.Where(record => record.Event.StartsWith("PACKAGE_", StringComparison.Ordinal)),
            record => Assert.Equal("rehearsal", (string?)record.Fields["root"]));
        night.To(Evening);
        Assert.Equal(HoldReason.RehearsalOver, night.Last<GateClosed>().Reason);
        Assert.Null(night.Rehearsed);
        Assert.Empty(night.Releases.Sealed);
    }

    [Fact]
    public void EveryEventOfARehearsalReadsOtherwiseThanTheElections()
    {
        foreach (var (start, isRehearsal) in new[] { (Noon, true), ("2021-06-06T20:01:00", false) })
        {
            var night = new NightScene(start);
            night.Poll();
            night.Deliver("2021-06-06T20:00:00");
            var told = night.Journal.Records.Where(record => record.Event != "CLOCK_SYNCHRONIZED")
                .Select(record => EventCatalogue.Sentence(Language.Es, record.Event, record.Fields)).ToList();
            Assert.Equal(3, told.Count);
            Assert.All(
                told, text => Assert.Equal(isRehearsal, text.StartsWith("Simulacro: ", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void ARehearsalsOpeningIsNoProofOfTheElections()
    {
        var night = new NightScene(Noon);
        night.Poll();
        night.Restart();
        Assert.False(night.Clock.OpeningProven);
        Assert.NotNull(night.Clock.Rehearsal);
    }

    [Fact]
    public void ARehearsalThatWasOverWhileTheAgentWasDownIsTakenDownAtTheNextStart()
    {
        var night = new NightScene(Noon);
        night.Poll();
        night.Deliver("2021-06-06T20:00:00");
        night.Quietly(Evening);
        night.Restart();
        night.Poll();
        Assert.Null(night.Rehearsed);
        Assert.Null(night.Clock.Rehearsal);
    }

    [Fact]
    public void ClockTroubleInBetweenDoesNotEndARehearsal()
    {
        var night = new NightScene(Noon);
        night.Poll();
        night.Deliver("2021-06-06T20:00:00");
        night.Suspend(TimeSpan.FromMinutes(5));
        night.Turn();
        Assert.Equal("20:00", night.Rehearsed);
        night.Poll();
        Assert.Equal("20:00", night.Rehearsed);
        Assert.Equal(1, night.Count(EventCode.GateOpened));
    }

    [Fact]
    public void WhatComesWhileTimeIsNotKnownWaitsAndGoesWhereItBelongs()
    {
        var night = new NightScene(Noon);
        var arrival = night.Deliver("2021-06-06T20:00:00");
        Assert.Equal(PackageState.Held, arrival.Outcome);
        Assert.Null(night.Releases.Sealed[0].Destination);
        night.Poll();
        Assert.Equal("20:00", night.Rehearsed);
        Assert.Null(night.Live);
    }

    [Fact]
    public void WhatWaitsForItsRootAndIsOutsideTheElectionIsRejected()
    {
        var night = new NightScene("2021-06-03T12:00:00");
        night.Deliver("2021-06-03T12:00:00");
        night.Poll();
        Assert.Equal("corte-outside-window", Assert.Single(night.Last<PackageRejected>().Reasons).Code);
        Assert.Empty(night.Releases.Sealed);
    }

    [Fact]
    public void WhatAnEarlierRunSealedInARehearsalStaysTheRehearsals()
    {
        var night = new NightScene(Noon);
        night.Deliver("2021-06-06T20:00:00");
        night.Quietly("2021-06-06T20:01:00");
        night.Restart();
        night.Poll();
        Assert.Null(night.Live);
        Assert.DoesNotContain(night.Releases.Sealed, release => release.Destination == Root.Public);
    }
}
