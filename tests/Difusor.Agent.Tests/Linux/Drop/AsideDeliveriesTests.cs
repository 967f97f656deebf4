using Difusor.Agent.Drop;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Tests.Linux;

/// <summary>What is set aside is left alone until it changes or somebody says so.</summary>
public sealed class AsideDeliveriesTests : IDisposable
{
    static readonly RawPath A = new("A"), B = new("B");
    static readonly ClockReading Now = new(1, 1, 1, DateTimeOffset.UnixEpoch);
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    LastRun Begin() => LastRun.Begin(folder.Path, fault => throw fault, boot: "one");

    static AsideDeliveries With(params RawPath[] roots)
    {
        var aside = new AsideDeliveries(null);
        foreach (var root in roots) aside.Add(root, Now);
        return aside;
    }

    [Fact]
    public void WhatIsFoundFirstIsRememberedAndAnyDifferenceIsAChange()
    {
        var aside = With(A);
        Assert.True(aside.IsUnseen(A));
        Assert.True(aside.Stays(A, "one", 3));
        Assert.False(aside.IsUnseen(A));
        Assert.True(aside.Stays(A, "one", 3));
        Assert.False(aside.Stays(A, "two", 4));
        Assert.False(aside.Has(A));
    }

    [Fact]
    public void WhatHasLeftTheDropIsForgotten()
    {
        var aside = With(A, B);
        Assert.True(aside.KeepOnly(root => root == B));
        Assert.Equal((false, true), (aside.Has(A), aside.Has(B)));
        Assert.False(aside.KeepOnly(root => root == B));
    }

    [Fact]
    public void ARetryClearsAll()
    {
        var aside = With(A, B);
        Assert.True(aside.Forgive());
        Assert.False(aside.Has(A));
        Assert.False(aside.Forgive());
    }

    [Fact]
    public void StatusListsTheFirstOfThem()
    {
        var aside = With([.. Enumerable.Range(0, 100).Select(number => new RawPath($"n{number:D3}"))]);
        var shown = aside.Progress(root => root.ToString()).ToList();
        Assert.Equal((64, "n000", "n063"), (shown.Count, shown[0].Delivery, shown[^1].Delivery));
        Assert.All(shown, one => Assert.Equal(DeliveryState.SetAside, one.State));
    }

    [Fact]
    public void WhereTheAgentDiedTwiceIsRecalledUntilItsFilesAreOthers()
    {
        for (var death = 0; death < RunMark.MostDeaths; death++) Begin().InHand([A]);
        Assert.True(Recalled().Aside.Stays(A, "one", 1));
        // What the run before has found counts after a restart.
        var (run, aside) = Recalled();
        Assert.False(aside.Stays(A, "two", 1));
        Assert.Empty(run.SetAside);

        (LastRun Run, AsideDeliveries Aside) Recalled()
        {
            var next = Begin();
            var recalled = new AsideDeliveries(next);
            recalled.Recall(Now);
            Assert.True(recalled.IsUnseen(A));
            return (next, recalled);
        }
    }
}
