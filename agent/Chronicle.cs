using System.Text.Json.Nodes;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux;

namespace Difusor.Agent;

/// <summary>
/// Every decision passes here on its way to the journal: it is on disk before the caller goes on, and stamped with trusted time
/// where there is one. Syslog is fed from the journal, and status from here.
/// </summary>
sealed class Chronicle(JournalFile journal)
{
    const int Remembered = 10;
    readonly Queue<JournalRecord> rejections = new();

    /// <summary>Trusted time at a reading; the timekeeper sets it.</summary>
    public Func<ClockReading, DateTimeOffset?> Trusted { private get; set; } = _ => null;

    /// <summary>Told of each record, once it is on disk.</summary>
    public Action<JournalRecord> Recorded { private get; set; } = _ => { };

    public JournalFile Journal => journal;

    /// <summary>The last rejections, the newest last.</summary>
    public IReadOnlyCollection<JournalRecord> Rejections => rejections;

    /// <exception cref="SystemFault">The record is not on disk: what it would allow must not be done.</exception>
    public void Record(AgentEvent happened, ClockReading now)
    {
        var record = journal.Append(happened, Trusted(now), now.System);
        if (happened.Code == EventCode.PackageRejected)
        {
            rejections.Enqueue(record);
            if (rejections.Count > Remembered) rejections.Dequeue();
        }
        // It is on disk: a listener that fails does not keep the caller from what it allows.
        Boundary.Run(BoundaryPoint.LoopHear, () => Recorded(record));
    }

    public void Record(EventCode code, ClockReading now, JsonObject fields) => Record(new AgentEvent(code, fields), now);
}
