using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

/// <summary>How many verdicts are made at one time, and how far the loop may be behind.</summary>
public sealed class VerdictPlacesTests
{
    const long Second = 1_000_000_000, Start = 100 * Second;

    readonly VerdictPlaces places = new(mostAtOnce: 1, mostUntaken: 2);

    [Fact]
    public void OneVerdictOverWhatIsNotWholeIsMadeAtATimeAndThoseOverWhatIsWholeBesideIt()
    {
        places.Begin(Wholeness.Whole);
        Assert.True(places.HasPlace(Wholeness.Open));
        places.Begin(Wholeness.MayBeWhole);
        Assert.False(places.HasPlace(Wholeness.MayBeWhole));
        Assert.True(places.HasPlace(Wholeness.Whole));
        places.Recount(0);
        Assert.True(places.HasPlace(Wholeness.WithoutHash));
    }

    [Fact]
    public void ALoopThatIsBehindIsToldOnlyTheBetterClaimsAndThenNothing()
    {
        Assert.True(places.MayBegin(Wholeness.Whole, hasClaim: false, Start));
        for (var verdict = 0; verdict < 2; verdict++) places.Tell(new object(), Start);
        Assert.False(places.MayBegin(Wholeness.Whole, hasClaim: false, Start));
        Assert.True(places.MayBegin(Wholeness.Whole, hasClaim: true, Start));
        for (var verdict = 0; verdict < 2; verdict++) places.Tell(new object(), Start);
        Assert.False(places.MayBegin(Wholeness.Whole, hasClaim: true, Start));
    }

    [Fact]
    public void AVerdictThatWasTakenMakesPlaceForAnother()
    {
        object[] told = [new(), new()];
        foreach (var verdict in told) places.Tell(verdict, Start);
        places.Take(told[0]);
        Assert.True(places.MayBegin(Wholeness.Open, hasClaim: false, Start));
    }

    [Fact]
    public void AfterTenSecondsAVerdictIsNotWaitedFor()
    {
        for (var verdict = 0; verdict < 2; verdict++) places.Tell(new object(), Start);
        Assert.False(places.MayBegin(Wholeness.Whole, hasClaim: false, Start + (10 * Second)));
        Assert.True(places.MayBegin(Wholeness.Whole, hasClaim: false, Start + (10 * Second) + 1));
    }
}
