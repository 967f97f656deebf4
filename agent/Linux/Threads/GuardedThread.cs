using System.Diagnostics;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Threads;

/// <summary>
/// A thread whose work begins again where an error that nobody foresaw has ended it: at once after the first, and after
/// growing pauses where it fails again and again, so that no thread is lost and none turns in a circle. What is worth
/// setting aside by itself has a boundary of its own within.
/// </summary>
sealed class GuardedThread
{
    /// <summary>What has run this long is not failing again and again.</summary>
    static readonly TimeSpan Calm = TimeSpan.FromMinutes(1);
    static readonly List<GuardedThread> refused = [];

    readonly BoundaryPoint point;
    readonly string name;
    readonly Action work;
    readonly bool isBackground;
    readonly object ending = new();
    Thread? thread;
    bool ended;

    /// <param name="work">May be called again after an error: it begins from whatever state that has left.</param>
    public GuardedThread(BoundaryPoint point, string name, Action work, bool isBackground = true)
    {
        (this.point, this.name, this.work, this.isBackground) = (point, name, work, isBackground);
    }

    public bool IsAlive => thread is { IsAlive: true };

    /// <summary>
    /// Starts it. Where the system refuses (no memory, <c>TasksMax</c>) it is told, and <see cref="StartRefused"/>
    /// tries again.
    /// </summary>
    public void Start()
    {
        if (TryStart()) return;
        lock (refused) refused.Add(this);
    }

    /// <summary>Starts the threads that the system has refused before.</summary>
    public static void StartRefused()
    {
        if (refused.Count == 0) return;
        lock (refused) refused.RemoveAll(one => one.TryStart());
    }

    /// <summary>Waits for its end; from now on it does not begin again.</summary>
    public void Join() => Join(Timeout.InfiniteTimeSpan);

    /// <returns>False where that took longer.</returns>
    public bool Join(TimeSpan atMost)
    {
        lock (ending)
        {
            ended = true;
            Monitor.PulseAll(ending);
        }
        return thread is not { IsAlive: true } running || running.Join(atMost);
    }

    bool TryStart()
    {
        lock (ending)
        {
            if (ended) return true;
            return Boundary.Run(BoundaryPoint.ThreadStart, () =>
            {
                var fresh = new Thread(Run) { Name = name, IsBackground = isBackground };
                fresh.Start();
                thread = fresh;
            });
        }
    }

    void Run()
    {
        var pause = FaultPause.None;
        while (true)
        {
            var began = Stopwatch.GetTimestamp();
            if (Boundary.Run(point, work)) return;
            pause = Stopwatch.GetElapsedTime(began) > Calm ? FaultPause.None.After() : pause.After();
            lock (ending)
            {
                if (!ended && pause.Length > TimeSpan.Zero) Monitor.Wait(ending, pause.Length);
                if (ended) return;
            }
        }
    }
}
