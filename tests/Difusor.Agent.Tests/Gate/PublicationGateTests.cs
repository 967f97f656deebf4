using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Tests.Gate;

public class PublicationGateTests
{
    static readonly DateTimeOffset Opens = VirtualHost.Opens;
    const double Hour = 3600e9;

    static VirtualHost Before(int seconds) => new(Opens.AddSeconds(-seconds));

    [Fact]
    public void SilentServersFromTheStartKeepItClosed()
    {
        var host = Before(60);
        for (var poll = 0; poll < 5; poll++)
        {
            host.Poll(0.02, double.NaN, double.NaN);
            host.Pass(TimeSpan.FromSeconds(64));
            Assert.Equal(GateReason.ClockUnsynchronized, host.Decide().Reason);
        }
        Assert.Equal(TimeSpan.FromSeconds(64 * 5), host.Decide().WithoutServersFor);
        Assert.Equal([EventCode.ClockUncertain], host.Events.Select(each => each.Code));
    }

    [Fact]
    public void TheDeadlineIsTheFirstInstantAtWhichTheEarliestBoundHasReachedTheOpening()
    {
        var host = Before(30);
        host.RawError = 300e-6;
        host.PollGood();
        host.Pass(TimeSpan.FromSeconds(10));
        var decision = host.Decide();
        Assert.Equal(GateReason.BeforeOpening, decision.Reason);
        host.Pass(decision.Wake!.Value / (1 + host.RawError) - TimeSpan.FromMicroseconds(2));
        Assert.Equal(GateReason.BeforeOpening, host.Decide().Reason);
        host.Pass(TimeSpan.FromMicroseconds(4));
        Assert.True(host.Decide().Open);
        Assert.InRange(host.True, TrueInterval.Nanoseconds(Opens), TrueInterval.Nanoseconds(Opens) + 50e6);
    }

    [Fact]
    public void OneSelectionOfThreeServersIsNoProofAndTwoAre()
    {
        var host = Before(-10);
        host.Poll(0.02, 0, 0, 0);
        Assert.Equal(
            (GateReason.ClockUnsynchronized, 1), (host.Decide().Reason!.Value, host.Decide().SelectionsMissing));
        host.Pass(TimeSpan.FromSeconds(2));
        host.Poll(0.02, 0, 0, 0);
        Assert.True(host.Decide().Open);
    }

    [Fact]
    public void OneSelectionOfFourServersIsProof()
    {
        var host = Before(-10);
        host.Poll(0.02, 0, 0, 0, 0);
        Assert.True(host.Decide().Open);
    }

    [Fact]
    public void ADisagreementBetweenTwoSelectionsBreaksTheRow()
    {
        var host = Before(-10);
        host.Poll(0.02, 0, 0, 0);
        host.Poll(0.02, 0, 50, 100);
        host.Poll(0.02, 0, 0, 0);
        Assert.False(host.Decide().Open);
    }

