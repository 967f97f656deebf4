using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Difusor.Agent.Drop;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent;

/// <summary>
/// The whole story on one page. One thread takes what the others have seen (a verdict, a poll of the time servers, an operator's wish),
/// decides, journals and publishes. It waits for the next signal or for the instant at which time alone changes something: the opening.
/// </summary>
sealed partial class AgentLoop(AgentParts parts)
{
    /// <summary>How often the loop looks by itself: for what a fault has left undone, a corte that is future no longer, the status file.</summary>
    static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    static readonly TimeSpan SlewedLittle = TimeSpan.FromMilliseconds(200);

    readonly BlockingCollection<Signal> signals = [];
    readonly List<Arrival> unfinished = [];
    ClockReading lastTick;
    bool hasWorked = true;
    string? stopCause;

    /// <summary>Told at each tick in which the gate was asked and what was due was published: a loop that only meets faults does not feed the watchdog.</summary>
    public Action Alive { private get; set; } = () => { };

    /// <summary>Hands a signal to the loop. Any thread.</summary>
    public void Post(Signal signal)
    {
        try { if (!signals.IsAddingCompleted) signals.Add(signal); }
        catch (InvalidOperationException)
        {
            // It ends just now.
        }
    }

    /// <summary>Records what was found, makes whole what a crash left, and starts the threads. What was due is published at once.</summary>
    public void Start()
    {
        var now = HostClock.Read();
        var records = parts.Chronicle.Journal.Folder.Records().Where(IsAskedAtStart).ToList();
        parts.Time.Remember(records);
        parts.Publisher.PublishedSince = PublicationRecord(records, parts.Store.Live(Root.Public))?.BestTime;
        Boundary.TellTo(Post);
        parts.Chronicle.Record(EventCode.AgentStarted, now, new JsonObject
        {
            ["previous"] = parts.LastRun.Previous?.Code(), ["previous_fault"] = parts.LastRun.PreviousLastWord,
            ["in_hand"] = parts.LastRun.PreviousInHand.IsEmpty ? null : Names(parts.LastRun.PreviousInHand),
            ["version"] = Cli.CommandLine.Version, ["election"] = parts.Time.Profile.Id, ["pid"] = Environment.ProcessId,
            ["published"] = parts.Store.Live(Root.Public)?.Corte.ToString(),
            ["journal_set_aside"] = parts.Chronicle.Journal.SetAside, ["journal_problem"] = parts.Chronicle.Journal.Problem,
        });
        lastTick = now;
        try
        {
            TellSetAside(now);
            Step(BoundaryPoint.LoopUpkeep, () => Resume(records, now));
        }
        catch (SystemFault fault) { Failed(fault, now); } // a site that is up stays watched over
        parts.Begin(Post);
        parts.Status.Write(now);
    }

    void Resume(List<JournalRecord> records, ClockReading now)
    {
        parts.Sentry.AtStart(records, now);
        foreach (var root in new[] { Root.Public, Root.Rehearsal })
            if (parts.Store.Live(root) is { } live && PublicationRecord(records, live) is null)
                parts.Publisher.RecordPublished(live, root, parts.Store.Previous(root), now);
        Advance(now);
    }

    /// <summary>
    /// Runs until it is told to stop. A fault of the disk is recorded, and what it interrupted is tried again; an error that nobody
    /// foresaw ends the step that met it, and no other.
    /// </summary>
    public void Run()
    {
        while (stopCause is null)
        {
            hasFaulted = false;
            var isForeseen = Boundary.Run(BoundaryPoint.Loop, Turn);
            pause = hasFaulted || !isForeseen ? pause.After() : FaultPause.None;
        }
        Stop(stopCause);
    }

