using Difusor.Agent.Drop;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Tests;

/// <summary>Which deliveries gave way, when they return, and what is remembered of them.</summary>
public sealed class DeliveriesGivenWayTests
{
    const long Second = 1_000_000_000, Start = 100 * Second;
    static readonly RawPath A = new("A"), B = new("B"), C = new("C");
    static readonly ClockReading Seen = new(1, 1, 1, DateTimeOffset.UnixEpoch);
    static readonly LimitSettings Limits = new() { PathText = 16_000, HashText = 16_000 };

    readonly DeliveriesGivenWay givenWay = new();

    static GivenWay That(long paths = 0, long hashText = 0, int times = 1, long? spare = null) =>
        new(Seen, Seen, IsAnnounced: true, HasStalled: false, Before: null, paths, hashText, times, spare);

    IReadOnlyCollection<RawPath> Return(int others = 1, long spare = 0, long now = Start) =>
        givenWay.Return(others, () => spare, now);

    [Fact]
    public void ThoseThatKeepLeastReturnFirstWhileThereIsRoom()
    {
        givenWay.NewShares(Limits).Paths.Take(10_000); // 5744 are left
        givenWay.Add(A, That(paths: 4_000), Start);
        givenWay.Add(B, That(paths: 1_000), Start);
        givenWay.Add(C, That(paths: 3_000), Start);
        Assert.Equal([B, C], Return());
        Assert.Equal((1, true), (givenWay.Count, givenWay.Has(A)));
    }

    [Fact]
    public void TheLargestReturnsOnceNoOtherIsThere()
    {
        givenWay.NewShares(Limits);
        givenWay.Add(A, That(hashText: 20_000), Start);
        Assert.Empty(Return(others: 1));
        Assert.Equal([A], Return(others: 0));
    }

    [Fact]
    public void WhoGivesWayAgainAndAgainIsReadLessAndLessOften()
    {
        givenWay.NewShares(Limits);
        foreach (var (times, pause) in new[] { (1, 0), (2, 10), (3, 20), (8, 640), (30, 640) })
        {
            givenWay.Add(A, That(times: times), Start);
            if (pause > 0) Assert.Empty(Return(now: Start + (pause * Second) - 1));
            Assert.Equal([A], Return(now: Start + (pause * Second)));
        }
    }

    [Fact]
    public void MuchMoreRoomOnTheDiskEndsThePause()
    {
        givenWay.NewShares(Limits);
        givenWay.Add(A, That(times: 5, spare: 1_000), Start);
        Assert.Empty(Return(spare: 1_000 + DeliveriesGivenWay.WorthReading));
        Assert.Equal([A], Return(spare: 1_001 + DeliveriesGivenWay.WorthReading));
    }

    [Fact]
    public void WhatIsKnownOfOneThatReturnsIsTakenOnce()
    {
        givenWay.NewShares(Limits);
        givenWay.Add(A, That(times: 1), Start);
        Assert.Null(givenWay.TakeFacts(A));
        Return();
        Assert.Equal((1, true), givenWay.TakeFacts(A) is { } facts ? (facts.Times, facts.IsAnnounced) : default);
        Assert.Null(givenWay.TakeFacts(A));
    }

    [Fact]
    public void AfterAnEndTheyAreTriedAtOnceAndThenOnceASecond()
    {
        Assert.Equal(long.MaxValue, givenWay.NextTry);
        givenWay.TrySoon(Start);
        Assert.Equal(Start, givenWay.NextTry);
        Return();
        Assert.Equal(long.MaxValue, givenWay.NextTry);
        givenWay.TrySoon(Start + 1);
        Assert.Equal(Start + Second, givenWay.NextTry);
        givenWay.TryAt(Start + 2);
        Assert.Equal(Start + 2, givenWay.NextTry);
    }

    [Fact]
    public void ThatEverythingFitsIsToldOnceAfterSomethingDidNot()
    {
        Assert.False(givenWay.EverythingFits(othersLackRoom: false));
        givenWay.Add(A, That(spare: 5), Start);
        Assert.False(givenWay.EverythingFits(othersLackRoom: false));
        givenWay.KeepOnly(root => root != A);
        Assert.False(givenWay.EverythingFits(othersLackRoom: true));
        Assert.True(givenWay.EverythingFits(othersLackRoom: false));
        Assert.False(givenWay.EverythingFits(othersLackRoom: false));
    }

    [Fact]
    public void ThoseThatWaitForRoomOnTheDiskAreNoCrowd()
    {
        givenWay.Add(A, That(spare: 5), Start);
        givenWay.Add(B, That(), Start);
        Assert.Equal(1, givenWay.ForMemory);
        Assert.Equal(["A"], givenWay.Progress(1, root => root.ToString()).Select(one => one.Delivery));
    }
}
