using Difusor.Agent.Events;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests.Night;

/// <summary>What is kept, what must go, and what is told of it.</summary>
public sealed class KeepingTests
{
    static NightScene Open(int keep = 8)
    {
        var night = new NightScene(
            "20:01", NightScene.Configuration() with { Publication = new() { KeepReleases = keep } });
        night.Poll();
        return night;
    }

    static IEnumerable<string> Stored(NightScene night) =>
        night.Releases.Sealed.Select(release => release.Corte.At.ToString("HH:mm"));

    [Fact]
    public void OfTooManyThatWaitTheOldestGoAndAreToldThatNoCommandBringsThemBack()
    {
        var night = new NightScene("19:58");
        night.Poll();
        for (var issue = 0; issue <= WaitingRoom.Most; issue++) night.Deliver("20:00", $"-{issue:00}");
        night.Deliver("20:01");
        night.Turn();
        Assert.Equal(WaitingRoom.Most, night.Releases.Sealed.Count);
        Assert.Equal(2, night.Count(EventCode.PackageSuperseded));
        var told = night.Last<PackageSuperseded>();
        Assert.Equal(("PREP_2000-01", null), (told.Package, told.Activate));
        Assert.Equal("20:01", told.PublishedCorte.At.ToString("HH:mm"));
        Assert.Equal(
            [("PREP_2000-00", PackageState.Superseded), ("PREP_2000-01", PackageState.Superseded)],
            night.Receipts.TakeLast(2));
        Assert.Equal(("PREP_2001", PackageState.Held), night.Ultimo);
    }

    [Fact]
    public void AFloodWhileTimeIsUnknownKeepsNoMoreThanTheLastOnes()
    {
        var night = new NightScene("2021-05-31T12:00:00");
        for (var issue = 0; issue <= WaitingRoom.Most; issue++) night.Deliver("20:00", $"-{issue:00}");
        night.Turn();
        Assert.Equal(WaitingRoom.Most, night.Releases.Sealed.Count);
        Assert.DoesNotContain(night.Releases.Sealed, release => release.Package == "PREP_2000-00");
        Assert.Equal("PREP_2000-00", night.Last<PackageSuperseded>().Package);
    }

    [Fact]
    public void OfWhatWasPublishedOnlyTheLastOnesStay()
    {
        var night = Open(keep: 2);
        foreach (var corte in new[] { "20:00", "20:01", "20:02", "20:03" }) night.Deliver(corte);
        night.Turn();
        Assert.Equal(["20:03", "20:02"], Stored(night));
    }

    [Fact]
    public void WhatHasNoRootYetOutlivesARetentionThatKeepsFewer()
    {
        var night = new NightScene("2021-05-31T12:00:00");
        foreach (var issue in new[] { "a", "b", "c" }) night.Deliver("20:00", issue);
        night.Publisher.Prune(keep: 0, night.Now);
        Assert.Equal(3, night.Releases.Sealed.Count);
    }

    [Fact]
    public void WhatGoesForWantOfRoomIsToldWhyAndTheLastAcuseStays()
    {
        var night = Open();
        night.Deliver("20:00");
        night.Deliver("21:00");
        night.Deliver("20:01");
        night.Publisher.LetFutureGo(1, night.Now);
        var rejected = night.Last<PackageRejected>();
        var reason = Assert.Single(rejected.Reasons);
        Assert.Equal(
            ("PREP_2100", "no-room", "removed because the disk is nearly full"),
            (rejected.Package, reason.Code, reason.Detail));
        Assert.Equal(("PREP_2100", PackageState.Rejected), night.Receipts[^1]);
        Assert.Equal(("PREP_2001", PackageState.Published), night.Ultimo);
        Assert.Equal(["20:01", "20:00"], Stored(night));
    }

    [Fact]
    public void OfSeveralThatCameBeforeTheirTimeTheNewestGoesOutAndThoseWhoseTimeHasComeAreToldOf()
    {
        var night = Open();
        night.Deliver("20:00");
        foreach (var corte in new[] { "20:20", "20:21", "21:00" })
            Assert.Equal(PackageState.Held, night.Deliver(corte).Outcome);
        night.Quietly("20:30");
        Assert.Equal("20:21", night.Live);
        Assert.Equal(1, night.Count(EventCode.PackageSuperseded));
        Assert.Equal("PREP_2020", night.Last<PackageSuperseded>().Package);
        Assert.Contains("releases activate", night.Last<PackageSuperseded>().Activate, StringComparison.Ordinal);
        Assert.Equal(("PREP_2021", PackageState.Published), night.Ultimo);
    }

    [Fact]
    public void WhatWasPublishedBeforeAWithdrawalIsNotToldAsSupersededAtItsEnd()
    {
        var night = Open();
        night.Deliver("20:00");
        night.Ask(new WithdrawSite("prueba", Force: true));
        Assert.Equal(PackageState.Held, night.Deliver("20:01").Outcome);
        night.Ask(new ResumeReleases());
        Assert.Equal("20:01", night.Live);
        Assert.Equal(0, night.Count(EventCode.PackageSuperseded));
    }

    [Fact]
    public void ACorteThatCameBeforeItsTimeAndWasPassedOverCanBePublishedByHand()
    {
        var night = Open();
        night.Deliver("20:20");
        night.Deliver("20:21");
        night.To("20:30");
        Assert.Equal("20:21", night.Live);
        Assert.Equal("activated", night.Ask(new ActivateRelease(NightScene.Stamp("20:20"), "prueba", false)).Message);
        Assert.Equal("20:20", night.Live);
    }

    [Fact]
    public void ACorteThatCameBeforeItsTimeCanBeGoneBackToOnceItsTimeHasCome()
    {
        var night = Open();
        night.Deliver("20:20");
        night.To("20:30");
        night.Deliver("20:30");
        Assert.Equal("activated", night.Ask(new ActivateRelease(NightScene.Stamp("20:20"), "prueba", false)).Message);
        Assert.Equal("20:20", night.Live);
    }
}
