using Difusor.Agent.Events;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Sentinel;

/// <summary>Counts what has happened since the agent started, from the journal's records. The metrics use it.</summary>
public sealed class Tally
{
    readonly SortedDictionary<string, long> rejections = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, long> events = new(StringComparer.Ordinal);

    /// <summary>
    /// Gets the rejections by reason; a package with two reasons counts under both, one of a rehearsal under none.
    /// </summary>
    public IReadOnlyDictionary<string, long> Rejections => rejections;

    /// <summary>Gets the events by MSGID.</summary>
    public IReadOnlyDictionary<string, long> Events => events;

    public long FilesVerified { get; private set; }

    /// <summary>
    /// Gets the seconds from the last byte to the swap, of the last publication in the public root; null before the
    /// first.
    /// </summary>
    public double? PublicationSeconds { get; private set; }

    /// <summary>Gets the last events, newest last.</summary>
    public IReadOnlyCollection<JournalRecord> Last => last;

    const int Remembered = 20;
    readonly Queue<JournalRecord> last = new();

    public void Hear(JournalRecord record)
    {
        events[record.Event] = events.GetValueOrDefault(record.Event) + 1;
        last.Enqueue(record);
        if (last.Count > Remembered) last.Dequeue();
        switch (record.Happened)
        {
            case PackageVerified verified:
                FilesVerified += verified.Files;
                break;
            case PackageRejected { Root: not Root.Rehearsal } rejected:
                foreach (var code in rejected.Reasons.Select(reason => reason.Code).Distinct())
                    rejections[code] = rejections.GetValueOrDefault(code) + 1;
                break;
            case CortePublished { Root: not Root.Rehearsal } published:
                PublicationSeconds = published.Seconds ?? PublicationSeconds;
                break;
        }
    }

    public long Count(EventCode code) => events.GetValueOrDefault(code.Id());
}
