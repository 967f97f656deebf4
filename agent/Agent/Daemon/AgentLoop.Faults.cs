using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Mono.Unix.Native;

namespace Difusor.Agent.Daemon;

/// <summary>What the loop does with faults: disk faults, which it expects, and unforeseen ones.</summary>
sealed partial class AgentLoop
{
    /// <summary>The most signals that wait for the journal.</summary>
    const int MostRefused = 100;

    /// <summary>Signals that are no more than a record, and that the journal has refused.</summary>
    readonly Queue<Signal> refused = new();
    FaultPause pause;
    bool hasFaulted, hasProgressed;

    /// <summary>Runs one step of a turn; if the step throws, the fault is reported, and the turn goes on.</summary>
    bool Step(BoundaryPoint point, Action step, string? delivery = null)
    {
        var isForeseen = Boundary.Run(point, step, delivery, passes: true);
        hasFaulted |= !isForeseen;
        return isForeseen;
    }

    /// <summary>
    /// Takes a signal. If that meets an unforeseen error, the subject of the signal is set aside. If the disk refuses,
    /// it is not lost: a verdict goes on at the next tick, an operator has an answer, a mere record is tried again.
    /// </summary>
    void TakeGuarded(Signal signal, ClockReading now)
    {
        try
        {
            if (Step(BoundaryPoint.LoopSignal, () => Take(signal, now), (signal as DeliveryJudged)?.Delivery)) return;
        }
        catch (SystemFault) when (signal is KeptSignal)
        {
            if (refused.Count < MostRefused) refused.Enqueue(signal);
            throw;
        }
        if (signal is DeliveryJudged judged) GiveUp(judged);
        else if (signal is FaultMet { IsSecond: false } met) Post(met with { IsSecond = true });
        else if ((signal as OperatorRequest ?? (signal as JudgedByHand)?.Request ?? (signal as UnjudgedByHand)?.Request)
            is { } request) OperatorCommands.FailedUnforeseen(request);
    }

    /// <summary>
    /// Takes the end of a command, and answers what is not for <see cref="OperatorCommands"/> alone: a package that
    /// could not be read, and requests about the configuration. If the disk refuses, the caller has an answer all the
    /// same.
    /// </summary>
    void TakeAsked(Signal signal, ClockReading now)
    {
        if (signal is HookRan ran) parts.After.Take(ran, now);
        if (signal is UnjudgedByHand byHand) parts.Operator.Refuse(byHand.Request, byHand.Reply, now);
        if (signal is not OperatorRequest request) return;
        try { request.Answer(request.Action is ShowConfiguration ? parts.ShowConfiguration() : parts.Reload(now)); }
        catch (SystemFault fault)
        {
            request.Answer(OperatorCommands.Failed(fault));
            throw;
        }
    }

    /// <summary>Records what the journal has refused, in its order.</summary>
    void RecordRefused(ClockReading now)
    {
        for (; refused.TryPeek(out var signal); refused.Dequeue())
            Step(BoundaryPoint.LoopSignal, () => Take(signal, now));
    }

    /// <summary>Completes a verdict. If a disk fault interrupts it, it goes on at the next tick.</summary>
    void TakeArrival(JudgedArrival arrival, ClockReading now)
    {
        try
        {
            var isForeseen = Step(BoundaryPoint.LoopArrival, () =>
            {
                parts.Gate.Decide(now);
                parts.Verdicts.Take(arrival, now);
                parts.Receiver.Remember(arrival.Judged, arrival.Later);
            }, arrival.Delivery);
            if (!isForeseen) GiveUp(arrival.Judged, arrival);
        }
        catch (TreeLost)
        {
            Boundary.Pool(BoundaryPoint.Removal, arrival.Judged.Tree.Discard);
            parts.Receiver.ReceiveAgain(arrival.Judged);
            throw;
        }
        catch (SystemFault)
        {
            unfinished.Add(arrival);
            throw;
        }
    }

    /// <summary>
    /// Gives up a verdict that cannot be completed: the delivery is not touched again. Its tree is removed, unless
    /// sealing has begun: then the next start finds out what became of it.
    /// </summary>
    void GiveUp(DeliveryJudged judged, Arrival? arrival = null)
    {
        parts.Receiver.SetAside(judged);
        if (arrival is null or { IsVerified: false, IsPutAway: false })
            Boundary.Pool(BoundaryPoint.Removal, judged.Tree.Discard);
    }

    /// <summary>Handles a disk fault. The site stays; the journal has reserved space for the record.</summary>
    void Failed(SystemFault fault, ClockReading now, StorageCause cause = StorageCause.Loop)
    {
        parts.Complain(fault);
        try
        {
            var paths = parts.Configured.Settings.Paths;
            parts.Storage.Fail(
                new StorageFailed(
                    fault.Call, fault.Subject, fault.Message, cause == StorageCause.Drop ? paths.Drop : null,
                    cause == StorageCause.Receipts ? paths.Receipts : null), now, cause);
        }
        catch (SystemFault journal)
        {
            parts.Complain(journal);
        }
    }

    /// <summary>
    /// Tells once that a disk is full or read-only, or that no acuse can be written, before a delivery meets it; and
    /// once that this is over.
    /// </summary>
    void LookAtDisks(ClockReading now)
    {
        var disks = DiskLook.At(parts.Configured.Settings);
        var refusing = disks.Where(disk => disk.IsReadOnly).Select(disk => disk.Path).FirstOrDefault();
        if (refusing is null) parts.Storage.IsWritable();
        else if (!parts.Storage.Has(StorageCause.ReadOnly))
            Failed(new SystemFault("write", refusing, Errno.EROFS), now, StorageCause.ReadOnly);
        parts.Storage.LookedAt(disks, now);
        if (parts.Receipts.Look() is not { } fault) parts.Storage.ReceiptsAreTaken();
        else if (!parts.Storage.Has(StorageCause.Receipts)) Failed(fault, now, StorageCause.Receipts);
    }

    /// <summary>Writes the status. The file is in <c>paths.run</c>, and a failure there is no reason to stop.</summary>
    void WriteStatus(ClockReading now)
    {
        try { parts.WriteStatus(now); }
        catch (SystemFault fault) { parts.Complain(fault); }
    }
}
