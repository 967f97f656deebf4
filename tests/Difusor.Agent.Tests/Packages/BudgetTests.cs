namespace Difusor.Agent.Tests;

public sealed class BudgetTests
{
    [Fact]
    public void MoreThanOnePackageMayHaveIsTooLargeWhateverIsLeft()
    {
        var share = new Share(100, new Budget(1000));
        Assert.Equal(Taking.Taken, share.Take(100));
        Assert.Equal(Taking.TooLarge, share.Take(1));
        share.Return(40);
        Assert.Equal(Taking.Taken, share.Take(40));
    }

    [Fact]
    public void WhoFindsTooLittleLeftGetsNothingUntilOthersGiveBack()
    {
        var total = new Budget(100);
        var (first, second) = (new Share(100, total), new Share(100, total));
        Assert.Equal(Taking.Taken, first.Take(70));
        Assert.Equal(Taking.NoRoom, second.Take(31));
        Assert.Equal(Taking.Taken, second.Take(30));
        Assert.Equal(Taking.NoRoom, first.Take(1));
        first.Clear();
        Assert.Equal((0, 70), (first.Held, total.Left));
        Assert.Equal(Taking.Taken, second.Take(70));
    }

    [Fact]
    public void WhoIsAloneIsNeverRefusedByTheTotal()
    {
        var total = new Budget(100);
        var share = new Share(1000, total, each: 50);
        for (var number = 0; number < 10; number++) Assert.Equal(Taking.Taken, share.Take(10));
        Assert.Equal(600, share.Held);
        Assert.Equal(Taking.Taken, new Share(10, total).Take(0));
        share.Clear();
        Assert.Equal(100, total.Left);
    }

    [Fact]
    public void ASmallDeliveryNeverWaitsForALargeOneThatHoldsAllTheRest()
    {
        var total = new Budget(1600, keepsForSmall: true);
        var (large, small, other, third) =
            (new Share(2000, total), new Share(2000, total), new Share(2000, total), new Share(2000, total));
        Assert.Equal(Taking.Taken, large.Take(1600));
        Assert.Equal(Taking.NoRoom, small.Take(101));
        Assert.Equal(Taking.Taken, small.Take(60));
        Assert.Equal(Taking.Taken, small.Take(40));
        Assert.Equal(Taking.NoRoom, small.Take(1));
        Assert.Equal(Taking.Taken, other.Take(100));
        Assert.Equal(Taking.NoRoom, third.Take(1));
        large.Clear();
        Assert.Equal(Taking.Taken, small.Take(1500));
        small.Clear();
        Assert.Equal(Taking.Taken, third.Take(100));
        Assert.Equal(1600, total.Left);
    }

    [Fact]
    public void WhatManyThreadsTakeAndGiveBackIsAllThereAgain()
    {
        var total = new Budget(1 << 20, keepsForSmall: true);
        Parallel.For(0, 8, _ =>
        {
            var share = new Share(1 << 16, total, each: 3);
            for (var round = 0; round < 1000; round++)
                if (share.Take(round) == Taking.Taken && round % 3 > 0) share.Return(round);
            share.Clear();
        });
        Assert.Equal(1 << 20, total.Left);
        var (large, small) = (new Share(1 << 21, total), new Share(1 << 21, total));
        Assert.Equal(Taking.Taken, large.Take(1 << 20));
        Assert.Equal(Taking.Taken, small.Take(1 << 16));
    }
}
