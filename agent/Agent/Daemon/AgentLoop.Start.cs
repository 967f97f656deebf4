using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Night;

namespace Difusor.Agent.Daemon;

/// <summary>The loop's start: what the journal says of earlier runs, and what a crash has left.</summary>
sealed partial class AgentLoop
{
    /// <summary>
    /// Records what was found, repairs what a crash left, and starts the threads. What was due is published at once.
    /// </summary>
    public void Start()
    {
        var now = HostClock.Read();
        var records = Recall();
        parts.Gate.Remember(records);
        parts.Publisher.Recall(records);
        Boundary.TellTo(Post);
        parts.Recorder.Record(
            new AgentStarted(
                Cli.CommandLine.Version, parts.Clock.Profile.Id, Environment.ProcessId, parts.LastRun.Previous,
                parts.LastRun.PreviousLastWord,
                parts.LastRun.PreviousInHand.IsEmpty ? null
                    : [.. parts.LastRun.PreviousInHand.Select(parts.Receiver.NameOf)],
                parts.Store.Live(Root.Public)?.Corte, parts.JournalSetAside, parts.JournalProblem),
            now);
        lastTick = now;
        parts.Cadence.Recall(parts.Troubles.Of(Trouble.Corte), now);
        try
        {
            TellSetAside(now);
            Step(BoundaryPoint.LoopUpkeep, () => Resume(records, now));
        }
        catch (SystemFault fault) { Failed(fault, now); } // keep watching the site that is up
        parts.Begin();
        parts.WriteStatus(now);
    }

    void Resume(List<JournalRecord> records, ClockReading now)
    {
        parts.Integrity.AtStart(records, now);
        parts.Publisher.RecordWhatACrashLeft(records, now);
        Advance(now);
    }

    /// <summary>
    /// Tells the parts what was wrong, rejected and published before. Returns the records that the start itself asks
    /// for: a long journal holds many others, and they need not all be in memory.
    /// </summary>
    List<JournalRecord> Recall()
    {
        List<JournalRecord> asked = [];
        foreach (var record in parts.Journal.Records())
        {
            parts.Troubles.Recall(record);
            parts.Recorder.Recall(record);
            if (GateKeeper.Asks(record.Happened) || record.Happened is CortePublished) asked.Add(record);
        }
        return asked;
    }

    /// <summary>
    /// Records the deliveries that are set aside because the agent has died twice with them; it does not touch them.
    /// </summary>
    void TellSetAside(ClockReading now)
    {
        foreach (var root in parts.LastRun.NewlySetAside)
            parts.Recorder.Record(new DeliverySetAside(parts.Receiver.NameOf(root), RunMark.MostDeaths), now);
    }
}