    void Turn()
    {
        signals.TryTake(out var signal, Patience());
        var now = HostClock.Read();
        try
        {
            Tell(now);
            if (signal is not null) TakeGuarded(signal, now);
            else if (MayHealMore(now))
            {
                hasWorked = true;
                Step(BoundaryPoint.LoopHeal, () => parts.Sentry.HealMore(now));
            }
            Advance(now);
            if (storageFailed) Recovered();
            Step(BoundaryPoint.LoopWatch, parts.Sentry.Turn);
        }
        catch (SystemFault fault)
        {
            hasProgressed = true; // foreseen: it is recorded, and tried again
            Failed(fault, now);
        }
        if (signal is not null || IsDue(now)) Step(BoundaryPoint.LoopStatus, () => WriteStatus(now));
        if (!IsDue(now)) return;
        lastTick = now;
        if (hasProgressed) Alive();
        hasProgressed = false;
        GuardedThread.StartRefused();
        if (!hasWorked) return;
        parts.PrepareNext();
        Step(BoundaryPoint.LoopSpare, () => GiveMemoryBack(now));
    }

    void Take(Signal signal, ClockReading now)
    {
        switch (signal)
        {
            case FaultMet met:
                parts.Chronicle.Record(EventCode.InternalFault, now, met.Fault.ToFields());
                break;
            case DeliverySeen seen:
                parts.Chronicle.Record(EventCode.DeliverySeen, now, new JsonObject { ["package"] = seen.Delivery });
                break;
            case DeliveryStalled stalled:
                parts.Chronicle.Record(EventCode.DeliveryStalled, now, parts.Stalled(stalled, now));
                break;
            case DropCrowd crowd:
                parts.Chronicle.Record(CrowdEvents.Of(crowd.Change), now);
                break;
            case DeliveryJudged judged:
                hasWorked = true;
                TakeArrival(new Arrival(judged), now);
                // At once, not at the tick: cortes that come fast must not pile up.
                Step(BoundaryPoint.LoopUpkeep, () => parts.Publisher.Prune(now));
                parts.PrepareNext();
                break;
            case PollFinished finished:
                if (parts.Time.Take(finished.Poll, finished.Host)) parts.HurryPolling();
                parts.Intake.AssignRoots(now);
                break;
            case StorageLow low:
                parts.MakeRoom(low, now);
                break;
            case NoRoomFor asked:
                parts.MakeRoomFor(asked, now);
                break;
            case StorageBack:
                parts.RoomIsBack();
                break;
            case MuchMemoryUnused:
                // Not when the opening is near: all threads stand still meanwhile.
                if (!(parts.Time.WakeIn(now) < Tick)) SpareMemory.GiveBack();
                break;
            case StorageFailed failed:
                Failed(failed.Fault, now);
                break;
            case DropUnreadable { Fault: { } unreadable }:
                Failed(unreadable, now);
                parts.Sentry.Take(signal, now);
                break;
            case OperatorRequest request:
                parts.Operator.Answer(request, now);
                break;
            case JudgedByHand byHand:
                parts.Operator.Take(byHand, now);
                break;
            case ReloadRequested:
                parts.Reload(now);
                break;
            case StopRequested stop:
                stopCause = stop.Cause;
                break;
            default:
                hasWorked = true;
                parts.Sentry.Take(signal, now);
                break;
        }
    }

    /// <summary>What time alone brings: the gate, what is due, what a fault has left, the clean-up.</summary>
    void Advance(ClockReading now)
    {
        var decided = Step(BoundaryPoint.LoopClock, () => parts.Time.Decide(now));
        hasProgressed |= decided & Step(BoundaryPoint.LoopPublish, () =>
        {
            parts.Publisher.EndRehearsal(now);
            parts.Publisher.PublishDue(now);
        });
        if (!IsDue(now) && !storageFailed) return;
        Step(BoundaryPoint.LoopUpkeep, () =>
        {
            if (parts.Store.MendFolders() is { } gone) Failed(gone, now);
        });
        for (var left = unfinished.Count; left > 0; left--)
        {
            var arrival = unfinished[0];
            unfinished.RemoveAt(0);
            TakeArrival(arrival, now);
        }
        Step(BoundaryPoint.LoopPublish, () =>
        {
            parts.Intake.AssignRoots(now);
            if (parts.Time.Bound(now) is { } bound) parts.Receiving.TimeIs(bound.Latest + Admission.FutureAfter);
            parts.Publisher.PublishDue(now);
        });
        Step(BoundaryPoint.LoopUpkeep, () => parts.Publisher.Prune(now));
        Step(BoundaryPoint.LoopWatch, () => parts.Sentry.Tick(now, parts.Time.TrustedTime(now) ?? now.System, Progress(now), parts.Time.Profile));
    }

