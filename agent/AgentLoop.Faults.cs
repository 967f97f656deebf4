using System.Text.Json.Nodes;
using Difusor.Agent.Drop;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux;

namespace Difusor.Agent;

/// <summary>What the loop does with faults: those of the disk, which it foresees, and those that nobody foresaw.</summary>
sealed partial class AgentLoop
{
    bool storageFailed;
    SystemFault? untold;
    FaultPause pause;
    bool hasFaulted, hasProgressed;

    /// <summary>What the agent has died of twice is told, and not touched.</summary>
    void TellSetAside(ClockReading now)
    {
        parts.Sentry.RecallSetAside(parts.LastRun.SetAside.Length > 0);
        foreach (var root in parts.LastRun.NewlySetAside)
            parts.Chronicle.Record(EventCode.DeliverySetAside, now, new JsonObject { ["package"] = parts.Receiving.NameOf(root), ["deaths"] = RunMark.MostDeaths });
    }

    JsonArray Names(IEnumerable<RawPath> roots) => new([.. roots.Select(root => JsonValue.Create(parts.Receiving.NameOf(root)))]);

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
        else if ((signal as OperatorRequest ?? (signal as JudgedByHand)?.Request) is { } request) OperatorDesk.FailedUnforeseen(request);
    }

    /// <summary>Takes a verdict to its end. What a fault of the disk interrupts goes on at the next tick.</summary>
    void TakeArrival(Arrival arrival, ClockReading now)
    {
        try
        {
            var isForeseen = Step(BoundaryPoint.LoopArrival, () =>
            {
                parts.Time.Decide(now);
                parts.Intake.Take(arrival, now);
                parts.Receiving.Remember(arrival.Judged, arrival.Later);
            }, arrival.Delivery);
            if (!isForeseen) GiveUp(arrival.Judged, arrival);
        }
        catch (TreeLost)
        {
            Boundary.Pool(BoundaryPoint.Removal, arrival.Tree.Discard);
            parts.Receiving.ReceiveAgain(arrival.Judged);
            throw;
        }
        catch (SystemFault)
        {
            unfinished.Add(arrival);
            throw;
        }
    }

    /// <summary>
    /// A verdict that cannot be taken to its end: the delivery is not touched again. Its tree goes, unless sealing it has begun: the next
    /// start knows what became of that.
    /// </summary>
    void GiveUp(DeliveryJudged judged, Arrival? arrival = null)
    {
        parts.Receiving.SetAside(judged);
        if (arrival is null or { IsVerified: false, Quarantine: null }) Boundary.Pool(BoundaryPoint.Removal, judged.Tree.Discard);
    }

    /// <summary>Recorded once until it is over. The site stays; space for the record is reserved in the journal.</summary>
    void Failed(SystemFault fault, ClockReading now)
    {
        parts.Complain(fault);
        if (storageFailed) return;
        storageFailed = true;
        untold = fault;
        try
        {
            Tell(now);
        }
        catch (SystemFault journal)
        {
            parts.Complain(journal);
        }
    }

    /// <summary>A fault that the journal could not take either is recorded as soon as it can.</summary>
    void Tell(ClockReading now)
    {
        if (untold is not { } fault) return;
        parts.Chronicle.Record(EventCode.StorageFailed, now, new JsonObject { ["call"] = fault.Call, ["path"] = fault.Subject, ["error"] = fault.Message });
        untold = null;
    }

    /// <summary>It lies in <c>paths.run</c>, and is no reason to end.</summary>
    void WriteStatus(ClockReading now)
    {
        try { parts.Status.Write(now); }
        catch (SystemFault fault) { parts.Complain(fault); }
    }

    void Recovered()
    {
        if (unfinished.Count == 0) storageFailed = false;
    }
}
