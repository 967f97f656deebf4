using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Tests.Gate;

/// <summary>
/// The last and the first instant, nanosecond and answer at which the gate says one thing and not another.
/// </summary>
public sealed class GateBoundsTests
{
    const long Sent = 5_000_000_000, Received = 5_020_000_000, True2021 = 1_623_027_590_000_000_000;
    const long Precision = 953, Tolerance = 1_000 + Precision + (20 * 500);

    static readonly NtpQuery Query = new(0x0123_4567_89AB_CDEF, Sent);

    static NtpPacket Kept(long nanoseconds) => new()
    {
        Version = 4, Mode = NtpPacket.ServerMode, Stratum = 15, Precision = -20, RootDelay = 40_000_000,
        RootDispersion = 2_000_000, Origin = new NtpTimestamp(Query.Stamp), Receive = NtpTimestamp.Of(True2021),
        Transmit = NtpTimestamp.Of(True2021 + nanoseconds),
    };

    static (NtpAnswer Answer, NtpPacket Read) Judge(NtpPacket packet)
    {
        var bytes = packet.ToBytes();
        return (NtpAnswer.Judge(Query, bytes, Received), NtpPacket.Read(bytes)!.Value);
    }

    [Fact]
    public void TheDistanceHasEachPartOfTheErrorOnce()
    {
        var (answer, read) = Judge(Kept(1_000_000));
        var held = read.Transmit.UnixNanoseconds - read.Receive.UnixNanoseconds;
        Assert.Equal(20_000_000 - held, answer.Sample.Delay);
        Assert.Equal(
            ((read.RootDelay + 20_000_000 - held) / 2) + read.RootDispersion + Tolerance, answer.Sample.Distance);
        // Honest servers on the same network differ by ten milliseconds at least.
        var (near, _) = Judge(Kept(1_000_000) with { RootDelay = 0, RootDispersion = 0 });
        Assert.Equal(10_000_000 + Tolerance, near.Sample.Distance);
    }

    [Fact]
    public void AServerMayKeepAPacketNoLongerThanItWasOnItsWayAndTheTolerance()
    {
        var kinds = new HashSet<long>();
        for (var beyond = -4; beyond <= 4; beyond++)
        {
            var (answer, read) = Judge(Kept(20_000_000 + Tolerance + beyond));
            var more = read.Transmit.UnixNanoseconds - read.Receive.UnixNanoseconds - 20_000_000 - Tolerance;
            kinds.Add(more);
            Assert.True(answer.Kind == (more <= 0 ? ReplyKind.Answered : ReplyKind.Unfit), $"{more} ns more");
            if (more <= 0) Assert.Equal(0, answer.Sample.Delay);
        }
        Assert.Superset(new HashSet<long> { 0, 1 }, kinds);
        Assert.Equal(ReplyKind.Answered, Judge(Kept(0)).Answer.Kind);
        Assert.Equal(ReplyKind.Unfit, Judge(Kept(-1_000)).Answer.Kind);
    }

    [Theory]
    [InlineData(2, ReplyKind.Unfit), InlineData(3, ReplyKind.Answered), InlineData(4, ReplyKind.Answered),
        InlineData(5, ReplyKind.Unfit)]
    public void OnlyTwoVersionsAnswer(int version, ReplyKind kind) =>
        Assert.Equal(kind, Judge(Kept(0) with { Version = version }).Answer.Kind);

    [Fact]
    public void AServerWithoutATimeOfItsOwnIsUnfit()
    {
        Assert.Equal(ReplyKind.Unfit, Judge(Kept(0) with { Transmit = default }).Answer.Kind);
        Assert.Equal(ReplyKind.Unfit, Judge(Kept(0) with { Receive = default }).Answer.Kind);
        Assert.Equal(ReplyKind.Unfit, Judge(Kept(0) with { Receive = default, Transmit = default }).Answer.Kind);
    }

