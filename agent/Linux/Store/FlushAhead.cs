using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Flushes the file system of the state folder: on demand, and in the background while a delivery arrives slowly, so
/// that little is left to flush at the verdict. Only one flush runs at a time, and background flushes have a pause
/// between them: a delivery that comes all at once is flushed once, at its end.
/// </summary>
sealed class FlushAhead(OwnFolder folder) : IDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Guards <see cref="closed"/> and the writing of <see cref="failures"/>. It is held during a flush, so that the
    /// folder is not closed under one.
    /// </summary>
    readonly Lock flushing = new();
    long next = Environment.TickCount64 + (long)Pause.TotalMilliseconds;
    int busy, failures;
    bool closed;

    /// <summary>Gets or sets whether background flushes run. False: only <see cref="Flush"/> flushes.</summary>
    internal bool InBackground { get; set; } = true;

    /// <summary>
    /// Gets how many flushes have failed. Linux reports a lost page once and treats it as clean from then on: what was
    /// written before a failed flush may never reach the disk, even if the next flush succeeds. It must be written
    /// again.
    /// </summary>
    internal int Failures => Volatile.Read(ref failures);

    /// <summary>
    /// Reports that something was written, and may start a background flush. Never waits; any thread may call it.
    /// </summary>
    internal void Wrote()
    {
        if (!InBackground || Environment.TickCount64 < Volatile.Read(ref next)
            || Interlocked.Exchange(ref busy, 1) != 0) return;
        Boundary.Pool(BoundaryPoint.FlushAhead, Ahead);
    }

    /// <summary>
    /// Flushes to stable storage what was written since <see cref="Failures"/> was <paramref name="since"/>.
    /// </summary>
    /// <exception cref="SystemFault">This flush failed, or a background flush failed in between.</exception>
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
