using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Night;

/// <summary>
/// Tells once that nobody can deliver into the drop, and once that it is over. It remembers nothing of its own: the
/// troubles that last say what was told, so a restart tells nothing again.
/// </summary>
public sealed class DoorWatch(EventRecorder recorder, TroubleBoard troubles, NightClock clock)
{
    /// <param name="look">What the last look has shown; null: nobody has looked yet.</param>
    public void Tick(DoorLook? look, ClockReading now)
    {
        if (look is null) return;
        foreach (var open in troubles.Open.Where(one => one.Code == EventCode.DropClosed))
            // Another folder may be the drop since.
            if (open.Subject != look.Closed?.Drop)
                recorder.Record(open.Ended(TroubleEndCause.Gone, clock.BestTime(now)), now);
        if (look.Closed is { } closed && troubles.Of(Trouble.Drop, closed.Drop) is null) recorder.Record(closed, now);
    }
}
