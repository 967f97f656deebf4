namespace Difusor.Agent.Drop;

/// <summary>
/// Decides when memory that nothing uses any more is to be collected: soon after a very large delivery has ended, and
/// whenever the heap is large, so that it does not grow. All instants are nanoseconds of CLOCK_MONOTONIC.
/// </summary>
public sealed class UnusedMemory
{
    /// <summary>Bytes of the budgets. The end of a delivery that held as much is worth a garbage collection.</summary>
    internal const long Much = 16 << 20;

    /// <summary>
    /// A managed heap of this many bytes is mostly garbage: in a flood 250 MiB were in use, and a collection left 100.
    /// </summary>
    const long LargeHeap = 128L << 20;

    /// <summary>With this many bytes of memory in all, free memory is worth giving back.</summary>
    const long LargeProcess = 192L << 20;

    /// <summary>After this time the agent loop holds nothing of the delivery's verdict any more.</summary>
    static readonly long VerdictIsTaken = Patience.Nanos(TimeSpan.FromSeconds(1));

    static readonly long LookAtHeapEvery = Patience.Nanos(TimeSpan.FromSeconds(1)),
    CollectEvery = Patience.Nanos(TimeSpan.FromSeconds(5));

    long nextHeapLook, nextCollection;

    /// <summary>Gets when to ask <see cref="TakeDue"/> at the latest; <c>long.MaxValue</c> if nothing is due.</summary>
    public long Due { get; private set; } = long.MaxValue;

    /// <summary>Records that a delivery has ended, which held this many bytes of the budgets.</summary>
    public void HasEnded(long held, long now)
    {
        if (held >= Much) Due = now + VerdictIsTaken;
    }

    /// <summary>Returns whether there is so much memory that a part of it must be unused.</summary>
    /// <param name="heap">Bytes of the managed heap.</param>
    /// <param name="process">Bytes of the process that are resident.</param>
    public static bool IsLarge(long heap, long process) => heap >= LargeHeap || process >= LargeProcess;

    /// <summary>Returns whether to collect now; true only once for each reason.</summary>
    /// <param name="isLarge"><see cref="IsLarge"/>, asked once a second at most.</param>
    public bool TakeDue(long now, Func<bool> isLarge)
    {
        if (now >= nextHeapLook)
        {
            nextHeapLook = now + LookAtHeapEvery;
            if (now >= nextCollection && isLarge()) Due = now;
        }
        if (now < Due) return false;
        (Due, nextCollection) = (long.MaxValue, now + CollectEvery);
        return true;
    }
}
