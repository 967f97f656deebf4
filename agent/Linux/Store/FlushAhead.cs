using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Threads;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Flushes the state's file system: when it counts, and in the background while a delivery arrives slowly, so that
/// little is left when the verdict falls. One at a time, with a pause between those in the background: what is dropped
/// at once is flushed once, at its end.
/// </summary>
sealed class FlushAhead(OwnFolder folder) : IDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    readonly Lock flushing = new();
    long next = Environment.TickCount64 + (long)Pause.TotalMilliseconds;
    int busy, failures;
    bool closed;

    /// <summary>False: only when it counts.</summary>
    internal bool InBackground { get; set; } = true;

    /// <summary>
    /// How many flushes have failed. Linux tells of a lost page once, and takes it for clean from then on: what was
    /// written before a failed flush may never reach the disk, though the next flush succeeds. It must be written
    /// again.
    /// </summary>
    internal int Failures => Volatile.Read(ref failures);

    /// <summary>Something was written. Any thread; never waits.</summary>
    internal void Wrote()
    {
        if (!InBackground || Environment.TickCount64 < Volatile.Read(ref next)
            || Interlocked.Exchange(ref busy, 1) != 0) return;
        Boundary.Pool(BoundaryPoint.FlushAhead, Ahead);
    }

    /// <summary>
    /// Brings to stable storage what was written since <see cref="Failures"/> was <paramref name="since"/>.
    /// </summary>
    /// <exception cref="SystemFault">It failed, now or in the background meanwhile.</exception>
    internal void Flush(int since)
    {
        lock (flushing)
        {
            if (closed) throw new SystemFault("syncfs", folder.Path, Errno.EBADF);
            if (TryFlush() is var errno and not 0) throw new SystemFault("syncfs", folder.Path, errno);
            if (failures != since) throw new SystemFault("syncfs", folder.Path, Errno.EIO);
        }
    }

    void Ahead()
    {
        try
        {
            lock (flushing)
            {
                if (!closed) TryFlush();
            }
        }
        finally
        {
            Volatile.Write(ref next, Environment.TickCount64 + (long)Pause.TotalMilliseconds);
            Volatile.Write(ref busy, 0);
        }
    }

    Errno TryFlush()
    {
        if (Native.syncfs((int)folder.Handle.DangerousGetHandle()) == 0) return 0;
        failures++;
        return SystemFault.LastErrno;
    }

    public void Dispose()
    {
        lock (flushing) closed = true;
    }
}