    /// <summary>What the overdue rule is told: the published corte, and what has become of the packages since.</summary>
    CorteProgress Progress(ClockReading now)
    {
        var withdrawn = parts.Store.Choice(Root.Public) is { Release: null, At: var at } ? at : (DateTimeOffset?)null;
        var since = parts.Publisher.PublishedSince ?? withdrawn ?? parts.Time.Profile.Opens;
        return new CorteProgress(
            parts.Store.Live(Root.Public)?.Corte, since, parts.Time.OpeningProven,
            [.. parts.Publisher.Held(now).Where(release => release.Destination == Root.Public && !release.Future).Select(release => release.Package)],
            [.. parts.Chronicle.Rejections.Where(rejected => rejected.BestTime > since).Select(rejected => (string?)rejected.Fields["package"] ?? "")],
            [.. parts.Receiving.Progress.Select(delivery => delivery.Delivery)]);
    }

    /// <summary>Until the next tick, or until true time alone may change the gate's answer; rounded up, so that it is not asked in vain.</summary>
    TimeSpan Patience()
    {
        var now = HostClock.Read();
        if (pause.Length <= TimeSpan.Zero && MayHealMore(now)) return TimeSpan.Zero;
        var left = Tick - TimeSpan.FromTicks((now.Raw - lastTick.Raw) / 100);
        if (parts.Time.WakeIn(now) is { } wake && wake < left) left = wake;
        // The wait is on a clock that may be slewed by up to 8.3 %: what is left of a long one is reckoned anew before its end.
        if (left > SlewedLittle) left *= 0.9;
        // After one fault upon another it does not turn in a circle; a signal is taken at once all the same.
        return left <= TimeSpan.Zero ? pause.Length : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
    }

    /// <summary>What nobody is served is healed while nothing else is to be done, and not when the opening is near.</summary>
    bool MayHealMore(ClockReading now) => parts.Sentry.HasMore && !(parts.Time.WakeIn(now) < Tick);

    bool IsDue(ClockReading now) => now.Raw - lastTick.Raw >= Tick.Ticks * 100;

    /// <summary>Once nothing arrives, and not when the opening is near.</summary>
    void GiveMemoryBack(ClockReading now)
    {
        if (parts.Receiving.Progress.Any(delivery => delivery.State != DeliveryState.SetAside) || parts.Time.WakeIn(now) < Tick) return;
        SpareMemory.GiveBack();
        hasWorked = false;
    }

    void Stop(string cause)
    {
        parts.End();
        signals.CompleteAdding();
        try
        {
            foreach (var met in signals.GetConsumingEnumerable().OfType<FaultMet>()) parts.Chronicle.Record(EventCode.InternalFault, HostClock.Read(), met.Fault.ToFields());
            parts.Chronicle.Record(EventCode.AgentStopped, HostClock.Read(),
                new JsonObject { ["cause"] = cause, ["published"] = parts.Store.Live(Root.Public)?.Corte.ToString() });
        }
        catch (SystemFault fault)
        {
            parts.Complain(fault);
        }
        parts.LastRun.Stopped(cause);
        parts.Dispose();
    }

    /// <summary>What a start wants to know of the nights before; a long journal holds much else, and not all of it need be in memory.</summary>
    static bool IsAskedAtStart(JournalRecord record) => record.Event is "GATE_OPENED" or "GATE_CLOSED" or "CORTE_PUBLISHED" or "OPERATOR_ACTION";

    /// <summary>The record that tells of a live release's publication; null where a crash came between the swap and the record.</summary>
    static JournalRecord? PublicationRecord(IEnumerable<JournalRecord> records, Release? live) => live is null ? null
        : records.LastOrDefault(record => (string?)record.Fields["release"] == live.Id.Value
            && record.Event == "CORTE_PUBLISHED");
}
