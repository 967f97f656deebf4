using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent;

/// <summary>How long the agent's own faults are a trouble.</summary>
sealed partial class Sentry
{
    /// <summary>Nanoseconds without another after which an internal fault is no trouble any more.</summary>
    static readonly long FaultIsPast = (long)TimeSpan.FromHours(1).TotalNanoseconds;

    long? lastFault;

    /// <summary>Deliveries that the last run has set aside are a trouble of this one, though nobody is told of it again.</summary>
    public void RecallSetAside(bool are)
    {
        if (are) condition = condition with { Bad = condition.Bad.SetItem(Condition.SetAside, new BadTopic(EventCode.DeliverySetAside, 1)) };
    }

    /// <summary>An hour without another: the fault is past.</summary>
    void EndFaults(ClockReading now)
    {
        if (lastFault is not { } last || now.Monotonic - last < FaultIsPast) return;
        lastFault = null;
        (var change, condition) = condition.FaultIsPast();
        if (change is not null) notify?.Tell(NoticeText.FaultPast(change, now.System, settings.Language));
    }
}
