namespace Difusor.Agent.Linux;

/// <summary>How soon a piece of work is done, and how long it may hold a worker.</summary>
enum WorkKind
{
    /// <summary>For what has the best claim: before all else, and on every worker.</summary>
    Urgent,
    /// <summary>Short: on every worker, once nothing urgent waits.</summary>
    Short,
    /// <summary>May take long: one at a time, so that a worker is free for what is urgent.</summary>
    Long,
}

/// <summary>A few threads that take work, each kind in order. What a piece of work throws ends nothing but that piece.</summary>
sealed class Workers : IDisposable
{
    readonly Queue<Action> queue = new(), urgent = new(), lasting = new();
    readonly GuardedThread[] threads;
    readonly Action drained;
    bool stopped, lastingRuns;

    /// <param name="drained">Told after each piece of work behind which no other waits.</param>
    public Workers(int count, string name, Action drained)
    {
        this.drained = drained;
        threads = [.. Enumerable.Range(1, count).Select(number => new GuardedThread(BoundaryPoint.Staging, $"{name} {number}", Run))];
        foreach (var thread in threads) thread.Start();
    }

    public void Add(Action work, WorkKind kind = WorkKind.Short)
    {
        lock (queue)
        {
            (kind == WorkKind.Urgent ? urgent : kind == WorkKind.Long ? lasting : queue).Enqueue(work);
            Monitor.Pulse(queue);
        }
    }

    /// <summary>Forgets what has not begun, and waits for what has.</summary>
    /// <returns>False where that took longer.</returns>
    public bool Stop(TimeSpan atMost)
    {
        lock (queue)
        {
            stopped = true;
            foreach (var one in new[] { queue, urgent, lasting }) one.Clear();
            Monitor.PulseAll(queue);
        }
        var until = Environment.TickCount64 + (long)atMost.TotalMilliseconds;
        return threads.All(thread => thread.Join(TimeSpan.FromMilliseconds(Math.Max(0, until - Environment.TickCount64))));
    }

    public void Dispose() => Stop(TimeSpan.FromSeconds(1));

    void Run()
    {
        while (true)
        {
            Action? work;
            bool isLong;
            lock (queue)
            {
                while ((work = Next(out isLong)) is null && !stopped) Monitor.Wait(queue);
                if (work is null || stopped) return;
                lastingRuns |= isLong;
            }
            Boundary.Run(BoundaryPoint.Staging, work);
            bool waits;
            lock (queue)
            {
                if (isLong) lastingRuns = false;
                // The next long one may wait for this very end.
                if (isLong && lasting.Count > 0) Monitor.Pulse(queue);
                waits = queue.Count + urgent.Count + lasting.Count > 0;
            }
            if (!waits) drained();
        }
    }

    Action? Next(out bool isLong)
    {
        isLong = false;
        if (urgent.TryDequeue(out var work)) return work;
        if (!lastingRuns && lasting.TryDequeue(out work))
        {
            isLong = true;
            return work;
        }
        return queue.TryDequeue(out work) ? work : null;
    }
}
