namespace Difusor.Agent.Linux;

/// <summary>A few threads that take work from one queue, in order. What a piece of work throws is its own affair: it must not.</summary>
sealed class Workers : IDisposable
{
    readonly Queue<Action> queue = new();
    readonly Thread[] threads;
    readonly Action drained;
    bool stopped;

    /// <param name="drained">Told after each piece of work behind which no other waits.</param>
    public Workers(int count, string name, Action drained)
    {
        this.drained = drained;
        threads = [.. Enumerable.Range(1, count).Select(number => new Thread(Run) { Name = $"{name} {number}", IsBackground = true })];
        foreach (var thread in threads) thread.Start();
    }

    public void Add(Action work)
    {
        lock (queue)
        {
            queue.Enqueue(work);
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
            queue.Clear();
            Monitor.PulseAll(queue);
        }
        var until = Environment.TickCount64 + (long)atMost.TotalMilliseconds;
        return threads.All(thread => thread.Join((int)Math.Max(0, until - Environment.TickCount64)));
    }

    public void Dispose() => Stop(TimeSpan.FromSeconds(1));

    void Run()
    {
        while (true)
        {
            Action work;
            lock (queue)
            {
                while (queue.Count == 0 && !stopped) Monitor.Wait(queue);
                if (stopped) return;
                work = queue.Dequeue();
            }
            work();
            bool waits;
            lock (queue) waits = queue.Count > 0;
            if (!waits) drained();
        }
    }
}
