using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

/// <summary>When the drop is looked at as a whole, at what, and in which order.</summary>
public sealed class FullLookTests
{
    const long Second = 1_000_000_000, Start = 100 * Second, MostFiles = 1000;

    static RawPath[] Names(string start, int count) =>
        [.. Enumerable.Range(0, count).Select(number => new RawPath($"{start}{number}"))];

    static LookRound Round(int newer = 0, int known = 0, int others = 0, bool isWhole = true, int most = 4)
    {
        var (first, second, third) = (Names("n", newer), Names("k", known), Names("o", others));
        return LookRound.OfPackages(
            first, second, third, new HashSet<RawPath>([.. first, .. second, .. third]), isWhole, most);
    }

    static string Order(LookRound round)
    {
        var order = new List<string>();
        while (round.Next(MostFiles) is { } root) order.Add(root.Bytes);
        return string.Join(' ', order);
    }

    [Fact]
    public void NewerNamesAreLookedAtFirstAndOthersOnlyWhereThereIsRoom()
    {
        var round = Round(newer: 1, known: 2, others: 3);
        Assert.Equal(2, round.NotLookedAt);
        Assert.Equal("n0 k0 k1 o0", Order(round));
        Assert.True(round.Lists(new RawPath("o2")));
        Assert.False(round.Lists(new RawPath("p")));
    }

    [Fact]
    public void WhatIsKnownIsLookedAtAlsoBeyondTheLimit()
    {
        var round = Round(known: 6, others: 1);
        Assert.Equal(1, round.NotLookedAt);
        Assert.Equal("k0 k1 k2 k3 k4 k5", Order(round));
    }

    [Fact]
    public void NamesThatWereNotReadCountAsOneMore() => Assert.Equal(1, Round(others: 1, isWhole: false).NotLookedAt);

    [Fact]
    public void BeyondTheFilesOfALookTheRestIsNotLookedAt()
    {
        var round = Round(known: 4);
        Assert.NotNull(round.Next(MostFiles));
        round.Looked((int)MostFiles + 1);
        Assert.Null(round.Next(MostFiles));
        Assert.Equal(3, round.NotLookedAt);
    }

    [Fact]
    public void ATreeIsOneEntry() => Assert.Equal("", Assert.IsType<RawPath>(LookRound.OfTree().Next(MostFiles)).Bytes);

    [Fact]
    public void ThereIsALookEveryTenSecondsAndWhenOneIsWanted()
    {
        var look = new FullLook(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        Assert.True(look.IsDue(Start));
        Assert.True(look.TakeDue(Start));
        Assert.False(look.IsDue(Start + (10 * Second) - 1));
        Assert.True(look.IsDue(Start + (10 * Second)));
        Assert.Equal((false, Start + (10 * Second)), (look.IsPressing, look.Next));
        look.Want();
        Assert.Equal((true, true), (look.IsDue(Start), look.IsPressing));
    }

    [Fact]
    public void ALookThatIsWantedDuringAnotherFollowsIt()
    {
        var look = new FullLook(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        look.TakeDue(Start);
        look.Begin(Round(known: 1));
        look.Want();
        Assert.False(look.TakeDue(Start));
        look.End();
        Assert.Null(look.Round);
        Assert.True(look.TakeDue(Start));
        Assert.False(look.IsPressing);
    }

    [Fact]
    public void AStartWaitsForTheFirstLookAndNotTooLong()
    {
        var look = new FullLook(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        look.Start(Start);
        Assert.Equal((true, false), (look.IsFirst(Start), look.IsFirst(Start + Second)));
        look.Begin(Round(others: 9));
        look.End();
        Assert.Equal((false, 5), (look.IsFirst(Start), look.NotLookedAt));
    }

    [Fact]
    public void ADropThatCannotBeReadIsTriedEachSecond()
    {
        var look = new FullLook(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        look.TakeDue(Start);
        look.Begin(Round(known: 1));
        look.Fail(Start);
        Assert.Null(look.Round);
        Assert.True(look.IsDue(Start + Second));
    }
}
