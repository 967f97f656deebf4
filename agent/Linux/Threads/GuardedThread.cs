using System.Diagnostics;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Threads;

/// <summary>
/// A thread whose work begins again after an unexpected error: at once after the first error, and after growing pauses
/// if it fails again and again. So no thread is lost, and none fails in a tight circle. A step that can be set aside by
/// itself has its own boundary inside.
/// </summary>
sealed class GuardedThread
{
    /// <summary>Work that has run this long before it failed is not failing again and again.</summary>
    static readonly TimeSpan Calm = TimeSpan.FromMinutes(1);
    /// <summary>The threads that the system refused to start; its own lock.</summary>
    static readonly List<GuardedThread> refused = [];

    readonly BoundaryPoint point;
    readonly string name;
    readonly Action work;
    readonly bool isBackground;
    /// <summary>
    /// Guards <see cref="ended"/> and the start of <see cref="thread"/>, and wakes a thread that pauses.
    /// </summary>
    readonly object ending = new();
    Thread? thread;
    bool ended;

    /// <param name="work">May be called again after an error. It must cope with the state that the error has
    /// left.</param>
    public GuardedThread(BoundaryPoint point, string name, Action work, bool isBackground = true)
    {
        (this.point, this.name, this.work, this.isBackground) = (point, name, work, isBackground);
    }

    public bool IsAlive => thread is { IsAlive: true };

    /// <summary>
    /// Starts the thread. Where the system refuses (no memory, <c>TasksMax</c>) that is reported, and
    /// <see cref="StartRefused"/> tries again.
    /// </summary>
    public void Start()
    {
        if (TryStart()) return;
        lock (refused) refused.Add(this);
    }

    /// <summary>Starts the threads that the system refused to start before.</summary>
    public static void StartRefused()
    {
        if (refused.Count == 0) return;
        lock (refused) refused.RemoveAll(one => one.TryStart());
    }

    /// <summary>Waits for the thread to end. From now on its work does not begin again.</summary>
    public void Join() => Join(Timeout.InfiniteTimeSpan);

    /// <returns>False where it did not end in that time.</returns>
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
