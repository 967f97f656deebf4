namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// One turn of a delivery: whether it is over, and how long there was work for it. Workers ask and count; the receiving
/// thread ends it. Instants are nanoseconds of CLOCK_MONOTONIC.
/// </summary>
sealed class Slice
{
    /// <summary>Guards <see cref="working"/>, <see cref="since"/> and <see cref="used"/>.</summary>
    readonly Lock counting = new();
    int working;
    long since, used;
    volatile bool isOver;

    public bool IsOver => isOver;

    /// <summary>Ends the turn: reading stops at its next step.</summary>
    public void End() => isOver = true;

    /// <exception cref="SliceOver">It is the turn of others now.</exception>
    public void Check()
    {
        if (isOver) throw new SliceOver();
    }

    public void Begin(long now)
    {
        lock (counting)
            if (working++ == 0) since = now;
    }

    public void Finish(long now)
    {
        lock (counting)
            if (--working == 0) used += now - since;
    }

    /// <summary>Returns for how long (nanoseconds) at least one worker was busy with it.</summary>
    public long UsedAt(long now)
    {
        lock (counting) return used + (working > 0 ? now - since : 0);
    }
}

/// <summary>
/// The turn of a delivery ended while it was being read. The code that reads it catches this. It is no fault: the
/// delivery is staged again in its next turn.
/// </summary>
sealed class SliceOver : Exception;
