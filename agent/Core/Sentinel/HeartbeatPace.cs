namespace Difusor.Agent.Sentinel;

/// <summary>
/// When the heartbeat is due: each so often, and only while all is well. A value: each question returns the next.
/// </summary>
/// <param name="Last">When it was due last; null: not yet.</param>
public readonly record struct HeartbeatPace(DateTimeOffset? Last)
{
    /// <summary>Asks whether it is due now. A clock that was set back makes it due at once.</summary>
    public (bool IsDue, HeartbeatPace Next) Ask(bool isWell, DateTimeOffset now, TimeSpan every)
    {
        if (!isWell || (Last is { } before && now >= before && now - before < every)) return (false, this);
        return (true, new HeartbeatPace(now));
    }
}
