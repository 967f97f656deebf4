using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests;

public sealed class PublicationOrderTests
{
    static readonly DateTimeOffset Opens = new(2021, 6, 6, 20, 0, 0, TimeSpan.FromHours(-5));

    [Fact]
    public void TheFirstPackageIsPublishedWhenTheGateIsOpenAndHeldWithItsReasonWhenItIsNot()
    {
        Assert.IsType<Decision.Publish>(Decide(Package(0), Root()));
        Assert.Equal(
            new Decision.Hold(HoldReason.BeforeOpening),
            Decide(Package(0), Root() with { ClosedReason = HoldReason.BeforeOpening }));
    }

    [Fact]
    public void AnOlderCorteIsSealedAndNotPublished()
    {
        var live = Release(40, 1);
        Assert.Equal(new Decision.Superseded(live.Corte), Decide(Package(20), Root(live, live)));
    }

    [Fact]
    public void AnOlderCorteIsSupersededByANewerOneThatIsOnlyHeld()
    {
        var held = Release(40, 1);
        Assert.Equal(
            new Decision.Superseded(held.Corte),
            Decide(Package(20), Root(null, held) with { ClosedReason = HoldReason.BeforeOpening }));
    }

    [Fact]
    public void TheSameBytesAgainAreADuplicate()
    {
        var live = Release(20, 1);
        Assert.Equal(new Decision.Duplicate(live), Decide(Package(20), Root(live, live)));
    }

    [Fact]
    public void TheSameCorteWithOtherBytesIsAReissue() =>
        Assert.IsType<Decision.Publish>(Decide(Package(20, manifest: "other"), Root(Release(20, 1), Release(20, 1))));

    [Fact]
    public void BytesThatAReissueReplacedAreAReissueThemselvesWhenTheyComeAgain()
    {
        var (first, second) = (Release(20, 1), Release(20, 2) with { ManifestSha256 = "other" });
        Assert.IsType<Decision.Publish>(Decide(Package(20), Root(second, first, second)));
    }

    [Fact]
    public void AnotherSeriesAtTheSameCorteIsRefusedAndAtALaterOnePublishedWithAWarning()
    {
        var live = Release(20, 1);
        Assert.Equal(
            new Decision.UnexpectedSeries("PREP_MEX"),
            Decide(Package(20, manifest: "other", series: "PREP_AYUN"), Root(live, live)));
        Assert.IsType<Decision.Publish>(Decide(Package(40, manifest: "other", series: "PREP_AYUN"), Root(live, live)));
        Assert.True(PublicationOrder.SeriesChanges(Package(40, series: "PREP_AYUN"), live));
        Assert.IsType<Decision.Publish>(
            PublicationOrder.Decide(
            Package(20, manifest: "other", series: "PREP_AYUN"), Root(live, live), seriesIsNamed: true));
    }

    [Fact]
    public void ACorteOfTheFutureIsHeldAndCountsForNothingUntilABoundShowsItsTime()
    {
        var future = Release(300, 2) with { Future = true };
        var now = Bound(40);
        Assert.Equal(new Decision.Hold(HoldReason.FutureCorte), Decide(Package(300), Root() with { Bound = now }));
        Assert.IsType<Decision.Publish>(
            Decide(Package(40), Root(Release(20, 1), Release(20, 1), future) with { Bound = now }));
        Assert.Null(PublicationOrder.Due(Root(Release(20, 1), Release(20, 1), future) with { Bound = now }));
        Assert.Null(PublicationOrder.Due(Root(Release(20, 1), Release(20, 1), future) with { Bound = null }));
        Assert.Equal(
            future, PublicationOrder.Due(Root(Release(20, 1), Release(20, 1), future) with { Bound = Bound(296) }));
    }

    [Fact]
    public void WhatCameWithoutABoundIsJudgedByTheFirstThatThereIs()
    {
        Assert.Null(
            PublicationOrder.Due(Root(Release(20, 1), Release(20, 1), Release(300, 2)) with { Bound = Bound(20) }));
        Assert.Equal(
            Release(300, 2),
            PublicationOrder.Due(Root(Release(20, 1), Release(20, 1), Release(300, 2)) with { Bound = null }));
    }

    [Fact]
    public void ARehearsalHasItsOwnStamps()
    {
        Assert.IsType<Decision.Publish>(
            Decide(Package(3000) with { Destination = Difusor.Agent.Packages.Root.Rehearsal },
            Root() with { Bound = Bound(0) }));
        var release = Release(3000, 1) with { Destination = Difusor.Agent.Packages.Root.Rehearsal };
        Assert.Equal(release, PublicationOrder.Due(Root(null, release) with { Bound = Bound(0) }));
    }

    [Fact]
    public void WithoutABoundNothingNewIsJudgedFuture() =>
        Assert.IsType<Decision.Publish>(Decide(Package(3000), Root() with { Bound = null }));

    [Fact]
    public void OfSeveralHeldAtTheOpeningTheNewestIsDueAndTheLastIssueOfItsCorte()
    {
        var held = new[] { Release(0, 1), Release(20, 2), Release(20, 4), Release(0, 3) };
        Assert.Equal(held[2], PublicationOrder.Due(Root(null, held)));
        Assert.Null(PublicationOrder.Due(Root(null, held) with { ClosedReason = HoldReason.BeforeOpening }));
        Assert.Equal(held[2], PublicationOrder.Waiting(Root(null, held))[0]);
    }

