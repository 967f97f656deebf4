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
    readonly Queue<(string Package, DateTimeOffset At)> notNewer = new();

    public IJournal Journal => journal;

    /// <summary>Gets the last rejections, newest last.</summary>
    public IReadOnlyCollection<(PackageRejected Rejected, DateTimeOffset At)> Rejections => rejections;

    /// <summary>
    /// Gets the last packages that came for the public and brought nothing newer than what is live, newest last.
    /// </summary>
    public IReadOnlyCollection<(string Package, DateTimeOffset At)> NotNewer => notNewer;

    /// <summary>Records one event.</summary>
    /// <exception cref="IOException">The record is not on disk: what it would allow must not be done.</exception>
    public void Record(AgentEvent happened, ClockReading now)
    {
        var record = journal.Append(happened, clock.TrustedTime(now), now.System);
        Remember(record);
        recorded(record);
    }

    /// <summary>Takes a record of an earlier run, in their order: what came last for this election.</summary>
    public void Recall(JournalRecord record)
    {
        if (record.Happened is AgentStarted started && started.Election != clock.Profile.Id)
        {
            rejections.Clear();
            notNewer.Clear();
        }
        Remember(record);
    }

    void Remember(JournalRecord record)
    {
        if (record.Happened is PackageRejected rejected) Keep(rejections, (rejected, record.BestTime));
        else if (record.Happened is PackageDuplicate { Root: not Root.Rehearsal } twin)
            Keep(notNewer, (twin.Package, record.BestTime));
        else if (record.Happened is PackageSuperseded { Root: not Root.Rehearsal } older)
            Keep(notNewer, (older.Package, record.BestTime));
    }

    static void Keep<T>(Queue<T> last, T one)
    {
        last.Enqueue(one);
        if (last.Count > Remembered) last.Dequeue();
    }
}