    [Fact]
    public void TheSystemClockSetAheadByADayDoesNotOpen()
    {
        var host = Before(3600);
        host.PollGood();
        host.SystemError = 24 * Hour;
        Assert.Equal(GateReason.ClockDrift, host.Decide().Reason);
        host.PollGood();
        Assert.Equal(GateReason.ClockDrift, host.Decide().Reason);
        Assert.Contains(host.Events, each => each.Code == EventCode.ClockDrift);
        host.SystemError = 0;
        host.PollGood();
        Assert.Equal(GateReason.ClockDrift, host.Decide().Reason);
        host.PollGood();
        Assert.Equal(GateReason.BeforeOpening, host.Decide().Reason);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void AfterADriftTheOpeningWaitsForTwoGoodPollsAsTheGateDoes(int astray)
    {
        var host = Before(-10);
        host.SystemError = 5e9;
        for (var poll = 0; poll < astray; poll++) host.PollGood();
        host.SystemError = 0;
        Assert.Equal(GateReason.ClockDrift, host.Decide().Reason);
        host.PollGood();
        Assert.Equal(GateReason.ClockDrift, host.Decide().Reason);
        host.PollGood();
        Assert.True(host.Decide().Open);
        // Once it is proven, it stays open: the drift is over for both rules.
        host.Proven = true;
        Assert.True(host.Decide().Open);
    }

    [Fact]
    public void ThreeLiarsThatAgreeDoNotOpenAgainstTheSystemClock()
    {
        var host = Before(3600);
        for (var poll = 0; poll < 3; poll++) host.Poll(0.02, 7200, 7200, 7200);
        Assert.Equal(GateReason.ClockDrift, host.Decide().Reason);
    }

    [Fact]
    public void OnceProvenItStandsOverARestartWithoutAnyServer()
    {
        var host = Before(-600);
        host.Proven = true;
        host.Poll(0.02, double.NaN);
        Assert.True(host.Decide().Open);
    }

    [Fact]
    public void SilenceAfterTheOpeningIsOneWarningAllNightAndNoReason()
    {
        var host = Before(-10);
        host.PollGood();
        host.Proven = true;
        // Slower than the raw clock by 40 ppm, as no NTP client mends it: a second and a half in the end.
        for (var poll = 0; poll < 12 * 56; poll++)
        {
            host.Pass(TimeSpan.FromSeconds(64));
            host.SystemError -= 64e9 * 40e-6;
            host.Poll(0.02, double.NaN, double.NaN, double.NaN, double.NaN);
            Assert.True(host.Decide().Open);
        }
        Assert.Equal([EventCode.ClockSynchronized, EventCode.ClockUncertain], host.Events.Select(each => each.Code));
    }

    [Fact]
    public void ADriftAfterTheOpeningClosesAtTheSecondPollAndTwoGoodOnesOpen()
    {
        var host = Before(-10);
        host.PollGood();
        host.Proven = true;
        host.SystemError = -5e9;
        var open = new List<bool>();
        for (var poll = 0; poll < 4; poll++)
        {
            if (poll == 2) host.SystemError = 0;
            host.Pass(TimeSpan.FromSeconds(64));
            host.PollGood();
            open.Add(host.Decide().Open);
        }
        Assert.Equal([true, false, false, true], open);
        Assert.Equal(
            [EventCode.ClockSynchronized, EventCode.ClockDrift, EventCode.ClockSynchronized],
            host.Events.Select(each => each.Code));
    }

    [Fact]
    public void AMendedClockOpensAgainEvenWhereTheServersHaveFallenSilent()
    {
        var host = Before(-10);
        host.PollGood();
        host.Proven = true;
        host.SystemError = 5e9;
        host.PollGood();
        host.PollGood();
        Assert.False(host.Decide().Open);
        host.SystemError = 0;
        host.Poll(0.02, double.NaN);
        host.Poll(0.02, double.NaN);
        Assert.True(host.Decide().Open);
    }

    [Fact]
    public void AWideBoundIsClockUncertain()
    {
        var host = Before(-10);
        host.Poll(0.6, 0, 0, 0, 0);
        Assert.Equal(GateReason.ClockUncertain, host.Decide().Reason);
    }

    [Fact]
    public void TheProofIsForOneOpeningOnly()
    {
        var host = Before(-10);
        var closed = host.Decide();
        host.PollGood();
        var opened = host.Gate.Change(closed, host.Decide(), proven: false, host.Clock, host.Reading)!;
        Assert.Equal((EventCode.GateOpened, true), (opened.Code, opened.Fields["first"]!.GetValue<bool>()));
        Assert.True(host.Gate.IsProof(Assert.IsType<GateOpened>(opened)));
        Assert.False(
            new PublicationGate(VirtualHost.Profile with { Opens = Opens.AddHours(1) }, new ClockSettings())
            .IsProof((GateOpened)opened));
        Assert.Null(host.Gate.Change(host.Decide(), host.Decide(), proven: true, host.Clock, host.Reading));
    }

    [Fact]
    public void AnOperatorMayWaiveTheClockTenMinutesAfterTheOpeningAndTheOpeningNever()
    {
        Assert.True(Waivable(GateReason.ClockUnsynchronized, -600));
        Assert.False(Waivable(GateReason.ClockUnsynchronized, -599));
        Assert.False(Waivable(GateReason.BeforeOpening, -600));

        static bool Waivable(GateReason reason, int seconds) =>
            Before(seconds).Gate.MayWaive(reason, null, Before(seconds).Reading);
    }

    [Theory]
    [InlineData(-1, false), InlineData(0, true), InlineData(1, true)]
    public void TheClockIsNotWaivedWhileTheBoundIsWhollyBeforeTheOpening(int latest, bool may)
    {
        var bound = new ClockBound(Opens.AddHours(-1), Opens.AddSeconds(latest));
        Assert.Equal(may, Before(-600).Gate.MayWaive(GateReason.ClockDrift, bound, Before(-600).Reading));
    }

    [Fact]
    public void ARehearsalWindowOpensTheRehearsalRootAndEndsOnTime()
    {
        var window = VirtualHost.Profile.Rehearsals[0];
        var host = new VirtualHost(window.From.AddSeconds(-1));
        host.PollGood();
        Assert.Null(host.Decide().Rehearsal);
        host.Pass(host.Decide().Wake!.Value + TimeSpan.FromMicroseconds(1));
        Assert.Equal(window, host.Decide().Rehearsal);
        Assert.Equal(GateReason.BeforeOpening, host.Decide().Reason);
        host.Pass(window.To - window.From);
        host.PollGood();
        Assert.Null(host.Decide().Rehearsal);
    }
}
