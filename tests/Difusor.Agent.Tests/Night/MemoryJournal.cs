using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Night;

namespace Difusor.Agent.Tests.Night;

/// <summary>The journal of a night in memory: chained as on disk.</summary>
sealed class MemoryJournal : IJournal
{
    readonly List<JournalRecord> records = [];

    /// <summary>The event that the disk refuses, once; null: none.</summary>
    public EventCode? Refuses { get; set; }

    public IReadOnlyList<JournalRecord> Records => records;
    public long Seq => records.Count;
    public string Head => records.Count == 0 ? JournalRecord.Genesis : records[^1].Head;

    public JournalRecord Append(AgentEvent happened, DateTimeOffset? trusted, DateTimeOffset system)
    {
        if (Refuses == happened.Code)
        {
            Refuses = null;
            throw new IOException("write: no space left on device");
        }
        records.Add(RecordLine.Write(happened, Seq + 1, Head, trusted, system).Record);
        return records[^1];
    }
}
