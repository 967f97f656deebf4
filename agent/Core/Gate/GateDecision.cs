using Difusor.Agent.Events;

namespace Difusor.Agent.Gate;

/// <summary>Whether publication is allowed at one instant, and what the gate is waiting for.</summary>
public sealed record GateDecision
{
    public bool Open => Reason is null;
    /// <summary>Gets why the gate is closed; null if it is open.</summary>
    public required GateReason? Reason { get; init; }
    public required DateTimeOffset OpensAt { get; init; }
    public ClockBound? Bound { get; init; }
    /// <summary>Gets the system clock minus the middle of the bound.</summary>
    public TimeSpan? Offset { get; init; }
    /// <summary>
    /// Gets how much true time must certainly still pass before the opening; zero once it is reached.
    /// </summary>
    public TimeSpan? TimeLeft { get; init; }
    /// <summary>Gets how many selections in a row are still missing for the proof; 0 if only time is missing.</summary>
    public int SelectionsMissing { get; init; }
    /// <summary>Gets for how long no servers have agreed, by CLOCK_BOOTTIME; null while they agree.</summary>
    public TimeSpan? WithoutServersFor { get; init; }
    /// <summary>
    /// Gets how long to wait, on CLOCK_MONOTONIC_RAW, until time alone may change a decision: the opening or an edge of
    /// a rehearsal. Decide again then.
    /// </summary>
    public TimeSpan? Wake { get; init; }
    /// <summary>
    /// Gets the rehearsal that has certainly begun and is not certainly over, if the clock is good enough to open its
    /// root.
    /// </summary>
    public Configuration.Window? Rehearsal { get; init; }
}
