using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests;

public sealed class WeighingTests
{
    static readonly Completeness LacksWhatIsLive = new(CompletenessState.Unfinished, [], ["dip/003.html"]);

    [Fact]
    public void APackageWithoutAnyHashIsRejectedThoughTheLiveReleaseHasMoreFiles() =>
        Assert.Equal(Weight.Stands, Weighing.Of(Occasion.Quiet, Rejected(ReasonCode.NoHash), LacksWhatIsLive, In(DropLayout.Packages)).Weight);

    [Fact]
    public void ATreeWithoutAnyHashWaitsForIt()
    {
        var (weight, awaited) = Weighing.Of(Occasion.Quiet, Rejected(ReasonCode.NoHash), LacksWhatIsLive, In(DropLayout.Tree));
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

    static Verdict Rejected(params ReadOnlySpan<ReasonCode> reasons)
    {
        var findings = System.Collections.Immutable.ImmutableArray.CreateBuilder<Finding>();
        foreach (var reason in reasons) findings.Add(Finding.Of(reason, null, "seen"));
        return new Verdict("P", null, null, 1, 3, null, "", findings.ToImmutable(), [], []);
    }

    static Circumstances In(DropLayout layout) => new(layout, IsArchive: false, ArchiveEnds: true, new HashSet<string>(), new HashSet<string>(), AcceptedBefore: false);
}
