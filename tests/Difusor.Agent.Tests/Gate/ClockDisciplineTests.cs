using Difusor.Agent.Events;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Tests.Gate;

public class ClockDisciplineTests
{
    static readonly DateTimeOffset Afternoon = VirtualHost.Opens.AddHours(-6);
    static readonly TimeSpan Poll = TimeSpan.FromSeconds(64);

    [Fact]
    public void TheFirstSelectionSynchronizes()
    {
        var host = new VirtualHost(Afternoon);
        host.PollGood();
        Assert.Equal([EventCode.ClockSynchronized], host.Events.Select(each => each.Code));
        Assert.True(host.BoundHoldsTrueTime);
        Assert.InRange(
            host.Clock.BoundAt(host.Reading)!.Value.Uncertainty, TimeSpan.FromMilliseconds(10),
            TimeSpan.FromMilliseconds(21));
    }

    [Fact]
    public void TheBoundWidensByFiveHundredPpmUntilTheRateIsKnownAndByDriftPpmAfter()
    {
        var host = new VirtualHost(Afternoon) { RawError = 180e-6 };
        host.PollGood();
        var before = Widening(host);
        for (var poll = 0; poll < 60; poll++)
        {
            host.Pass(Poll);
            host.PollGood();
            Assert.True(host.BoundHoldsTrueTime);
        }
        Assert.InRange(before, 499e-6, 501e-6);
        Assert.NotEqual(RawRate.Unmeasured, host.Clock.Rate);
        Assert.InRange(Widening(host), 49e-6, 51e-6);
    }

    static double Widening(VirtualHost host)
    {
        var start = host.Clock.At(host.Reading)!.Value.Uncertainty;
        host.Pass(TimeSpan.FromSeconds(1000));
        return (host.Clock.At(host.Reading)!.Value.Uncertainty - start) / 1000e9;
    }

    [Fact]
    public void ASuspendDiscardsTheBoundAtOnce()
    {
        var host = new VirtualHost(Afternoon);
        host.PollGood();
        host.Suspend(TimeSpan.FromHours(1));
        Assert.Null(host.Clock.BoundAt(host.Reading));
        Assert.Equal(GateReason.ClockUnsynchronized, host.Decide().Reason);
        host.PollGood();
        Assert.NotNull(host.Clock.BoundAt(host.Reading));
        Assert.Equal(
            [EventCode.ClockSynchronized, EventCode.ClockJump, EventCode.ClockSynchronized],
            host.Events.Select(each => each.Code));
        Assert.Equal("suspended", host.Events[1].Fields["cause"]!.GetValue<string>());
    }

    [Fact]
    public void ARestoredSnapshotIsAJumpThatEightSelectionsMend()
    {
        var host = new VirtualHost(Afternoon);
        host.PollGood();
        // The clocks of a restored machine go on where they stood; true time does not.
        var restored = new VirtualHost(Afternoon.AddHours(1));
        var step = restored.Discipline.Take(
            host.Clock,
            new NtpPoll(
            [.. Enumerable.Range(0, 4).Select(at => restored.Reply($"s{at}", 0, 0.02))], restored.Reading,
            restored.Reading), false);
        Assert.Equal(EventCode.ClockJump, Assert.Single(step.Events).Code);
        Assert.InRange(step.Events[0].Fields["seconds"]!.GetValue<double>(), 3599.9, 3600.1);
    }

    [Fact]
    public void AfterAJumpEightSelectionsInARowMustAgree()
    {
        var host = new VirtualHost(Afternoon);
        host.PollGood();
        for (var poll = 1; poll <= 8; poll++)
        {
            host.Poll(0.02, 30, 30, 30, 30);
            Assert.Equal(poll < 8, host.Clock.Jumped);
        }
        Assert.Equal([EventCode.ClockSynchronized, EventCode.ClockJump], host.Events.Take(2).Select(each => each.Code));
    }

