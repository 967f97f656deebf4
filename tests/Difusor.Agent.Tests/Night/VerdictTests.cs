using Difusor.Agent.Events;
using Difusor.Agent.Night;

namespace Difusor.Agent.Tests.Night;

/// <summary>What follows from a verdict (contract, section 6).</summary>
public sealed class VerdictTests
{
    static NightScene Open(string at = "20:01")
    {
        var night = new NightScene(at);
        night.Poll();
        return night;
    }

    [Fact]
    public void AnAcceptedPackageIsVerifiedPublishedAndHasItsAcuse()
    {
        var night = Open();
        night.Deliver("20:00");
        Assert.Equal(
            "GATE_OPENED CLOCK_SYNCHRONIZED PACKAGE_VERIFIED CORTE_PUBLISHED".Split(' ').Order(),
            night.Told.Split(' ').Order());
        Assert.Equal([("PREP_2000", PackageState.Published)], night.Receipts);
        Assert.Equal(Root.Public, night.Last<CortePublished>().Root);
    }

    [Fact]
    public void ARejectedPackageLiesInQuarantineAndWhatIsLiveStays()
    {
        var night = Open();
        night.Deliver("20:00");
        Assert.Equal(PackageState.Rejected, night.Deliver("20:20", reasons: ReasonCode.DigestMismatch).Outcome);
        Assert.Equal("20:00", night.Live);
        Assert.Equal("quarantine/PREP_2020", night.Last<PackageRejected>().Quarantine);
        Assert.Equal("digest-mismatch", Assert.Single(Assert.Single(night.Releases.Quarantined).Reasons).Code);
    }

