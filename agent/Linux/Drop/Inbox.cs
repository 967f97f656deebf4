using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Takes what other threads want one thread to do, and wakes that thread. Any thread adds and wakes; only the one
/// thread takes and waits.
/// </summary>
sealed class Inbox : IDisposable
{
    readonly ConcurrentQueue<Action> requests = new();
    readonly WakeUp wake = new();

    /// <summary>
    /// One: the thread is woken already, and has not looked since. Changed by <see cref="Interlocked"/> only.
    /// </summary>
    int woken;

    /// <summary>Adds a request, and wakes the thread.</summary>
    public void Add(Action request)
    {
        AddQuietly(request);
        Wake();
    }

    /// <summary>Adds a request. Whoever adds many of them wakes the thread now and then.</summary>
    public void AddQuietly(Action request) => requests.Enqueue(request);

    /// <summary>Wakes the thread, once for all that has come since it last looked.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref woken, 1) == 0) wake.Set();
    }

    public bool TryTake([MaybeNullWhen(false)] out Action request) => requests.TryDequeue(out request);

    /// <summary>
    /// Waits until it is woken or <paramref name="other"/> (negative: none) has something to read, for at most the
    /// given milliseconds.
    /// </summary>
    public void Wait(int other, int milliseconds)
    {
        wake.WaitBeside(other, milliseconds);
        wake.Clear();
        Interlocked.Exchange(ref woken, 0);
    }

    public void Dispose() => wake.Dispose();
}
