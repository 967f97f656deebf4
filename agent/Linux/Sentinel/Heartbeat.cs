using Difusor.Agent.Configuration;

namespace Difusor.Agent.Linux;

/// <summary>
/// Fetches <c>notify.heartbeat</c> when the agent loop says that all is well, on a thread of its own: where the host or the loop dies, the
/// silence is noticed elsewhere.
/// </summary>
sealed class Heartbeat : IDisposable
{
    readonly UrlEvery beat;
    readonly AutoResetEvent due = new(initialState: false);
    readonly GuardedThread thread;
    DateTimeOffset? last;
    volatile bool ending;

    public Heartbeat(UrlEvery beat)
    {
        this.beat = beat;
        thread = new GuardedThread(BoundaryPoint.Heartbeat, "heartbeat", Run);
        thread.Start();
    }

    /// <summary>All is well now; fetched where it is time.</summary>
    public void Well(DateTimeOffset now)
    {
        if (last is { } before && now >= before && now - before < beat.Every) return;
        last = now;
        due.Set();
    }

    void Run()
    {
        using var reader = new WebReader(beat.Url);
        while (due.WaitOne() && !ending) Boundary.Run(BoundaryPoint.HeartbeatBeat, () => _ = reader.Get(null, 0));
    }

    public void Dispose()
    {
        ending = true;
        due.Set();
        if (thread.Join(TimeSpan.FromSeconds(1))) due.Dispose();
    }
}
