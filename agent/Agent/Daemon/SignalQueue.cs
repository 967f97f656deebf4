using System.Collections.Concurrent;
using Difusor.Agent.Night;

namespace Difusor.Agent.Daemon;

/// <summary>What the threads tell the agent loop, in the order in which it came.</summary>
sealed class SignalQueue
{
    readonly BlockingCollection<Signal> signals = [];

    /// <summary>Hands a signal to the loop; after its end nobody hears it. Any thread.</summary>
    public void Post(Signal signal)
    {
        try { if (!signals.IsAddingCompleted) signals.Add(signal); }
        catch (InvalidOperationException)
        {
            // It ends just now.
        }
    }

    /// <summary>Waits for the next signal.</summary>
    /// <returns>Null: none came in that time.</returns>
    public Signal? Next(TimeSpan patience) => signals.TryTake(out var signal, patience) ? signal : null;

    /// <summary>Ends the queue.</summary>
    /// <returns>What was still in it.</returns>
    public IEnumerable<Signal> End()
    {
        signals.CompleteAdding();
        return signals.GetConsumingEnumerable();
    }
}
