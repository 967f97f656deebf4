using Difusor.Agent.Events;
using Difusor.Agent.Night;
using Difusor.Agent.Tests.Gate;

namespace Difusor.Agent.Tests.Night;

/// <summary>What the events of a verdict say to those who must act, and what a disk fault in between leaves.</summary>
public sealed class VerdictEventsTests
{
    static NightScene Open(string at = "20:01")
    {
        var night = new NightScene(at);
        night.Poll();
        return night;
    }

    static Finding Reason(NightScene night) => Assert.Single(night.Last<PackageRejected>().Reasons);

    [Fact]
    public void AnUnexpectedSeriesIsToldWithTheOneThatIsThere()
    {
        var night = Open();
        night.Deliver("20:00", series: "PREP_MEX");
        night.Deliver("20:00", "b", "PREP_AYUN");
        Assert.Equal(
            Finding.Of(ReasonCode.UnexpectedSeries, null, "this corte is there as PREP_MEX"), Reason(night));
    }

    [Fact]
    public void ACorteOutsideTheElectionIsToldWithTheElectionAndItsWholeWindow()
    {
        var night = Open();
        night.Deliver("2021-06-05T20:00:00");
        Assert.Equal(
            Finding.Of(
                ReasonCode.CorteOutsideWindow, null,
                "2021-06-05T20:00:00-05:00 is not within 2021-06-06T20:00:00-05:00 and 2021-06-08T23:59:59-05:00 "
                + "(election: ieem-2021)"),
            Reason(night));
    }

    [Fact]
    public void WhereTheFutureIsFullACorteWhoseTimeHasComeStillGoesOut()
    {
        var night = Open();
        foreach (var corte in new[] { "21:00", "21:20", "21:40", "22:00" }) night.Deliver(corte);
        Assert.Equal(
            Finding.Of(ReasonCode.FutureCorte, null, "2021-06-06T22:00:00-05:00; 3 of the future are held"),
            Reason(night));
        Assert.Equal(PackageState.Published, night.Deliver("20:00").Outcome);
        Assert.Equal("20:00", night.Live);
    }

    [Fact]
    public void AChangedSeriesIsWarnedOfBesideOtherWarningsAndOnceThoughTheDiskInterrupts()
    {
        var night = Open();
        night.Deliver("20:00", series: "PREP_MEX");
        night.To("20:21");
        var other = new Finding("corte-from-name", null, "seen");
        var arrival = night.Judged("20:20", series: "PREP_AYUN");
        arrival.Verdict = arrival.Verdict with { Warnings = [other] };
        night.Releases.Refuses = "Publish";
        Assert.Throws<IOException>(() => night.Verdicts.Take(arrival, night.Now));
        night.Verdicts.Take(arrival, night.Now);
        Assert.Equal("20:20", night.Live);
        Finding[] warnings = [other, new Finding("series-changed", null, "PREP_MEX was published before")];
        Assert.Equal(warnings, arrival.Verdict.Warnings);
        Assert.Equal(warnings, night.Last<PackageVerified>().Warnings);
    }

    [Fact]
    public void ASeriesThatTheElectionNamesIsNoSurprise()
    {
        var night = new NightScene("20:01");
        night.Clock.Follow(VirtualHost.Profile with { Series = "PREP_" }, night.Settings.Clock);
        night.Poll();
        night.Deliver("20:00", series: "PREP_MEX");
        Assert.Equal(PackageState.Published, night.Deliver("20:00", "b", "PREP_AYUN").Outcome);
        Assert.Empty(night.Last<PackageVerified>().Warnings!);
    }

    [Fact]
    public void ARejectionThatTheJournalRefusesGoesToQuarantineOnce()
    {
        var night = Open();
        night.Journal.Refuses = EventCode.PackageRejected;
        var arrival = night.Judged("20:00", reasons: ReasonCode.DigestMismatch);
        Assert.Throws<IOException>(() => night.Verdicts.Take(arrival, night.Now));
        night.Verdicts.Take(arrival, night.Now);
        Assert.Equal(PackageState.Rejected, arrival.Outcome);
        Assert.Single(night.Releases.Quarantined);
        Assert.Equal(1, night.Count(EventCode.PackageRejected));
    }

    [Theory]
    [InlineData(0, null), InlineData(1, 1L), InlineData(7, 7L)]
    public void ARejectionTellsHowManyVerdictsWerePutOffUnlessNoneWas(long putOff, long? told)
    {
        var night = Open();
        var judged = night.Judged("20:00", reasons: ReasonCode.DigestMismatch);
        var arrival = new Arrival("P", judged.Verdict, judged.Staged, night.Now, night.Now) { PutOff = putOff };
        night.Verdicts.Take(arrival, night.Now);
        Assert.Equal(told, night.Last<PackageRejected>().PutOff);
    }

    [Fact]
    public void EachRejectionLeavesTheQuarantineNoLargerThanIsConfigured()
    {
        var night = new NightScene(
            "20:01", NightScene.Configuration() with { Quarantine = new() { Keep = 7, Size = 1000 } });
        night.Poll();
        night.Deliver("20:00");
        Assert.Null(night.Releases.QuarantinePruned);
        night.Deliver("20:00", "b", null, ReasonCode.DigestMismatch);
        Assert.Equal((7, 1000L), night.Releases.QuarantinePruned);
    }

    [Fact]
    public void TheSameBytesAgainAreToldWithTheReleaseThatHasThem()
    {
        var night = Open();
        night.Deliver("20:00");
        night.Deliver("20:00");
        var told = night.Last<PackageDuplicate>();
        Assert.Equal(
            ("PREP_2000", "2021-06-06T20:00:00-05:00", "huella 20:00 ", night.Releases.Live(Root.Public)!.Id),
            (told.Package, told.Corte.ToString(), told.ManifestSha256, told.Release));
    }

    [Fact]
    public void WhatCameAfterARehearsalIsTheElectionsThoughTheAgentStartedInTheRehearsal()
    {
        var night = new NightScene("2021-05-31T16:00:00");
        night.Quietly("2021-05-31T18:00:00");
        Assert.Equal(PackageState.Held, night.Deliver("2021-06-06T20:00:00").Outcome);
        night.Poll();
        Assert.Equal(Root.Public, Assert.Single(night.Releases.Sealed).Destination);
        Assert.Null(night.Live);
    }
}
