using System.Collections.Concurrent;
using Difusor.Agent.Night;

namespace Difusor.Agent.Daemon;

/// <summary>The signals of the threads to the agent loop, in the order in which they came.</summary>
sealed class SignalQueue
{
    readonly BlockingCollection<Signal> signals = [];

    /// <summary>Hands a signal to the loop; after the end of the queue it is dropped. Any thread may call it.</summary>
    public void Post(Signal signal)
    {
        try { if (!signals.IsAddingCompleted) signals.Add(signal); }
        catch (InvalidOperationException)
        {
            // The queue is ending just now.
        }
    }

    /// <summary>Waits for the next signal.</summary>
    /// <returns>The signal; null if none came in that time.</returns>
    public Signal? Next(TimeSpan patience) => signals.TryTake(out var signal, patience) ? signal : null;

    /// <summary>Ends the queue.</summary>
    /// <returns>The signals that were still in it.</returns>
    public IEnumerable<Signal> End()
    {
        signals.CompleteAdding();
        return signals.GetConsumingEnumerable();
    }
}
