using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

/// <summary>Whose turn it is to be staged, as values: what a flood of any kind does to a genuine corte.</summary>
public sealed class TurnsTests
{
    static Contender Waits(
        long number, Promise promise, Wholeness wholeness = Wholeness.MayBeWhole, int turns = 0, bool putOff = false) =>
        new(number, promise, wholeness, putOff, turns);

    static Contender InHand(
        long number, Promise promise, bool idle = false, bool usedUp = false, bool bound = false,
        bool leaving = false) =>
        Waits(number, promise)
            with { IsInHand = true, IsIdle = idle, HasUsedItsSlice = usedUp, IsBound = bound, IsLeaving = leaving };

    static long[] Begin(IReadOnlyList<Contender> all, int atOnce = 8) =>
        [.. Turns.Next(all, atOnce, longAtOnce: 1).Begin.Select(at => all[at].Number)];
    static long[] Yield(IReadOnlyList<Contender> all, int atOnce = 8) =>
        [.. Turns.Next(all, atOnce, longAtOnce: 1).Yield.Select(at => all[at].Number)];

    [Fact]
    public void AmongTenThousandWithoutAClaimTheGenuineBegins()
    {
        var all = Enumerable.Range(0, 10_000).Select(number => Waits(number, Promise.Unknown))
            .Append(Waits(20_000, Promise.Newer)).ToList();
        var begin = Begin(all);
        Assert.Equal(20_000, begin[0]);
        Assert.Equal(8, begin.Length);
    }

    [Fact]
    public void WhereAllClaimToBeNewerTheCompleteOnesComeFirstAndTheFutureLast()
    {
        Contender[] all =
        [
            Waits(1, Promise.Newer, Wholeness.Open), Waits(2, Promise.Newer, Wholeness.WithoutHash),
            Waits(3, Promise.Future, Wholeness.Whole),
            Waits(4, Promise.Newer, Wholeness.MayBeWhole), Waits(5, Promise.Newer, Wholeness.Whole),
            Waits(6, Promise.Older, Wholeness.Whole),
            Waits(7, Promise.Newer, Wholeness.Whole, putOff: true),
        ];
        Assert.Equal([5, 4, 2, 1, 6, 3, 7], Begin(all));
    }

    [Fact]
    public void WhoHadATurnComesAfterWhoHadNone() =>
        Assert.Equal([1, 2], Begin([Waits(1, Promise.Newer), Waits(2, Promise.Newer, turns: 1)]));

    [Fact]
    public void WhatCameLastDoesNotStandBehindWhatLayThere() =>
        Assert.Equal([9, 5, 2], Begin([Waits(2, Promise.Newer), Waits(9, Promise.Newer), Waits(5, Promise.Newer)]));

    [Fact]
    public void ABetterClaimTakesThePlaceOfOneThatIsAtWork()
    {
        Contender[] all =
            [.. Enumerable.Range(0, 8).Select(number => InHand(number, Promise.Unknown)), Waits(20, Promise.Newer)];
        Assert.Empty(Begin(all));
        Assert.Single(Yield(all));
    }

    [Theory]
    [InlineData(false, false, false), InlineData(true, false, true), InlineData(false, true, true)]
    public void OfEqualClaimOnlyWhoHasNothingToDoOrHadItsTimeGivesItsPlace(bool idle, bool usedUp, bool yields)
    {
        Contender[] all = [InHand(1, Promise.Newer, idle, usedUp), Waits(2, Promise.Newer)];
        Assert.Equal(yields ? [1] : [], Yield(all, atOnce: 1));
    }

    [Fact]
    public void AWorseClaimTakesNobodysPlace() =>
        Assert.Empty(Yield([InHand(1, Promise.Newer, idle: true, usedUp: true), Waits(2, Promise.Unknown)], atOnce: 1));

    [Fact]
    public void WhatWasPutOffTakesNobodysPlace() =>
        Assert.Empty(Yield([InHand(1, Promise.Unknown, idle: true), Waits(2, Promise.Newer, putOff: true)], atOnce: 1));

    [Fact]
    public void AVerdictThatIsBeingMadeIsNotInterrupted() =>
        Assert.Empty(Yield([InHand(1, Promise.Unknown, bound: true), Waits(2, Promise.Newer)], atOnce: 1));

    [Fact]
    public void ForOneThatWaitsOnlyOneIsSentAway()
    {
        Contender[] all =
            [InHand(1, Promise.Unknown, leaving: true), InHand(2, Promise.Unknown), Waits(3, Promise.Newer)];
        Assert.Empty(Yield(all, atOnce: 2));
        Assert.Empty(Begin(all, atOnce: 2));
    }

    [Fact]
    public void ASliceGrowsWithEachTurnSoThatWhatIsLargeComesToItsEnd()
    {
        Assert.Equal(2 * Turns.SliceOf(0, isLong: false), Turns.SliceOf(1, isLong: false));
        Assert.True(Turns.SliceOf(1000, isLong: false) is > 100_000_000_000 and < 200_000_000_000);
    }

