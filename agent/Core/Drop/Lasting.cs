namespace Difusor.Agent.Drop;

/// <summary>
/// Says whether a fault lasts: what a sysadmin changes in two commands is wrong for a moment, and no alarm.
/// </summary>
/// <param name="least">For how long it must have been seen.</param>
public sealed class Lasting(TimeSpan least)
{
    long? since;

    /// <summary>Gets whether the last look has seen it, and it does not count yet.</summary>
    public bool IsFresh { get; private set; }

    /// <summary>Takes what a look has shown.</summary>
    /// <param name="now">Nanoseconds of CLOCK_MONOTONIC.</param>
    /// <returns>Whether it has lasted.</returns>
    public bool Look(bool isWrong, long now)
    {
        since = isWrong ? since ?? now : null;
        var lasts = now - since >= Patience.Nanos(least);
        IsFresh = isWrong && !lasts;
        return lasts;
    }
}
