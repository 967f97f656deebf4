using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Night;

/// <summary>
/// Tells once that nobody can deliver into the drop, or that nothing opens what comes shut, and once that it is over.
/// Meanwhile it shows what the last look has found. It remembers nothing of its own: the troubles that last say what
/// was told, so a restart tells nothing again.
/// </summary>
public sealed class DoorWatch(EventRecorder recorder, TroubleBoard troubles, NightClock clock)
{
    /// <param name="look">What the last look has shown; null: nobody has looked yet.</param>
    public void Tick(DoorLook? look, ClockReading now)
    {
        if (look is null) return;
        Tick(EventCode.DropClosed, look.Closed?.Drop, look.Closed, now);
        Tick(EventCode.DropServiceStopped, look.Stopped?.Service, look.Stopped, now);
    }

    void Tick(EventCode code, string? subject, AgentEvent? found, ClockReading now)
    {
        foreach (var open in troubles.Open.Where(one => one.Code == code))
            // Another folder may be the drop since.
            if (found is null || open.Subject != subject)
                recorder.Record(open.Ended(TroubleEndCause.Gone, clock.BestTime(now)), now);
            else troubles.Show(open, found);
        if (found is not null && troubles.Of(Trouble.Drop, subject) is null) recorder.Record(found, now);
    }
}
