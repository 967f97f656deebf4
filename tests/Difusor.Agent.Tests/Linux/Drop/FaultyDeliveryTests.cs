using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Tests.Linux;

[Collection(nameof(Injection))]
public sealed class FaultyDeliveryTests : IDisposable
{
    const string First = "P_20210606_2020", Second = "P_20210606_2040";
    readonly System.Collections.Concurrent.BlockingCollection<FaultMet> faults = [];

    public FaultyDeliveryTests() => Boundary.TellTo(faults.Add);

    public void Dispose()
    {
        Boundary.Inject = null;
        Boundary.TellTo(null);
        faults.Dispose();
    }

    FaultMet NextFault() =>
        faults.TryTake(out var met, TimeSpan.FromSeconds(60)) ? met
        : throw new InvalidOperationException("no fault was told");

    [Theory]
    [InlineData(nameof(BoundaryPoint.ReceivingDelivery))]
    [InlineData(nameof(BoundaryPoint.StagingRead))]
    [InlineData(nameof(BoundaryPoint.StagingJudge))]
    public void AFaultAtOneDeliverySetsItAsideAndTheOthersGoOn(string where)
    {
        using var night = new DropNight();
        Injection.Arm(Enum.Parse<BoundaryPoint>(where));
        night.Put(First, DropNight.Package());
        Assert.Equal(
            (First, Boundary.NameOf(Enum.Parse<BoundaryPoint>(where))),
            (NextFault().Fault.Delivery,
            faults.Count == 0 ? Boundary.NameOf(Enum.Parse<BoundaryPoint>(where)) : "more"));
        night.Put(Second, DropNight.Package("20:40"));
        Assert.Equal(Second, night.Next<DeliveryJudged>().Delivery);
        Bounded.Until(
            () => night.Receiver.Progress.Any(one => one is { Delivery: First, State: DeliveryState.SetAside }),
            "its progress");
        night.Receiver.Rejudge();
        Assert.Equal(
            (First, true), night.Next<DeliveryJudged>() is var judged ? (judged.Delivery, judged.Verdict.Accepted)
            : default);
    }

    [Fact]
    public void WhatWasSetAsideAndChangesIsReceivedAnew()
    {
        using var night = new DropNight();
        Injection.Arm(BoundaryPoint.StagingJudge);
        night.Put(First, DropNight.Package());
        NextFault();
        // No full look is needed to remember what lay there when it was set aside.
        Bounded.Until(
            () => night.Receiver.Progress.Any(one => one is { Delivery: First, State: DeliveryState.SetAside }),
            "its progress");
        night.Put(Second, DropNight.Package("20:40"));
        Assert.Equal(Second, night.Next<DeliveryJudged>().Delivery);
        night.Put(First, DropNight.Package(note: " changed"));
        night.Receiver.Apply(night.Rules);
        Assert.Equal(First, night.Next<DeliveryJudged>().Delivery);
    }

    [Fact]
    public void AFaultThatIsNoDeliverysEndsNoThread()
    {
        using var night = new DropNight();
        var armed = Injection.Arm(
            BoundaryPoint.Receiving, BoundaryPoint.ReceivingRequest, BoundaryPoint.ReceivingLook,
            BoundaryPoint.Staging);
        night.Restart(); // the threads begin under it
        night.Receiver.Apply(night.Rules);
        night.Receiver.Apply(night.Rules);
        night.Put(First, DropNight.Package());
        Assert.True(night.NextVerdict().Accepted);
        Assert.Empty(armed.Keys.Except([BoundaryPoint.ReceivingLook]));
    }

    [Fact]
    public void AFaultAtAHintSetsThatDeliveryAside()
    {
        using var night = new DropNight();
        night.Put(First, DropNight.Package());
        Assert.True(night.NextVerdict().Accepted);
        Injection.Arm(BoundaryPoint.ReceivingHint);
        night.Put(Second, DropNight.Package("20:40"));
        Assert.Equal(
            (Second, "receiving-hint"), NextFault().Fault is var fault ? (fault.Delivery, fault.Step) : default);
        night.Put("P_20210606_2100", DropNight.Package("21:00"));
        Assert.Equal("P_20210606_2100", night.Next<DeliveryJudged>().Delivery);
    }

