using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Night;

namespace Difusor.Agent.Daemon;

/// <summary>
/// What the loop does with faults: those of the disk, which it foresees, and those that nobody foresaw.
/// </summary>
sealed partial class AgentLoop
{
    FaultPause pause;
    bool hasFaulted, hasProgressed;

    /// <summary>What the agent has died of twice is told, and not touched.</summary>
    void TellSetAside(ClockReading now)
    {
        foreach (var root in parts.LastRun.NewlySetAside)
            parts.Recorder.Record(new DeliverySetAside(parts.Receiver.NameOf(root), RunMark.MostDeaths), now);
    }

    /// <summary>Takes one step of a turn; what it throws is told, and the turn goes on.</summary>
    bool Step(BoundaryPoint point, Action step, string? delivery = null)
    {
        var isForeseen = Boundary.Run(point, step, delivery, passes: true);
        hasFaulted |= !isForeseen;
        return isForeseen;
    }

    /// <summary>What a signal is about is set aside where taking it meets an error that nobody foresaw.</summary>
    void TakeGuarded(Signal signal, ClockReading now)
    {
        if (Step(BoundaryPoint.LoopSignal, () => Take(signal, now), (signal as DeliveryJudged)?.Delivery)) return;
        if (signal is DeliveryJudged judged) GiveUp(judged);
        else if (signal is FaultMet { IsSecond: false } met) Post(met with { IsSecond = true });
        else if ((signal as OperatorRequest ?? (signal as JudgedByHand)?.Request) is { } request)
            OperatorCommands.FailedUnforeseen(request);
    }

    /// <summary>Takes a verdict to its end. What a fault of the disk interrupts goes on at the next tick.</summary>
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
    /// A verdict that cannot be taken to its end: the delivery is not touched again. Its tree goes, unless sealing it
    /// has begun: the next start knows what became of that.
    /// </summary>
    void GiveUp(DeliveryJudged judged, Arrival? arrival = null)
    {
        parts.Receiver.SetAside(judged);
        if (arrival is null or { IsVerified: false, Quarantine: null })
            Boundary.Pool(BoundaryPoint.Removal, judged.Tree.Discard);
    }

    /// <summary>Takes a fault of the disk. The site stays; space for the record is reserved in the journal.</summary>
    void Failed(SystemFault fault, ClockReading now)
    {
        parts.Complain(fault);
        try
        {
            parts.Storage.Fail(new StorageFailed(fault.Call, fault.Subject, fault.Message), now);
        }
        catch (SystemFault journal)
        {
            parts.Complain(journal);
        }
    }

    /// <summary>It lies in <c>paths.run</c>, and is no reason to end.</summary>
    void WriteStatus(ClockReading now)
    {
        try { parts.WriteStatus(now); }
        catch (SystemFault fault) { parts.Complain(fault); }
    }
}
