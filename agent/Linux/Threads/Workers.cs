namespace Difusor.Agent.Linux.Threads;

/// <summary>How soon a piece of work is done, and how long it may hold a worker.</summary>
enum WorkKind
{
    /// <summary>For what has the best claim: before everything else, and on every worker.</summary>
    Urgent,
    /// <summary>
    /// May take long, and has the best claim or holds a place that others wait for. Never on the last free worker.
    /// </summary>
    UrgentLong,
    /// <summary>Short: on every worker, once nothing urgent waits.</summary>
    Short,
    /// <summary>May take long: one at a time, and never on the last free worker.</summary>
    Long,
}

/// <summary>Chooses the kind of a piece of work.</summary>
static class WorkKinds
{
    /// <summary>Returns the kind of a piece of work.</summary>
    /// <param name="isUrgent">It has the best claim, or others wait for the place that it holds.</param>
    /// <param name="isLong">It may take long.</param>
    public static WorkKind Of(bool isUrgent, bool isLong) => (isUrgent, isLong) switch
    {
        (true, false) => WorkKind.Urgent,
        (true, true) => WorkKind.UrgentLong,
        (false, false) => WorkKind.Short,
        (false, true) => WorkKind.Long,
    };
}

/// <summary>
/// A few threads that take work, each kind in order. What a piece of work throws ends only that piece.
/// </summary>
sealed class Workers : IDisposable
{
    /// <summary>
    /// The work that waits. <see cref="queue"/> is also the lock: it guards all four queues,
    /// <see cref="longRunning"/>, <see cref="stopped"/> and <see cref="lastingRuns"/>.
    /// </summary>
    readonly Queue<Action> queue = new(), urgent = new(), urgentLasting = new(), lasting = new();
    readonly GuardedThread[] threads;
    readonly Action drained;
    int running, longRunning;
    bool stopped, lastingRuns;

    /// <param name="drained">Called after a piece of work if no other waits then.</param>
    public Workers(int count, string name, Action drained)
    {
        this.drained = drained;
        threads = [
            .. Enumerable.Range(1, count)
            .Select(number => new GuardedThread(BoundaryPoint.Staging, $"{name} {number}", Run))];
        foreach (var thread in threads) thread.Start();
    }

    public void Add(Action work, WorkKind kind = WorkKind.Short)
    {
        lock (queue)
        {
            QueueOf(kind).Enqueue(work);
            // Otherwise a worker takes it once it has ended what it does now.
            if (IsLong(kind) ? TakesLong : TakesShort) Monitor.Pulse(queue);
        }
    }

    /// <summary>Drops the work that has not begun, and waits for the rest.</summary>
    /// <returns>False where that took longer than the given time.</returns>
    public bool Stop(TimeSpan atMost)
    {
        lock (queue)
        {
            stopped = true;
            foreach (var kind in Enum.GetValues<WorkKind>()) QueueOf(kind).Clear();
            Monitor.PulseAll(queue);
        }
        var until = Environment.TickCount64 + (long)atMost.TotalMilliseconds;
        return threads.All(
            thread => thread.Join(TimeSpan.FromMilliseconds(Math.Max(0, until - Environment.TickCount64))));
    }

    public void Dispose() => Stop(TimeSpan.FromSeconds(1));

    Queue<Action> QueueOf(WorkKind kind) => kind switch
    {
        WorkKind.Urgent => urgent,
        WorkKind.UrgentLong => urgentLasting,
        WorkKind.Short => queue,
        WorkKind.Long => lasting,
    };

    void Run()
    {
        while (true)
        {
            (Action Work, WorkKind Kind)? next;
            lock (queue)
            {
                while ((next = Next()) is null && !stopped) Monitor.Wait(queue);
                if (next is null || stopped) return;
                running++;
                if (IsLong(next.Value.Kind))
                {
                    longRunning++;
                    // One more piece of short work may run beside it.
                    if (urgent.Count + queue.Count > 0) Monitor.Pulse(queue);
                }
                lastingRuns |= next.Value.Kind == WorkKind.Long;
            }
            var (work, kind) = next.Value;
            Boundary.Run(BoundaryPoint.Staging, work);
            bool waits;
            lock (queue)
            {
                running--;
                if (IsLong(kind)) longRunning--;
                if (kind == WorkKind.Long) lastingRuns = false;
                // The next long piece of work may wait for this one to end.
                if (IsLong(kind) && urgentLasting.Count + lasting.Count > 0) Monitor.Pulse(queue);
                waits = queue.Count + urgent.Count + urgentLasting.Count + lasting.Count > 0;
            }
            if (!waits) drained();
        }
    }

    bool TakesLong => longRunning < Math.Max(1, threads.Length - 1);

    /// <summary>
    /// Gets whether a worker may begin short work. One worker is there only so that long work holds up no short work;
    /// without any long work it would get in the way of the others.
    /// </summary>
    bool TakesShort => running - longRunning < Math.Max(1, threads.Length - 1);

    static bool IsLong(WorkKind kind) => kind is WorkKind.UrgentLong or WorkKind.Long;

    (Action Work, WorkKind Kind)? Next()
    {
        if (TakesShort && urgent.TryDequeue(out var work)) return (work, WorkKind.Urgent);
        if (TakesLong)
        {
            if (urgentLasting.TryDequeue(out work)) return (work, WorkKind.UrgentLong);
            if (!lastingRuns && lasting.TryDequeue(out work)) return (work, WorkKind.Long);
        }
        return TakesShort && queue.TryDequeue(out work) ? (work, WorkKind.Short) : null;
    }
}