    [Fact]
    public void OutOfMemoryAtADeliveryIsNoMoreThanAnotherFault()
    {
        using var night = new DropNight();
        var once = 0;
        Boundary.Inject = point =>
        {
            // more than any string may hold
            if (point == BoundaryPoint.StagingJudge && Interlocked.Increment(ref once) == 1)
                _ = new string('x', int.MaxValue);
        };
        night.Put(First, DropNight.Package());
        Assert.Equal(typeof(OutOfMemoryException).FullName, NextFault().Fault.Kind);
        night.Put(Second, DropNight.Package("20:40"));
        Assert.Equal(Second, night.Next<DeliveryJudged>().Delivery);
    }

    [Fact]
    public void WhatIsStagedIsOnDiskAsInHandBeforeItsFirstByteIsRead()
    {
        using var night = new DropNight(keepsRun: true);
        var seen = new System.Collections.Concurrent.ConcurrentQueue<string>();
        Boundary.Inject = point =>
        {
            if (point == BoundaryPoint.StagingRead)
                seen.Enqueue(File.ReadAllText(Path.Combine(night.State, "in-hand.json")));
        };
        night.Put(First, DropNight.Package());
        night.Publish(night.Next<DeliveryJudged>());
        night.Put(Second, DropNight.Package("20:40"));
        night.Next<DeliveryJudged>();
        Assert.All(
            seen, text =>
            Assert.True(
            text.Contains($"\"{First}\"", StringComparison.Ordinal)
            || text.Contains($"\"{Second}\"", StringComparison.Ordinal), text));
        Assert.DoesNotContain(First, seen.Last(), StringComparison.Ordinal); // its verdict was taken to its end
    }

    [Fact]
    public void AfterTwoDeathsWithItAloneInHandADeliveryIsNotTouchedUntilRetry()
    {
        using var night = new DropNight(keepsRun: true);
        night.Put(First, DropNight.Package());
        night.Next<DeliveryJudged>(); // and nobody takes it to its end
        night.Restart();
        Assert.Equal((RunEnd.Ended, 1), (night.Run!.Previous, night.Run.AtOnce));
        Assert.Equal(First, night.Next<DeliveryJudged>().Delivery);
        night.Restart();
        Assert.Equal([new RawPath(First)], night.Run!.NewlySetAside);
        night.Put(Second, DropNight.Package("20:40"));
        Assert.Equal([Second], night.SeenUntilJudged(Second));
        Bounded.Until(
            () => night.Receiver.Progress.Any(one => one is { Delivery: First, State: DeliveryState.SetAside }),
            "its progress");
        night.Receiver.Rejudge();
        Assert.Equal(First, night.Next<DeliveryJudged>().Delivery);
        Assert.Empty(night.Run.SetAside);
    }

    [Fact]
    public void AfterADeathWithSeveralInHandTheyAreTakenOneAtATime()
    {
        using var night = new DropNight(keepsRun: true);
        night.Put(First, DropNight.Package());
        night.Put(Second, DropNight.Package("20:40"));
        night.Next<DeliveryJudged>();
        night.Next<DeliveryJudged>();
        night.Restart();
        Assert.Equal([new RawPath(First), new RawPath(Second)], night.Run!.PreviousInHand.Order());
        var first = night.Next<DeliveryJudged>();
        Assert.Single(InHand());
        night.Publish(first);
        var second = night.Next<DeliveryJudged>();
        Assert.Equal([second.Delivery], InHand());
        Assert.NotEqual(first.Delivery, second.Delivery);

        IEnumerable<string> InHand() =>
            System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(night.State, "in-hand.json")))![
            "in_hand"]!.AsArray().Select(name => (string)name!);
    }
}
