using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Ntp;
using Difusor.Agent.Linux.Syslog;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Daemon;

/// <summary>
/// The main loop of the daemon, on one page. One thread takes what the others have seen (a verdict, a poll of the time
/// servers, an operator's request), decides, writes to the journal and publishes. It waits for the next signal, or for
/// the instant at which time alone changes something: the opening.
/// </summary>
/// <param name="alive">Called at each tick if the gate was asked and everything due was published since the tick
/// before, so a loop that only meets unforeseen faults does not feed the watchdog.</param>
sealed partial class AgentLoop(AgentParts parts, Action alive)
{
    /// <summary>
    /// How often the loop looks without a signal: for work that a fault left undone, a corte that is no longer in the
    /// future, the status file.
    /// </summary>
    static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    static readonly TimeSpan SlewedLittle = TimeSpan.FromMilliseconds(200);

    readonly List<JudgedArrival> unfinished = [];
    ClockReading lastTick;
    bool hasWorked = true;
    string? stopCause;

    /// <summary>Hands a signal to the loop. Any thread may call it.</summary>
    public void Post(Signal signal) => parts.Signals.Post(signal);

    /// <summary>
    /// Runs until it is told to stop. A disk fault is recorded, and the interrupted work is tried again. An unforeseen
    /// error ends only the step that met it.
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
        var signal = parts.Signals.Next(Patience());
        var now = HostClock.Read();
        try
        {
            if (signal is not null) TakeGuarded(signal, now);
            else if (MayHealMore(now))
            {
                hasWorked = true;
                Step(BoundaryPoint.LoopHeal, () => parts.Integrity.HealMore(now));
            }
            // After the signal: what the journal refuses here must not cost it.
            parts.Storage.Tell(now);
            Advance(now);
            if (unfinished.Count == 0) parts.Storage.Works();
            Step(BoundaryPoint.LoopWatch, () =>
            {
                parts.Integrity.Turn();
                parts.After.Turn(now);
            });
        }
        catch (SystemFault fault)
        {
            hasProgressed = true; // a foreseen fault is recorded and tried again
            Failed(fault, now);
        }
        if (signal is not null || IsDue(now)) Step(BoundaryPoint.LoopStatus, () => WriteStatus(now));
        if (!IsDue(now)) return;
        lastTick = now;
        if (hasProgressed) alive();
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
                parts.Recorder.Record(met.Fault, now);
                break;
            case DeliveryArrives seen:
                parts.Recorder.Record(new DeliverySeen(seen.Delivery, parts.RehearsalRoot), now);
                break;
            case DeliveryStalls stalled:
                parts.Recorder.Record(parts.Stalled(stalled, now), now);
                break;
            case DropCrowd crowd:
                parts.Recorder.Record(Tell(crowd.Change), now);
                break;
            case DeliveryJudged judged:
                hasWorked = true;
                TakeArrival(new JudgedArrival(parts.Store, judged), now);
                // Do this at once, not at the tick: cortes that come fast must not pile up.
                Step(BoundaryPoint.LoopUpkeep, () => parts.Publisher.Prune(now));
                parts.PrepareNext();
                break;
            case PollFinished finished:
                if (parts.Gate.Take(finished.Poll, finished.Host?.Told)) parts.HurryPolling();
                parts.Verdicts.AssignRoots(now);
                break;
            case StagingPaused low:
                parts.MakeRoom(low, now);
                break;
            case NoRoomFor asked:
                parts.MakeRoomFor(asked, now);
                break;
            case StagingResumed:
                parts.RoomIsBack();
                break;
            case EverythingFits:
                parts.Storage.Fits();
                break;
            case MuchMemoryUnused:
                // Not when the opening is near, because all threads stop during the collection.
                if (!(parts.Gate.WakeIn(now) < Tick)) SpareMemory.GiveBack();
                break;
            case DiskRefused failed:
                Failed(failed.Fault, now, StorageCause.Staging);
                break;
            case DropUnreadable { Fault: { } unreadable }:
                Failed(unreadable, now, StorageCause.Drop);
                break;
            case DropUnreadable:
                parts.Storage.DropIsRead();
                break;
            case SyslogHeard heard:
                parts.Syslog.Take(heard, now);
                break;
            case OperatorRequest { Action: TestNotice } test:
                parts.TestNotice(test, now);
                break;
            case NoticeTested tested:
                tested.Answer();
                break;
            case UnjudgedByHand or HookRan or OperatorRequest { Action: ReloadConfiguration or ShowConfiguration }:
                TakeAsked(signal, now);
                break;
            case OperatorRequest request:
                parts.Operator.Answer(request, now);
                break;
            case JudgedByHand byHand:
                parts.Operator.Take(
                    new JudgedArrival(parts.Store, byHand.Judged) { Waived = byHand.Waived }, byHand.Request, now);
                break;
            case ReloadRequested:
                parts.Reload(now);
                break;
            case StopRequested stop:
                stopCause = stop.Cause;
                break;
            default:
                hasWorked = true;
                if (!parts.Integrity.Take(signal, now))
                    throw new InvalidOperationException($"no case takes {signal.GetType().Name}");
                break;
        }
    }

    /// <summary>Does what time alone requires: the gate, what is due, what a fault has left, the clean-up.</summary>
    void Advance(ClockReading now)
    {
        var decided = Step(BoundaryPoint.LoopClock, () => parts.Gate.Decide(now));
        hasProgressed |= decided & Step(BoundaryPoint.LoopPublish, () =>
        {
            parts.Publisher.EndRehearsal(now);
            parts.Publisher.PublishDue(now);
        });
        if (!IsDue(now) && !parts.Storage.HasFailed) return;
        Step(BoundaryPoint.LoopUpkeep, () =>
        {
            if (parts.Store.Healer.MendFolders() is { } gone) Failed(gone, now);
            LookAtDisks(now);
        });
        RecordRefused(now);
        for (var left = unfinished.Count; left > 0; left--)
        {
            var arrival = unfinished[0];
            unfinished.RemoveAt(0);
            TakeArrival(arrival, now);
        }
        Step(BoundaryPoint.LoopPublish, () =>
        {
            parts.Verdicts.AssignRoots(now);
            if (parts.Clock.Bound(now) is { } bound) parts.Receiver.TimeIs(bound.Latest + Admission.FutureAfter);
            parts.Publisher.PublishDue(now);
        });
        Step(BoundaryPoint.LoopUpkeep, () => parts.Publisher.Prune(now));
        Step(BoundaryPoint.LoopWatch, () =>
        {
            parts.Integrity.Tick(now);
            parts.Cadence.Tick(parts.DropSight, now);
            parts.TickTroubles(now);
        });
    }

    /// <summary>
    /// Returns how long to wait: until the next tick, or until true time alone may change the gate's answer. It is
    /// rounded up, so that the gate is not asked too early.
    /// </summary>
    TimeSpan Patience()
    {
        var now = HostClock.Read();
        if (pause.Length <= TimeSpan.Zero && MayHealMore(now)) return TimeSpan.Zero;
        var left = Tick - TimeSpan.FromTicks((now.Raw - lastTick.Raw) / 100);
        if (parts.Gate.WakeIn(now) is { } wake && wake < left) left = wake;
        // The wait uses a clock that may be slewed by up to 8.3 %: before a long wait ends, the rest is computed again.
        if (left > SlewedLittle) left *= 0.9;
        // After repeated faults the loop pauses, so that it does not spin; a signal is still taken at once.
        return left <= TimeSpan.Zero ? pause.Length : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
    }

    /// <summary>
    /// Gets whether to heal now what readers do not get: only while there is nothing else to do, and not when the
    /// opening is near.
    /// </summary>
    bool MayHealMore(ClockReading now) => parts.Integrity.HasMore && !(parts.Gate.WakeIn(now) < Tick);

    bool IsDue(ClockReading now) => now.Raw - lastTick.Raw >= Tick.Ticks * 100;

    /// <summary>Gives memory back once nothing arrives, and not when the opening is near.</summary>
    void GiveMemoryBack(ClockReading now)
    {
        if (parts.Receiver.Progress.Any(delivery => delivery.State != DeliveryState.SetAside)
            || parts.Gate.WakeIn(now) < Tick) return;
        SpareMemory.GiveBack();
        hasWorked = false;
    }

    void Stop(string cause)
    {
        parts.End();
        try
        {
            foreach (var met in refused.Concat(parts.Signals.End()).OfType<FaultMet>())
                parts.Recorder.Record(met.Fault, HostClock.Read());
            parts.Recorder.Record(new AgentStopped(cause, parts.Store.Live(Root.Public)?.Corte), HostClock.Read());
        }
        catch (SystemFault fault)
        {
            parts.Complain(fault);
        }
        parts.LastRun.Stopped(cause);
        parts.Dispose();
    }

    static AgentEvent Tell(CrowdChange change) => change.Cause is { } cause
        ? new DropCrowded(
            cause, change.Count.Entries, change.Count.Waiting, change.Count.NotLookedAt, change.Count.Busiest)
        : new DropClear((long)change.Lasted.TotalSeconds, change.PutOff, change.Count.Entries);
}
