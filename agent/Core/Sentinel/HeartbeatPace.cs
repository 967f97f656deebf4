namespace Difusor.Agent.Sentinel;

/// <summary>
/// Decides when the heartbeat is due: at a fixed interval, and only while nothing is wrong. It is immutable: each
/// question returns the next state.
/// </summary>
/// <param name="Last">When it was last due; null if it has not been due yet.</param>
public readonly record struct HeartbeatPace(DateTimeOffset? Last)
{
    /// <summary>Returns whether it is due now. If the clock was set back, it is due at once.</summary>
    public (bool IsDue, HeartbeatPace Next) Ask(bool isWell, DateTimeOffset now, TimeSpan every)
    {
        if (!isWell || (Last is { } before && now >= before && now - before < every)) return (false, this);
        return (true, new HeartbeatPace(now));
    }
}
