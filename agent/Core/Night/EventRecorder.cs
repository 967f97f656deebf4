using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Night;

/// <summary>
/// Writes every decision to the journal. The record is on disk before the caller continues, and has trusted time if
/// there is one. Syslog is fed from the journal, and status from here.
/// </summary>
/// <param name="recorded">Called for each record, once it is on disk. It must not throw: the record allows what its
/// caller does next.</param>
public sealed class EventRecorder(IJournal journal, NightClock clock, Action<JournalRecord> recorded)
{
    const int Remembered = 10;
    readonly Queue<(PackageRejected Rejected, DateTimeOffset At)> rejections = new();

    public IJournal Journal => journal;

    /// <summary>Gets the last rejections, newest last.</summary>
    public IReadOnlyCollection<(PackageRejected Rejected, DateTimeOffset At)> Rejections => rejections;

    /// <summary>Records one event.</summary>
    /// <exception cref="IOException">The record is not on disk: what it would allow must not be done.</exception>
    public void Record(AgentEvent happened, ClockReading now)
    {
        var record = journal.Append(happened, clock.TrustedTime(now), now.System);
        Remember(record);
        recorded(record);
    }

    /// <summary>Takes a record of an earlier run, in their order: the last rejections of this election.</summary>
    public void Recall(JournalRecord record)
    {
        if (record.Happened is AgentStarted started && started.Election != clock.Profile.Id) rejections.Clear();
        Remember(record);
    }

    void Remember(JournalRecord record)
    {
        if (record.Happened is not PackageRejected rejected) return;
        rejections.Enqueue((rejected, record.BestTime));
        if (rejections.Count > Remembered) rejections.Dequeue();
    }
}
