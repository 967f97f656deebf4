using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Threads;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

/// <summary>More happens in the drop than the kernel remembers (inotify(7), IN_Q_OVERFLOW).</summary>
[Collection(nameof(Injection))]
public sealed class LostHintsTests : IDisposable
{
    const string First = "P_20210606_2020", Unheard = "P_20210606_2040";
    readonly ManualResetEvent stopped = new(initialState: false), goOn = new(initialState: false);

    public void Dispose()
    {
        Boundary.Inject = null;
        stopped.Dispose();
        goOn.Dispose();
    }

    [Fact]
    public void WhatCameWhileHintsWereLostIsLookedForAtOnceAndNotAtTheNextFullLook()
    {
        using var night = new DropNight(bounds: new() { LookEvery = TimeSpan.FromHours(1) });
        night.PutWhole(First, DropNight.Package());
        var judged = night.Next<DeliveryJudged>();
        Boundary.Inject = StopAtARequest;
        night.Receiver.Remember(judged);
        Bounded.Set(stopped, "the receiving thread");
        Overflow(night);
        night.PutWhole(Unheard, DropNight.Package("20:40"));
        goOn.Set();
        Assert.Equal(Unheard, night.Next<DeliveryJudged>().Delivery);
    }

    /// <summary>Keeps the receiving thread from reading what the kernel reports.</summary>
    void StopAtARequest(BoundaryPoint point)
    {
        if (point != BoundaryPoint.ReceivingRequest) return;
        stopped.Set();
        Bounded.Set(goOn, "the end of this test's part");
    }

    /// <summary>Fills the kernel's queue with events that mean nothing: each rename is two of them.</summary>
    static void Overflow(DropNight night)
    {
        var most = int.Parse(
            File.ReadAllText("/proc/sys/fs/inotify/max_queued_events").Trim(), CultureInfo.InvariantCulture);
        night.PutFile(".one", "");
        for (var events = 0; events <= most; events += 4)
        {
            Assert.Equal(0, Stdlib.rename(night.In(".one"), night.In(".two")));
            Assert.Equal(0, Stdlib.rename(night.In(".two"), night.In(".one")));
        }
    }
}
