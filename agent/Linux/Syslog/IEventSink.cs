using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// Takes the journal's records to a collector, and says which of them the collector has. Serilog.Sinks.Syslog would be
/// another implementation, if the registry that this is built from served it and it could say that.
/// <c>EventSinkTests</c> is the suite that any implementation must pass. One thread hands over; another may dispose of
/// the sink meanwhile, and then the call under way ends with an <see cref="IOException"/>.
/// </summary>
public interface IEventSink : IDisposable
{
    /// <summary>
    /// Gets the number of the last record that the collector has, with all that were handed over before it; 0 before
    /// the first. It never goes back. What comes after it may still be lost.
    /// </summary>
    long Settled { get; }

    /// <summary>Gets how fast it may be fed.</summary>
    SinkPace Pace { get; }

    /// <summary>Hands a record over, in the order of their numbers. The collector need not have it yet.</summary>
    /// <exception cref="IOException">The collector is away. Hand over again all that comes after
    /// <see cref="Settled"/>: the collector may get a record twice, but it misses none.</exception>
    void Send(JournalRecord record);

    /// <summary>Waits until the collector has all that was handed over, and moves <see cref="Settled"/>.</summary>
    /// <exception cref="IOException">The collector is away, or takes too long. Hand over again as after
    /// <see cref="Send"/>.</exception>
    void Settle();

    /// <summary>
    /// Looks whether the collector is there, while nothing is on its way, and hands nothing over.
    /// </summary>
    /// <exception cref="IOException">The collector is away.</exception>
    void Look();
}

/// <summary>How fast a sink may be fed.</summary>
/// <param name="AtOnce">The most records before <see cref="IEventSink.Settle"/>.</param>
/// <param name="Pause">The pause after so many; zero if none is needed.</param>
public readonly record struct SinkPace(int AtOnce, TimeSpan Pause);
