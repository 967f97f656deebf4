using Difusor.Agent.Events;
using Difusor.Agent.Shipped;

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

    /// <summary>Held against a file in which no line is ever changed.</summary>
    [Fact]
    public void ACodeOrNumberOnceGivenIsNeverChangedNorGivenAgain() =>
        Assert.Equal(
            File.ReadLines(Path.Combine(Repository.Root, GivenCodes.Path)).Order(StringComparer.Ordinal),
            GivenCodes.Now.Order(StringComparer.Ordinal));

    static AgentStarted Started(RunEnd end) => new("0", "x", 1, end, null, null, null, null, null);

    static string? Code(AgentEvent happened, string field) => (string?)EventFields.Of(happened)[field];
}