    [Fact]
    public void AnArchiveHoldsAWorkerNoLongerThanFourSecondsWhileOthersWait() =>
        Assert.Equal(4_000_000_000, Turns.SliceOf(1000, isLong: true));

    static Contender Archive(Contender contender) => contender with { IsLong = true };

    [Fact]
    public void OfManyArchivesOneIsUnpackedAndFoldersGoOnBesideIt()
    {
        var all = Enumerable.Range(0, 20).Select(number => Archive(Waits(number, Promise.Newer)))
            .Append(Waits(5, Promise.Newer)).Append(Waits(1, Promise.Unknown)).ToList();
        Assert.Equal([19, 5, 1], Begin(all));
    }

    [Theory]
    [InlineData(false, 0, 0, false), InlineData(true, 0, 0, true), InlineData(true, 0, 3, true),
        InlineData(true, 1, 0, false)]
    public void AnArchiveThatHadItsTimeGivesWayToOneThatHadNoMoreTurns(
        bool usedUp, int waitingTurns, int turns, bool yields)
    {
        Contender[] all = [
            Archive(InHand(1, Promise.Newer, usedUp: usedUp)) with { Turns = turns },
            InHand(2, Promise.Newer, idle: true), Archive(Waits(3, Promise.Newer, turns: waitingTurns))];
        Assert.Equal(yields ? [1] : [], Yield(all));
        Assert.Empty(Begin(all));
    }

    [Fact]
    public void ForOneArchiveThatLeavesNoOtherIsSentAwayAndNothingBeginsInItsPlace()
    {
        Contender[] all = [
            Archive(InHand(1, Promise.Newer, leaving: true)), Archive(Waits(3, Promise.Newer)),
            Waits(2, Promise.Unknown)];
        Assert.Empty(Yield(all, atOnce: 1));
        Assert.Empty(Begin(all, atOnce: 1));
    }

    [Fact]
    public void AnArchiveThatIsSentAwayKeepsItsPlaceUntilItHasGone()
    {
        Contender[] all = [
            Archive(InHand(1, Promise.Newer, usedUp: true)), Archive(Waits(3, Promise.Newer)),
            Archive(Waits(4, Promise.Newer)), Waits(2, Promise.Unknown)];
        Assert.Equal([1], Yield(all, atOnce: 1));
        Assert.Empty(Begin(all, atOnce: 1));
    }

    static readonly Corte Live = Corte.Read("2021-06-06T20:20:00-05:00")!.Value;
    static readonly DateTimeOffset Latest = Corte.Read("2021-06-06T20:50:00-05:00")!.Value.At;

    [Theory]
    [InlineData("2021-06-06T20:40:00", Promise.Newer), InlineData("2021-06-06T20:20:00", Promise.Unknown),
        InlineData("2021-06-06T20:00:00", Promise.Older)]
    [InlineData("2021-06-06T20:50:00", Promise.Newer), InlineData("2021-06-06T20:51:00", Promise.Future),
        InlineData("9999-12-31T23:59:00", Promise.Future)]
    [InlineData("0001-01-01T00:00:00", Promise.Older), InlineData(null, Promise.Unknown)]
    public void ANameSaysWhatItsDigitsSay(string? stamp, Promise promise) => Assert.Equal(promise, Promises.Of(
        Named(stamp is null ? null : DateTime.Parse(stamp, System.Globalization.CultureInfo.InvariantCulture)), null,
        Live, Latest, TimeSpan.FromHours(-5)));

    [Theory]
    [InlineData("20210606_2040_PREP_MEX.zip", Promise.Newer)]
    [InlineData("20210606_2040_PREP_MEX.zip.sha256", Promise.Newer)]
    [InlineData("20210606_2040", Promise.Newer)]
    [InlineData("20210606_2000_PREP_MEX", Promise.Older)]
    [InlineData("20210606_2040_PREP_MEX-9", Promise.OtherSeries)]
    [InlineData("20210606_2040_PREP_mex", Promise.OtherSeries)]
    [InlineData("20210606_2040_PREP_OTRA.zip", Promise.OtherSeries)]
    [InlineData("20210606_2059_PREP_OTRA.zip", Promise.Future)]
    public void ANameOfAnotherSeriesThanTheAcceptedOneComesAfterAllOfThePresent(string name, Promise promise) =>
        Assert.Equal(promise, Promises.Of(PackageName.Read(name), "PREP_MEX", Live, Latest, TimeSpan.FromHours(-5)));

    static PackageName Named(DateTime? stamp) => new(null, stamp, PackageForm.Folder);

    [Fact]
    public void WhileNothingIsLiveEachStampThatIsNotOfTheFutureIsNewer()
    {
        var early = Named(new DateTime(2021, 6, 6, 8, 0, 0));
        Assert.Equal(Promise.Newer, Promises.Of(early, null, null, Latest, TimeSpan.FromHours(-5)));
    }
}
