using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Events;

namespace Difusor.Agent.Tests;

/// <summary>How often verdicts are made and told, and when a drop counts as crowded.</summary>
public sealed class FloodCountTests
{
    const long Second = 1_000_000_000;
    static readonly RawPath Name = new("junk");

    [Fact]
    public void TheFirstThreeVerdictsAreAtOnceAndThenThePausesGrow()
    {
        var pace = new VerdictPace(DropLayout.Packages);
        var (now, pauses) = (100 * Second, new List<long>());
        for (var verdict = 0; verdict < 12; verdict++)
        {
            now = Math.Max(now, pace.NotBefore(Name));
            pace.Judged(Name, now);
            pauses.Add(Math.Max(0, pace.NotBefore(Name) - now) / Second);
        }
        Assert.Equal([0, 0, 10, 20, 40, 80, 160, 300, 300, 300, 300, 300], pauses);
        Assert.Equal(0, pace.NotBefore(new RawPath("another")));
    }

    [Fact]
    public void AfterQuietItIsAsIfNothingHadBeen()
    {
        var pace = new VerdictPace(DropLayout.Packages);
        for (var verdict = 0; verdict < 6; verdict++) pace.Judged(Name, 0);
        pace.Judged(Name, 700 * Second);
        Assert.Equal(1, pace.VerdictsOf(Name));
    }

    [Fact]
    public void InATreeNobodyWaitsLong()
    {
        var pace = new VerdictPace(DropLayout.Tree);
        for (var verdict = 0; verdict < 60; verdict++) pace.Judged(RawPath.Root, 0);
        Assert.Equal(10 * Second, pace.NotBefore(RawPath.Root));
        pace.Reset(RawPath.Root);
        Assert.Equal(0, pace.NotBefore(RawPath.Root));
    }

    [Fact]
    public void EverNewNamesFillNoMemory()
    {
        var pace = new VerdictPace(DropLayout.Packages);
        for (var verdict = 0; verdict < 4; verdict++) pace.Judged(Name, 0);
        for (var number = 0; number < 3 * VerdictPace.MostNames; number++)
            pace.Judged(new RawPath($"n{number}"), Second);
        Assert.True(pace.NotBefore(Name) > 0); // those with the most verdicts are kept the longest
        Assert.True(
            Enumerable.Range(0, 3 * VerdictPace.MostNames)
            .Count(number => pace.VerdictsOf(new RawPath($"n{number}")) > 0) <= VerdictPace.MostNames);
    }

    [Fact]
    public void HalfOfWhatMayBeToldIsKeptForABetterClaim()
    {
        var budget = new MinuteBudget(10, 60);
        Assert.Equal(5, Enumerable.Range(0, 20).Count(_ => budget.Take(hasClaim: false, Second)));
        Assert.Equal(5, Enumerable.Range(0, 20).Count(_ => budget.Take(hasClaim: true, Second)));
        Assert.False(budget.Has(hasClaim: true, Second));
        Assert.Equal(2 * Second, budget.Next(hasClaim: true, Second));
        Assert.Equal(7 * Second, budget.Next(hasClaim: false, Second));
        Assert.True(budget.Take(hasClaim: true, 2 * Second));
        Assert.False(budget.Take(hasClaim: false, 7 * Second)); // the one was taken meanwhile
        Assert.True(budget.Take(hasClaim: false, 8 * Second));
    }

    [Fact]
    public void InAnHourNoMoreIsToldThanIsAllowed()
    {
        var budget = new MinuteBudget(120, 30);
        Assert.InRange(
            Enumerable.Range(0, 360_000).Count(at => budget.Take(hasClaim: true, at * (Second / 100))), 120 + 1790,
            120 + 1810);
    }

    static CrowdCount Count(int notLookedAt = 0, int waiting = 0, long putOff = 0, string? busiest = null) =>
        new(100, notLookedAt, waiting, putOff, busiest);

    [Fact]
    public void AFloodIsToldOnceAndItsEndOnceWithWhatWasPutOff()
    {
        var crowd = new Crowd();
        Assert.Null(crowd.Look(Count(), 32, 0));
        var told = Enumerable.Range(1, 100)
            .Select(at => crowd.Look(Count(notLookedAt: 2000, putOff: 10 * at), 32, at * Second)).OfType<CrowdChange>()
            .ToList();
        Assert.Equal(CrowdCause.Entries, Assert.Single(told).Cause);
        told = [.. Enumerable.Range(101, 300).Select(at => crowd.Look(Count(putOff: 1000), 32, at * Second))
            .OfType<CrowdChange>()];
        var end = Assert.Single(told);
        Assert.Null(end.Cause);
        Assert.Equal(990, end.PutOff);
        Assert.InRange(end.Lasted.TotalSeconds, 159, 161);
    }

    [Fact]
    public void ACrowdIsLookedForOnceASecond()
    {
        var crowd = new Crowd();
        Assert.True(crowd.TakeDue(Second));
        Assert.False(crowd.TakeDue((2 * Second) - 1));
        Assert.True(crowd.TakeDue(2 * Second));
    }

    [Fact]
    public void AStartWithAFullDropIsNoCrowd()
    {
        var crowd = new Crowd();
        Assert.Null(crowd.Look(Count(waiting: 200), 32, 0));
        Assert.Null(crowd.Look(Count(waiting: 100), 32, Second));
        Assert.Null(crowd.Look(Count(), 32, 2 * Second));
        Assert.Null(crowd.Look(Count(waiting: 100), 32, 3 * Second));
        Assert.Equal(CrowdCause.Waiting, crowd.Look(Count(waiting: 100), 32, 6 * Second)?.Cause);
    }

    [Fact]
    public void MoreFoldersThanMayBeWatchedAreTold() =>
        Assert.Equal(CrowdCause.Folders, new Crowd().Look(Count() with { LacksWatches = true }, 32, 0)?.Cause);

    [Fact]
    public void ADeliveryThatWaitsForOthersMemoryIsToldOnceThatLasts()
    {
        var crowd = new Crowd();
        var count = Count() with { GivenWay = 1 };
        Assert.Null(crowd.Look(count, 32, 0));
        Assert.Equal(CrowdCause.Memory, crowd.Look(count, 32, 3 * Second)?.Cause);
    }

    [Fact]
    public void AnEntryThatChangesForEverIsNamed() =>
        Assert.Equal("junk", new Crowd().Look(Count(busiest: "junk"), 32, 0)?.Count.Busiest);
}
