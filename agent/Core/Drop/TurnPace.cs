namespace Difusor.Agent.Drop;

/// <summary>
/// Decides when turns are weighed. Weighing looks at all deliveries that wait, which may be thousands, so it may take
/// half of the thread's time at most. All instants are nanoseconds of CLOCK_MONOTONIC.
/// </summary>
public sealed class TurnPace
{
    long next, deadline = long.MaxValue;
    bool isDue;

    /// <summary>Gets when turns are to be weighed if nothing happens before.</summary>
    public long Deadline => Math.Max(isDue ? 0 : deadline, next);

    /// <summary>
    /// Returns whether turns may be weighed now. If not, what has come since the last weighing is seen by the next one.
    /// </summary>
    public bool MayWeigh(long now)
    {
        isDue |= now < next;
        return now >= next;
    }

    /// <summary>Records a weighing: it ended just now, and need not be repeated before an instant.</summary>
    public void Weighed(long start, long end, long until)
    {
        (deadline, isDue) = (until, false);
        next = end + (end - start);
    }

    /// <summary>Records that nobody can have a turn before an instant, as far as is known.</summary>
    public void WaitUntil(long until) => deadline = until;
}
