using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests.Gate;

/// <summary>
/// chronyd slews by up to 83,333 ppm: CLOCK_REALTIME, CLOCK_MONOTONIC and CLOCK_BOOTTIME of the agent run so much too
/// fast or too slow, from its start on, and CLOCK_MONOTONIC_RAW true. True time is this host's own, by which the link
/// is looked at.
/// </summary>
public class SlewTests(ITestOutputHelper output)
{
    const double FullRate = 0.083333;

    [Theory]
    [InlineData(1 + FullRate), InlineData(1 - FullRate)]
    public void AClockThatIsSlewedAtFullRateOpensNothingEarlyNorLate(double rate)
    {
        using Chronyd a = new(), b = new(), c = new(), d = new();
        using var clock = new SlewedClock();
        // The last poll of the burst is six seconds after the start: by a slewed clock the bound would be off by half a
        // second then.
        var opens = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 14);
        using var agent = new RunningAgent(
            opens, [a.Address, b.Address, c.Address, d.Address], wrapper: clock.Wrapper(rate),
            clock: ", max_offset: 3s").Start();
        new TestPackage(opens).Deliver(agent.Drop);
        agent.Await("PACKAGE_HELD");
        var opened = agent.Await("GATE_OPENED");
        agent.Await("CORTE_PUBLISHED");
        // It is slewed indeed: more than 0.8 s off by now.
        Assert.InRange(
            double.Parse(RunningAgent.Field(opened, "offset_seconds")!, CultureInfo.InvariantCulture) * Math.Sign(
            rate - 1), 0.8, 3);
        var live = SwapTime.Of(agent.Current);
        Assert.True(live >= opens.AddMilliseconds(-5), $"live at {live:O}");
        output.WriteLine(
            $"rate {rate}: live {(live - opens).TotalMilliseconds:F1} ms after the opening, the system clock "
            + $"{RunningAgent.Field(opened, "offset_seconds")} s off");
    }

    [Fact]
    public void ASlewPastTheAllowedOffsetIsNoticedBeforeTheOpeningAndKeepsItClosed()
    {
        using Chronyd a = new(), b = new();
        using var clock = new SlewedClock();
        var opens = DateTimeOffset.UtcNow.AddHours(1);
        using var agent = new RunningAgent(
            opens, [a.Address, b.Address], wrapper: clock.Wrapper(1 + FullRate),
            clock: ", poll: 1s, max_offset: 300ms").Start();
        Assert.True(
            double.Parse(
            RunningAgent.Field(agent.Await("CLOCK_DRIFT"), "offset_seconds")!, CultureInfo.InvariantCulture) > 0.3);
        agent.AwaitStatus(status => (string?)status["gate"]!["reason"] == "clock-drift");
        Assert.DoesNotContain(agent.Journal(), record => RunningAgent.Event(record) is "GATE_OPENED" or "CLOCK_JUMP");
    }
}
