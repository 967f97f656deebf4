using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// One delivery's turn: whether it is over, and how long there was work for it. Workers ask and count; the receiving
/// thread ends it. Instants are
/// nanoseconds of CLOCK_MONOTONIC.
/// </summary>
sealed class Slice
{
    readonly Lock counting = new();
    int working;
    long since, used;
    volatile bool isOver;

    public bool IsOver => isOver;

    /// <summary>What is being read of it ends at the next step.</summary>
    public void End() => isOver = true;

    /// <exception cref="SliceOver">Others have their turn now.</exception>
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

    /// <summary>How long one worker or more had to do with it.</summary>
    public long UsedAt(long now)
    {
        lock (counting) return used + (working > 0 ? now - since : 0);
    }
}

/// <summary>
/// A delivery's time is up while it is being read. It ends at whoever had it read, and is no fault: it is staged again
/// in its next turn.
/// </summary>
sealed class SliceOver : Exception;