    [Fact]
    public void ASecondJumpBeginsTheCountAnew()
    {
        var host = new VirtualHost(Afternoon);
        host.PollGood();
        for (var poll = 0; poll < 7; poll++) host.Poll(0.02, 30, 30, 30, 30);
        host.PollGood();
        Assert.True(host.Clock.Jumped);
        Assert.Equal(1, host.Clock.SelectionsInARow);
        Assert.Equal(GateReason.ClockJump, host.Decide().Reason);
    }

    [Fact]
    public void AMajorityThatBeginsToLieMovesTheBoundNoFasterThanItWidens()
    {
        var host = new VirtualHost(Afternoon);
        host.PollGood();
        for (var poll = 1; poll <= 20; poll++)
        {
            host.Pass(TimeSpan.FromSeconds(64));
            // They creep ahead by 15 ms a poll, always in touch with what is carried.
            host.Poll(0.02, 0.015 * poll, 0.015 * poll, 0.015 * poll);
        }
        var lie = host.Clock.At(host.Reading)!.Value.Low - host.True;
        Assert.InRange(lie, double.NegativeInfinity, 20 * 64e9 * 500e-6);
    }

    [Fact]
    public void TheBoundIsOnlyEverCutByWhatTheServersSay()
    {
        var host = new VirtualHost(Afternoon);
        host.Poll(0.02, 0, 0, 0, 0);
        var before = host.Clock.At(host.Reading)!.Value;
        host.Pass(TimeSpan.FromSeconds(1));
        // Farther away, and a little ahead: neither widens what is known, nor moves its end.
        host.Poll(0.1, 0.05, 0.05, 0.05, 0.05);
        var after = host.Clock.At(host.Reading)!.Value;
        const double Second = 1e9, Widening = 501e3;
        Assert.InRange(after.High - before.High - Second, -Widening, Widening);
        Assert.InRange(after.Low - before.Low - Second, -Widening, Widening);
    }

    [Fact]
    public void AFalsetickerIsNamedOnceAndNotAtEachPoll()
    {
        var host = new VirtualHost(Afternoon);
        for (var poll = 0; poll < 30; poll++) host.Poll(0.02, 0, 0, 0, 0, poll % 5 == 4 ? 0 : 5);
        var named = Assert.Single(host.Events, each => each.Code == EventCode.ClockFalseticker);
        Assert.Equal("s4", named.Fields["servers"]![0]!.GetValue<string>());
    }

    [Fact]
    public void OneLostPollIsNoTrouble()
    {
        var host = new VirtualHost(Afternoon);
        host.PollGood();
        host.Poll(0.02, double.NaN);
        host.PollGood();
        Assert.Equal([EventCode.ClockSynchronized], host.Events.Select(each => each.Code));
    }

    [Fact]
    public void APollDuringWhichTheHostSleptSaysNothing()
    {
        var host = new VirtualHost(Afternoon);
        var started = host.Reading;
        var reply = host.Reply("s0", 0, 0.02);
        host.Suspend(TimeSpan.FromMinutes(1));
        var step = host.Discipline.Take(
            host.Clock, new NtpPoll([reply, reply with { Server = "s1", Address = "s1" }], started, host.Reading),
            false);
        Assert.Null(step.State.Carried);
    }

    [Fact]
    public void EachEventHasTheFieldsThatTheCatalogueNamesAndNoOthers()
    {
        var host = new VirtualHost(Afternoon);
        host.Poll(0.02, double.NaN, double.NaN);
        host.Poll(0.02, double.NaN, double.NaN);
        host.Poll(0.02, 0, 0, 5, 0);
        host.SystemError = 5e9;
        host.PollGood();
        host.SystemError = 0;
        host.PollGood();
        host.Poll(0.7, 30, 30, 30, 30);
        host.Suspend(TimeSpan.FromHours(1));
        host.PollGood();
        Assert.Equal(5, host.Events.Select(each => each.Code).Distinct().Count());
        foreach (var happened in host.Events)
        {
            var known = EventCatalogue.Of(happened.Code).Fields;
            Assert.Empty(happened.Fields.Select(field => field.Key).Except(known.Select(field => field.Name)));
            Assert.Empty(
                known.Where(field => !field.Optional).Select(field => field.Name)
                .Except(happened.Fields.Select(field => field.Key)));
        }
    }
}
