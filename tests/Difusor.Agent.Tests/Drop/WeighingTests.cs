using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests;

public sealed class WeighingTests
{
    static readonly Completeness LacksWhatIsLive = new(CompletenessState.Unfinished, [], ["dip/003.html"]);

    [Fact]
    public void APackageWithoutAnyHashIsRejectedThoughTheLiveReleaseHasMoreFiles() =>
        Assert.Equal(
            Weight.Stands,
            Weighing.Of(Occasion.Quiet, Rejected(ReasonCode.NoHash), LacksWhatIsLive, In(DropLayout.Packages)).Weight);

    [Fact]
    public void ATreeWithoutAnyHashWaitsForIt()
    {
        var (weight, awaited) =
            Weighing.Of(Occasion.Quiet, Rejected(ReasonCode.NoHash), LacksWhatIsLive, In(DropLayout.Tree));
        Assert.Equal(Weight.Unfinished, weight);
        Assert.Equal(["HASH"], awaited.Names);
    }

    [Fact]
    public void WithoutAManifestAtTheTopWhatTheLiveReleaseHasIsWaitedFor()
    {
        var (weight, awaited) = Weighing.Of(Occasion.Quiet, Rejected(), LacksWhatIsLive, In(DropLayout.Packages));
        Assert.Equal(Weight.Unfinished, weight);
        Assert.Equal(["dip/003.html"], awaited.Names);
    }

    [Theory]
    [InlineData(ReasonCode.NoHash, Weight.TooEarly), InlineData(ReasonCode.UncoveredFile, Weight.TooEarly),
        InlineData(ReasonCode.WeakAlgorithm, Weight.TooEarly)]
    [InlineData(ReasonCode.MissingFile, Weight.Stands), InlineData(ReasonCode.DigestMismatch, Weight.Stands)]
    public void AnArchiveThatIsWholeWaitsForTheHashBesideItAndForNothingElse(ReasonCode reason, Weight expected) =>
        Assert.Equal(
            expected,
            Weighing.Of(Occasion.Whole, Rejected(reason), null, In(DropLayout.Packages) with { IsArchive = true })
            .Weight);

    [Theory]
    [InlineData(ReasonCode.MissingFile), InlineData(ReasonCode.DigestMismatch), InlineData(ReasonCode.NoHtml),
        InlineData(ReasonCode.NoCorte)]
    [InlineData(ReasonCode.CorteMismatch), InlineData(ReasonCode.BadHashFile),
        InlineData(ReasonCode.ConflictingDigests)]
    public void AFolderThatLooksWholeWaitsForWhateverMayStillCome(ReasonCode reason) =>
        Assert.Equal(
            Weight.TooEarly, Weighing.Of(Occasion.Whole, Rejected(reason), null, In(DropLayout.Packages)).Weight);

    [Fact]
    public void AtTheLastOccasionEveryVerdictStands()
    {
        foreach (var reason in Enum.GetValues<ReasonCode>())
            Assert.Equal(
                Weight.Stands,
                Weighing.Of(Occasion.Last, Rejected(reason), LacksWhatIsLive, In(DropLayout.Tree)).Weight);
    }

    static Verdict Rejected(params ReadOnlySpan<ReasonCode> reasons)
    {
        var findings = System.Collections.Immutable.ImmutableArray.CreateBuilder<Finding>();
        foreach (var reason in reasons) findings.Add(Finding.Of(reason, null, "seen"));
        return new Verdict("P", null, null, 1, 3, null, "", findings.ToImmutable(), [], []);
    }

    static Circumstances In(DropLayout layout) =>
        new(layout, IsArchive: false, ArchiveEnds: true, new HashSet<string>(), new HashSet<string>(),
        AcceptedBefore: false);
}
