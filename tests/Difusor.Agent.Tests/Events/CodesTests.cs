using Difusor.Agent.Events;

namespace Difusor.Agent.Tests.Events;

/// <summary>The words of the closed types in the journal never change: scripts read them.</summary>
public sealed class CodesTests
{
    [Fact]
    public void TheEndOfTheLastRun() =>
        Assert.Equal(
            ["stopped", "ended", "reboot"], Enum.GetValues<RunEnd>().Select(end => Code(Started(end), "previous")));

    [Fact]
    public void TheCauseOfAJump() =>
        Assert.Equal(
            ["suspended", "disagreement"],
            Enum.GetValues<JumpCause>().Select(cause => Code(new ClockJump(cause, 1), "cause")));

    [Fact]
    public void TheReasonToHold() =>
        Assert.Equal(
            [
                "clock-unsynchronized", "clock-jump", "clock-uncertain", "clock-drift", "before-opening",
                "rehearsal-over", "rehearsal-undecided", "future-corte", "operator-hold", "publishing",
            ],
            Enum.GetValues<HoldReason>().Select(reason => reason.Code()));

    static AgentStarted Started(RunEnd end) => new("0", "x", 1, end, null, null, null, null, null);

    static string? Code(AgentEvent happened, string field) => (string?)EventFields.Of(happened)[field];
}
