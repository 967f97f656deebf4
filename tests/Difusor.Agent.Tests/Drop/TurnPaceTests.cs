using Difusor.Agent.Drop;

namespace Difusor.Agent.Tests;

public sealed class TurnPaceTests
{
    [Fact]
    public void WeighingTakesHalfOfTheTimeAtMost()
    {
        var pace = new TurnPace();
        Assert.True(pace.MayWeigh(1000));
        pace.Weighed(start: 1000, end: 1300, until: 9000);
        Assert.False(pace.MayWeigh(1599));
        Assert.True(pace.MayWeigh(1600));
    }

    [Fact]
    public void WithoutNewsItIsNotRepeatedBeforeSomethingMayHaveToBeDone()
    {
        var pace = new TurnPace();
        pace.Weighed(start: 1000, end: 1300, until: 9000);
        Assert.Equal(9000, pace.Deadline);
        pace.Weighed(start: 9000, end: 9300, until: 9400);
        Assert.Equal(9600, pace.Deadline);
    }

    [Fact]
    public void WhatComesInBetweenIsSeenByTheNextOne()
    {
        var pace = new TurnPace();
        pace.Weighed(start: 1000, end: 1300, until: long.MaxValue);
        Assert.False(pace.MayWeigh(1400));
        Assert.Equal(1600, pace.Deadline);
        pace.Weighed(start: 1600, end: 1600, until: long.MaxValue);
        Assert.Equal(long.MaxValue, pace.Deadline);
    }

    [Fact]
    public void AtAStartItWaitsForTheFirstLook()
    {
        var pace = new TurnPace();
        pace.WaitUntil(5000);
        Assert.Equal(5000, pace.Deadline);
    }
}