    /// <summary>The last nanosecond of a rehearsal is its own, and the next one is not.</summary>
    [Fact]
    public void ADeliveryThatCanOnlyHaveComeAfterARehearsalIsTheElections()
    {
        var window = VirtualHost.Profile.Rehearsals[0];
        var host = new VirtualHost(window.To.AddMinutes(5));
        host.PollGood();
        var (now, end) = (host.Reading, TrueInterval.Nanoseconds(window.To));
        var carried = new CarriedBound(now.Raw, host.Clock.At(now)!.Value, host.Clock.Rate);
        var (before, after) = (now.Raw - 400_000_000_000, now.Raw);
        while (after - before > 1)
        {
            var middle = before + ((after - before) / 2);
            if (carried.At(middle).Low < end) before = middle;
            else after = middle;
        }
        Assert.InRange(carried.At(after).Low, end, end);
        var admission = new Admission(VirtualHost.Profile);
        Root? At(long raw) => admission.RootOf(
            now with { Raw = raw, Boot = now.Boot - now.Raw + raw, Monotonic = now.Monotonic - now.Raw + raw },
            host.Clock, now, proven: false);
        Assert.Equal((Root.Rehearsal, Root.Public), (At(before), At(after)));
    }

    [Theory]
    [InlineData(-90, 90), InlineData(-1, 1), InlineData(0, 0), InlineData(1, 0), InlineData(90, 0)]
    public void TheTimeLeftIsCountedDownToNothing(int seconds, int left)
    {
        var host = new VirtualHost(VirtualHost.Opens.AddSeconds(seconds));
        host.PollGood();
        var decision = host.Decide();
        var expected = VirtualHost.Opens - decision.Bound!.Value.Earliest;
        Assert.Equal(expected > TimeSpan.Zero ? expected : TimeSpan.Zero, decision.TimeLeft);
        Assert.InRange(decision.TimeLeft!.Value.TotalSeconds, left, left + 0.2);
    }

    [Fact]
    public void OneReasonOfTheClockAmongThoseWaivedOpensIt()
    {
        var gate = new PublicationGate(VirtualHost.Profile, new ClockSettings());
        string[] both = ["no-html", "clock-drift"];
        Assert.True(gate.IsWaiver(both, gate.WaivableFrom));
        Assert.False(gate.IsWaiver(both, gate.WaivableFrom.AddTicks(-1)));
        Assert.False(gate.IsWaiver(["no-html"], gate.WaivableFrom));
        Assert.False(gate.IsWaiver(["before-opening"], gate.WaivableFrom));
    }

    [Theory]
    [InlineData(GateReason.ClockUnsynchronized, true), InlineData(GateReason.ClockJump, true)]
    [InlineData(GateReason.ClockUncertain, true), InlineData(GateReason.ClockDrift, true)]
    [InlineData(GateReason.BeforeOpening, false)]
    public void EachReasonOfTheClockMayBeWaivedAndTheHourNot(GateReason reason, bool waivable)
    {
        Assert.Equal(waivable, reason.IsOfTheClock());
        Assert.Equal(waivable, ReasonCatalogue.Read()["holds"][reason.Code()].Waivable);
        Assert.True(Enum.GetValues<GateReason>().Length == 5, "a reason is missing here");
    }

    [Fact]
    public void WhetherAReasonMayBeWaivedIsTheProgramsWordAndNotTheFiles()
    {
        var sections = ReasonCatalogue.Read();
        foreach (var (code, entry) in sections["rejections"])
            Assert.Equal(ReasonTraits.Of(ReasonCodes.Named(code)!.Value).Waivable, entry.Waivable);
        foreach (var (code, entry) in sections["holds"])
            Assert.Equal(GateReasons.Named(code)?.IsOfTheClock() == true, entry.Waivable);
        Assert.All(sections["warnings"].Values, entry => Assert.False(entry.Waivable));
    }
}