    [Fact]
    public void WhatAnOperatorWentBackFromIsNotPublishedAgainByItself()
    {
        var (old, newer) = (Release(20, 1), Release(40, 2));
        var activated = Release(20, 3);
        var choice = new OperatorChoice(activated.Id, newer.Rank, Hold: false, "error en el corte", Opens);
        var root = Root(activated, old, newer, activated) with { Choice = choice };
        Assert.Null(PublicationOrder.Due(root));
        Assert.IsType<Decision.Publish>(Decide(Package(60, manifest: "next"), root));
        var next = Release(60, 4);
        Assert.Equal(next, PublicationOrder.Due(Root(activated, old, newer, activated, next) with { Choice = choice }));
    }

    [Fact]
    public void WhatANewerCorteSupersededAsItCameDoesNotWait()
    {
        var (newer, late, future) = (Release(40, 1), Release(20, 2), Release(300, 3) with { Future = true });
        var root = Root(null, newer, late, future, Release(60, 4)) with { ClosedReason = HoldReason.BeforeOpening };
        Assert.Equal(
            [300, 60, 40], PublicationOrder.Waiting(root).Select(release => (release.Corte.At - Opens).TotalMinutes));
    }

    [Fact]
    public void ACorteOfTheFutureIsNotTheNewestThereIs() =>
        Assert.Equal(
            Release(40, 1).Rank,
            PublicationOrder.Newest(Root(null, Release(40, 1), Release(300, 2) with { Future = true })));

    [Fact]
    public void UnderAnOperatorsHoldNothingIsPublished()
    {
        var live = Release(20, 1);
        var root =
            Root(live, live) with { Choice = new OperatorChoice(live.Id, live.Rank, Hold: true, "revisión", Opens) };
        Assert.Equal(new Decision.Hold(HoldReason.OperatorHold), Decide(Package(40, manifest: "next"), root));
        Assert.Null(PublicationOrder.Due(Root(live, live, Release(40, 2)) with { Choice = root.Choice }));
    }

    [Fact]
    public void APackageWhoseRootIsNotKnownYetGoesToNeither() =>
        Assert.Equal(
            new Decision.Hold(HoldReason.RehearsalUndecided), Decide(Package(0) with { Destination = null }, Root()));

    [Fact]
    public void RetentionKeepsTheLiveTheOneBeforeItTheLastGoodAndWhatWaits()
    {
        var stored = Enumerable.Range(0, 10).Select(at => Release(at * 20, at + 1)).ToList();
        var live = new[] { new RootPair(stored[3].Id, stored[2].Id) };
        var outdated = Retention.Outdated(stored, live, new HashSet<ReleaseId> { stored[1].Id }, keep: 2);
        Assert.Equal([stored[0], stored[4], stored[5], stored[6], stored[7]], outdated);
        Assert.DoesNotContain(stored[9], Retention.Outdated(stored, live, new HashSet<ReleaseId>(), keep: 0));
    }

    [Fact]
    public void AReissueOfTheLiveCorteIsDue()
    {
        var (live, reissue) = (Release(20, 1), Release(20, 2) with { ManifestSha256 = "other" });
        Assert.Equal(reissue, PublicationOrder.Due(Root(live, live, reissue)));
        Assert.Null(PublicationOrder.Due(Root(reissue, live, reissue)));
    }

    [Fact]
    public void AReissueOfTheCorteThatAnOperatorWentBackFromIsPublished()
    {
        var (old, newer) = (Release(20, 1), Release(40, 2));
        var activated = Release(20, 3);
        var root = Root(activated, old, newer, activated)
            with { Choice = new OperatorChoice(activated.Id, newer.Rank, Hold: false, "x", Opens) };
        Assert.IsType<Decision.Publish>(
            Decide(Package(40, manifest: "corrected"), root with { Sealed = [old, activated] }));
        var reissue = Release(40, 4) with { ManifestSha256 = "corrected" };
        Assert.Equal(reissue, PublicationOrder.Due(root with { Sealed = [old, newer, activated, reissue] }));
    }

    [Fact]
    public void TheNewestInQuarantineStaysHoweverLarge() =>
        Assert.Equal(["b"], Retention.QuarantineOutdated([("a", 200), ("b", 1)], keep: 20, size: 100));

    [Fact]
    public void QuarantineKeepsTheNewestWithinItsNumberAndSize() =>
        Assert.Equal(["b", "c"], Retention.QuarantineOutdated([("a", 60), ("b", 50), ("c", 1)], keep: 20, size: 100));

    static Decision Decide(Candidate candidate, RootState root) =>
        PublicationOrder.Decide(candidate, root, seriesIsNamed: false);

    static Candidate Package(int minute, string? manifest = null, string series = "PREP_MEX") =>
        new(new Corte(Opens.AddMinutes(minute)), series, manifest ?? $"manifest {minute}",
            Difusor.Agent.Packages.Root.Public);

    static Release Release(int minute, long sequence) => new(
        ReleaseId.For(new Corte(Opens.AddMinutes(minute)), sequence), sequence, "PREP",
        new Corte(Opens.AddMinutes(minute)), "PREP_MEX", $"manifest {minute}",
        1, 1, Difusor.Agent.Packages.Root.Public, false, 0, Opens, []);

    static RootState Root(Release? live = null, params Release[] stored) => new(live, stored, null, null, Bound(120));

    static ClockBound Bound(int minute) => new(Opens.AddMinutes(minute), Opens.AddMinutes(minute).AddMilliseconds(100));
}