    [Fact]
    public void AnOlderCorteIsKeptAndNotPublished()
    {
        var night = Open("20:21");
        night.Deliver("20:20");
        Assert.Equal(PackageState.Superseded, night.Deliver("20:00").Outcome);
        Assert.Equal("20:20", night.Live);
        Assert.Contains("releases activate", night.Last<PackageSuperseded>().Activate, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSameBytesAgainAreDiscarded()
    {
        var night = Open();
        night.Deliver("20:00");
        Assert.Equal(PackageState.Duplicate, night.Deliver("20:00").Outcome);
        Assert.Equal(["PREP_2000"], night.Releases.Discarded);
        Assert.Single(night.Releases.Sealed);
        Assert.Equal(1, night.Count(EventCode.CortePublished));
    }

    [Fact]
    public void OtherBytesForTheLiveCorteArePublished()
    {
        var night = Open();
        night.Deliver("20:00");
        Assert.Equal(PackageState.Published, night.Deliver("20:00", "corregido").Outcome);
        Assert.Equal(2, night.Count(EventCode.CortePublished));
        Assert.Equal("PREP_2000corregido", night.Releases.Live(Root.Public)?.Package);
    }

    [Fact]
    public void ACorteOfTheFutureIsHeldAndGoesOutWhenItsTimeHasCome()
    {
        var night = Open();
        night.Deliver("20:00");
        Assert.Equal(PackageState.Held, night.Deliver("20:40").Outcome);
        Assert.Equal(HoldReason.FutureCorte, night.Last<PackageHeld>().Reason);
        Assert.Equal(PackageState.Published, night.Deliver("20:01").Outcome);
        night.To("20:36");
        Assert.Equal("20:40", night.Live);
    }

    [Fact]
    public void OfManyCortesOfTheFutureOnlySoManyAreHeldAndTheOthersWaitInTheDrop()
    {
        var night = Open();
        foreach (var corte in new[] { "21:00", "21:20", "21:40" }) night.Deliver(corte);
        var fourth = night.Deliver("22:00");
        Assert.Equal(PackageState.Rejected, fourth.Outcome);
        Assert.Equal("22:00", fourth.Later?.At.ToString("HH:mm"));
        Assert.Equal("future-corte", Assert.Single(night.Last<PackageRejected>().Reasons).Code);
        Assert.Equal(3, night.Publisher.HeldForTheFuture(night.Now));
    }

    [Fact]
    public void WhatIsHeldForTheFutureGoesWhereTheDiskHasNoRoom()
    {
        var night = Open();
        night.Deliver("20:00");
        night.Deliver("21:00");
        Assert.Equal(
            ["21:00"], night.Publisher.LetFutureGo(1, night.Now).Select(release => release.Corte.At.ToString("HH:mm")));
        Assert.Equal(["20:00"], night.Releases.Sealed.Select(release => release.Corte.At.ToString("HH:mm")));
        Assert.Equal(("PREP_2100", PackageState.Rejected), night.Receipts[^1]);
        // It is not the institute's fault, and it has nothing to do.
        Assert.Equal("no-room", Assert.Single(night.Last<PackageRejected>().Reasons).Code);
        Assert.Equal(Actor.Operator, ReasonTraits.Of(ReasonCode.NoRoom).Who);
        Assert.Empty(night.Publisher.LetFutureGo(1, night.Now));
    }

    [Fact]
    public void WhatIsHeldForTheFutureStaysWhereItIsNotWhatFillsTheDisk()
    {
        var night = Open();
        foreach (var corte in new[] { "21:00", "21:20", "21:40" }) night.Deliver(corte);
        var each = 2 * night.Releases.Sealed[0].Bytes;
        Assert.Empty(night.Publisher.LetFutureGo((3 * each) + 1, night.Now));
        Assert.Equal(0, night.Count(EventCode.PackageRejected));
        Assert.Equal(3, night.Publisher.HeldForTheFuture(night.Now));
        // Where it helps, no more go than must, and those that are published last.
        Assert.Equal(
            ["21:40", "21:20"],
            night.Publisher.LetFutureGo(each + 1, night.Now).Select(release => release.Corte.At.ToString("HH:mm")));
    }

    [Fact]
    public void ACorteOutsideTheElectionIsRejected()
    {
        var night = Open();
        night.Deliver("2021-06-05T20:00:00");
        var reason = Assert.Single(night.Last<PackageRejected>().Reasons);
        Assert.Equal("corte-outside-window", reason.Code);
        // Mostly the wrong election is configured: the reason names it, and the key.
        Assert.EndsWith($"(election: {night.Clock.Profile.Id})", reason.Detail, StringComparison.Ordinal);
        Assert.Equal("election", ReasonCatalogue.Rejections[reason.Code].Key);
        // The journal has it in English; what is kept for people is in their language.
        Assert.Contains(" is not within ", reason.Detail, StringComparison.Ordinal);
        var kept = Assert.Single(Assert.Single(night.Releases.Quarantined).Reasons);
        Assert.Contains(" no está entre ", kept.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherSeriesForTheSameCorteIsRejectedAndForALaterOnePublishedWithAWarning()
    {
        var night = Open();
        night.Deliver("20:00", series: "PREP_MEX");
        night.Deliver("20:00", "b", "PREP_AYUN");
        Assert.Equal("unexpected-series", Assert.Single(night.Last<PackageRejected>().Reasons).Code);
        night.To("20:21");
        night.Deliver("20:20", series: "PREP_AYUN");
        Assert.Equal("20:20", night.Live);
        Assert.Equal("series-changed", Assert.Single(night.Last<PackageVerified>().Warnings!).Code);
    }

    [Fact]
    public void ASeriesThatTheConfigurationNamesIsNoSurprise()
    {
        var night = new NightScene("20:01", NightScene.Configuration() with { Drop = new() { Series = "PREP_" } });
        night.Poll();
        night.Deliver("20:00", series: "PREP_MEX");
        Assert.Equal(PackageState.Published, night.Deliver("20:00", "b", "PREP_AYUN").Outcome);
    }

    [Theory]
    [InlineData("Seal"), InlineData("Publish"), InlineData("Quarantine")]
    public void WhatTheDiskInterruptsGoesOnWhereItStoppedAndNothingIsRecordedTwice(string refused)
    {
        var night = Open();
        night.Releases.Refuses = refused;
        var arrival = refused == "Quarantine" ? night.Judged("20:00", reasons: ReasonCode.DigestMismatch)
            : night.Judged("20:00");
        Assert.Throws<IOException>(() => night.Verdicts.Take(arrival, night.Now));
        Assert.Null(arrival.Outcome);
        night.Verdicts.Take(arrival, night.Now);
        Assert.Equal(refused == "Quarantine" ? PackageState.Rejected : PackageState.Published, arrival.Outcome);
        Assert.Equal(refused == "Quarantine" ? 0 : 1, night.Count(EventCode.PackageVerified));
        Assert.Equal(refused == "Quarantine" ? 1 : 0, night.Count(EventCode.PackageRejected));
    }

    [Fact]
    public void AVerdictThatTheJournalRefusesIsNotPublished()
    {
        var night = Open();
        night.Journal.Refuses = EventCode.PackageVerified;
        var arrival = night.Judged("20:00");
        Assert.Throws<IOException>(() => night.Verdicts.Take(arrival, night.Now));
        Assert.Null(night.Live);
        Assert.Empty(night.Releases.Sealed);
        night.Verdicts.Take(arrival, night.Now);
        Assert.Equal("20:00", night.Live);
    }

    [Fact]
    public void AnArrivalThatWasSealedAndOvertakenMeanwhileIsSuperseded()
    {
        var night = Open();
        night.Releases.Refuses = "Publish";
        var late = night.Judged("20:00");
        Assert.Throws<IOException>(() => night.Verdicts.Take(late, night.Now));
        night.Deliver("20:01");
        night.Verdicts.Take(late, night.Now);
        Assert.Equal("20:01", night.Live);
        Assert.Equal(PackageState.Superseded, late.Outcome);
        Assert.Equal("20:01", night.Last<PackageSuperseded>().PublishedCorte.At.ToString("HH:mm"));
    }
}
