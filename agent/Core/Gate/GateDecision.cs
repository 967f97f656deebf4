using Difusor.Agent.Events;

namespace Difusor.Agent.Gate;

/// <summary>Whether publication is allowed at one instant, and what the gate is waiting for.</summary>
public sealed record GateDecision
{
    public bool Open => Reason is null;
    /// <summary>Null where the gate is open.</summary>
    public required GateReason? Reason { get; init; }
    public required DateTimeOffset OpensAt { get; init; }
    public ClockBound? Bound { get; init; }
    /// <summary>The system clock against the middle of the bound.</summary>
    public TimeSpan? Offset { get; init; }
    /// <summary>True time that is certainly still to pass before the opening; zero once it is reached.</summary>
    public TimeSpan? TimeLeft { get; init; }
    /// <summary>Selections in a row still missing for the proof: 0 where nothing but time is missing.</summary>
    public int SelectionsMissing { get; init; }
    /// <summary>How long no servers have agreed, by CLOCK_BOOTTIME; null while they do.</summary>
    public TimeSpan? WithoutServersFor { get; init; }
    /// <summary>
    /// How long to wait, on CLOCK_MONOTONIC_RAW, until time alone may change a decision: the opening or an edge of a
    /// rehearsal. Decide anew then.
    /// </summary>
    public TimeSpan? Wake { get; init; }
    /// <summary>
    /// The rehearsal in which true time certainly lies, where the clock is good enough to open its root.
    /// </summary>
    public Configuration.Window? Rehearsal { get; init; }
}
