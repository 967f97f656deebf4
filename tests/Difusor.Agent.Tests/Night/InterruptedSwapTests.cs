using Difusor.Agent.Events;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests.Night;

/// <summary>A swap that the disk interrupts: readers have the release, or not, and the record says which.</summary>
public sealed class InterruptedSwapTests
{
    static NightScene Open()
    {
        var night = new NightScene("20:01");
        night.Poll();
        night.Deliver("20:00");
        return night;
    }

    static Arrival Interrupted(NightScene night, string corte = "20:01")
    {
        var arrival = night.Judged(corte);
        Assert.Throws<IOException>(() => night.Verdicts.Take(arrival, night.Now));
        return arrival;
    }

    [Theory]
    [InlineData("Publish"), InlineData(MemoryReleases.AfterSwap), InlineData(null)]
    public void WhatTheNextTurnHasPublishedIsNotToldAsHeldWhenItsVerdictGoesOn(string? refused)
    {
        var night = Open();
        night.Releases.Refuses = refused;
        if (refused is null) night.Journal.Refuses = EventCode.CortePublished;
        var arrival = Interrupted(night);
        night.Turn();
        Assert.Equal("20:01", night.Live);
        Assert.Equal(2, night.Count(EventCode.CortePublished));
        night.Verdicts.Take(arrival, night.Now);
        night.Restart();
        Assert.Equal(PackageState.Published, arrival.Outcome);
        Assert.Equal(("PREP_2001", PackageState.Published), night.Ultimo);
        Assert.Equal(0, night.Count(EventCode.PackageHeld));
        Assert.Equal(2, night.Count(EventCode.CortePublished));
        Assert.Equal("PREP_2000", night.Releases.Previous(Root.Public)?.Package);
        Assert.Equal(night.Releases.Previous(Root.Public)?.Id, night.Last<CortePublished>().Previous);
        Assert.Equal([("PREP_2000", Root.Public), ("PREP_2001", Root.Public)], night.Served);
    }

    [Fact]
    public void AFlushThatFailedAfterTheSwapIsDoneAgainBeforeAnythingIsRecorded()
    {
        var night = Open();
        night.Releases.Refuses = MemoryReleases.AfterSwap;
        Interrupted(night);
        night.Releases.Refuses = MemoryReleases.AfterSwap;
        Assert.Throws<IOException>(night.Turn);
        Assert.Equal(1, night.Count(EventCode.CortePublished));
        night.Turn();
        Assert.Equal(2, night.Count(EventCode.CortePublished));
    }

    [Fact]
    public void WhatAnOperatorReplacesAfterAnInterruptedSwapDoesNotComeBack()
    {
        var night = Open();
        night.Releases.Refuses = MemoryReleases.AfterSwap;
        Interrupted(night);
        Assert.Equal("activated", night.Ask(new ActivateRelease(NightScene.Stamp("20:00"), "prueba", false)).Message);
        night.Turn();
        Assert.Equal("20:00", night.Live);
        Assert.EndsWith("OPERATOR_ACTION CORTE_PUBLISHED CORTE_PUBLISHED", night.Told, StringComparison.Ordinal);
    }

    [Fact]
    public void ANewerCorteComesAfterTheRecordOfTheLastOne()
    {
        var night = Open();
        night.Journal.Refuses = EventCode.CortePublished;
        Interrupted(night);
        night.Deliver("20:02");
        Assert.Equal(
            ["PREP_2000", "PREP_2001", "PREP_2002"],
            night.Journal.Records.Select(record => record.Happened).OfType<CortePublished>()
                .Select(published => published.Package));
    }

    [Fact]
    public void WhileTheJournalRefusesTheRecordNothingElseIsPublished()
    {
        var night = Open();
        night.Journal.Refuses = EventCode.CortePublished;
        Interrupted(night);
        night.Journal.Refuses = EventCode.CortePublished;
        Interrupted(night, "20:02");
        Assert.Equal("20:01", night.Live);
        night.Turn();
        Assert.Equal("20:02", night.Live);
        Assert.Equal(3, night.Count(EventCode.CortePublished));
    }

    [Theory]
    [InlineData(EventCode.CortePublished), InlineData(EventCode.PackageSuperseded)]
    public void AtTheOpeningTheJournalsRefusalDelaysTheRecordsAndTheAcusesAndLosesNone(EventCode refused)
    {
        var night = new NightScene("19:57");
        night.Poll();
        foreach (var corte in new[] { "20:00", "20:01", "20:02" }) night.Deliver(corte);
        night.Journal.Refuses = refused;
        Assert.Throws<IOException>(() => night.Quietly("20:01"));
        night.Turn();
        Assert.EndsWith(
            "GATE_OPENED CORTE_PUBLISHED PACKAGE_SUPERSEDED PACKAGE_SUPERSEDED", night.Told, StringComparison.Ordinal);
        Assert.Equal(
            [
                ("PREP_2002", PackageState.Published), ("PREP_2001", PackageState.Superseded),
                ("PREP_2000", PackageState.Superseded),
            ],
            night.Receipts.Skip(3));
        Assert.Equal(("PREP_2002", PackageState.Published), night.Ultimo);
    }

    [Fact]
    public void AnUnforeseenErrorAfterASwapKeepsNothingElseFromBeingPublished()
    {
        var night = Open();
        night.SentinelFault = new InvalidOperationException("unforeseen");
        Assert.Throws<InvalidOperationException>(() => night.Deliver("20:01"));
        Assert.Equal(PackageState.Published, night.Deliver("20:02").Outcome);
        Assert.Equal(3, night.Count(EventCode.CortePublished));
        Assert.Equal(3, night.Served.Count);
    }

    [Fact]
    public void ASiteThatIsWithdrawnAfterAnInterruptedSwapShowsNothingAsPublished()
    {
        var night = Open();
        night.Journal.Refuses = EventCode.CortePublished;
        Interrupted(night);
        Assert.Equal("withdrawn", night.Ask(new WithdrawSite("prueba", Force: true)).Message);
        night.Turn();
        Assert.Null(night.Publisher.PublishedSince);
        Assert.EndsWith("OPERATOR_ACTION CORTE_PUBLISHED", night.Told, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatAnOperatorActivatesIsRecordedAlsoIfTheJournalRefusesAtFirst()
    {
        var night = Open();
        night.Deliver("20:01");
        var replaced = night.Releases.Live(Root.Public)!.Id;
        night.Journal.Refuses = EventCode.CortePublished;
        Assert.Throws<IOException>(() => night.Ask(new ActivateRelease(NightScene.Stamp("20:00"), "prueba", false)));
        night.Turn();
        var published = night.Last<CortePublished>();
        Assert.Equal(3, night.Count(EventCode.CortePublished));
        Assert.Equal((night.Releases.Live(Root.Public)!.Id, replaced), (published.Release, published.Previous));
        Assert.Equal(("PREP_2000", Root.Public), night.Served[^1]);
        Assert.Null(published.Seconds);
    }
}
