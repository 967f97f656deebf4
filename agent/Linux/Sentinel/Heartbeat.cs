using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// Fetches <c>notify.heartbeat</c> on its own thread while the agent loop reports that all is well. If the host or the
/// loop dies, the receiver notices the silence. The answer is read up to 64 KiB and thrown away.
/// </summary>
sealed class Heartbeat : IDisposable
{
    const long LongestAnswer = 64 << 10;

    readonly UrlEvery beat;
    readonly WebReader reader;
    readonly AutoResetEvent due = new(initialState: false);
    readonly GuardedThread thread;
    HeartbeatPace pace;
    volatile bool ending;

    public Heartbeat(UrlEvery beat)
    {
        this.beat = beat;
        reader = new WebReader(beat.Url, growth: LongestAnswer);
        thread = new GuardedThread(BoundaryPoint.Heartbeat, "heartbeat", Run);
        thread.Start();
    }

    /// <summary>Reports whether all is well. The URL is fetched if it is, and if the interval is over.</summary>
    public void Tell(bool isWell, DateTimeOffset now)
    {
        (var isDue, pace) = pace.Ask(isWell, now, beat.Every);
        if (isDue) due.Set();
    }

    void Run()
    {
        while (due.WaitOne() && !ending) Boundary.Run(BoundaryPoint.HeartbeatBeat, () => _ = reader.Get(null, 0));
    }

    public void Dispose()
    {
        ending = true;
        due.Set();
        reader.End();
        if (!thread.Join(TimeSpan.FromSeconds(1))) return;
        reader.Dispose();
        due.Dispose();
    }
}
