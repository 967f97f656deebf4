using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Night;

/// <summary>What the receiver knows of the causes of troubles.</summary>
/// <param name="AnyUnjudged">Whether some delivery has no verdict yet: a stalled one is one of them.</param>
/// <param name="AnyRejected">Whether the drop still has a delivery that was rejected.</param>
/// <param name="AnySetAside">Whether some delivery is set aside.</param>
public readonly record struct DropFacts(bool AnyUnjudged, bool AnyRejected, bool AnySetAside);

/// <summary>
/// Ends the troubles whose cause is gone without an event of its own, and those that an earlier run has left and this
/// one does not meet. So each trouble ends by itself, and the journal says when.
/// </summary>
/// <param name="started">When this run started.</param>
public sealed class TroubleEnds(EventRecorder recorder, TroubleBoard troubles, NightClock clock, ClockReading started)
{
    /// <summary>How long a run may take to meet again what the previous run left.</summary>
    static readonly TimeSpan FirstLook = TimeSpan.FromMinutes(1);
    /// <summary>How old what the receiver shows may be.</summary>
    static readonly TimeSpan Shown = TimeSpan.FromSeconds(15);
    static readonly TimeSpan FaultIsPast = TimeSpan.FromHours(1);

    public void Tick(DropFacts drop, ClockReading now)
    {
        var at = clock.BestTime(now);
        foreach (var open in troubles.Open)
            if (Cause(open, drop, at, now) is { } cause) recorder.Record(open.Ended(cause, at), now);
    }

    TroubleEndCause? Cause(OpenTrouble open, DropFacts drop, DateTimeOffset at, ClockReading now)
    {
        var hasLooked = now.Monotonic - started.Monotonic >= FirstLook.Ticks * 100;
        // The clock may have been set back meanwhile.
        var age = (at - open.Last).Duration();
        var isShown = hasLooked && age >= Shown;
        return open.Entry.Trouble switch
        {
            // DoorWatch ends it.
            Trouble.Drop when open.Code is EventCode.DropClosed or EventCode.DropServiceStopped => null,
            Trouble.Storage or Trouble.Drop or Trouble.Sentinel =>
                hasLooked && troubles.IsRecalled(open) ? TroubleEndCause.NotMetAgain : null,
            Trouble.Delivery => isShown && !drop.AnyUnjudged ? TroubleEndCause.Gone : null,
            Trouble.Package => isShown && !drop.AnyRejected ? TroubleEndCause.Gone : null,
            Trouble.SetAside => drop.AnySetAside ? null : TroubleEndCause.Gone,
            Trouble.Fault => age >= FaultIsPast ? TroubleEndCause.HourPassed : null,
            // Whoever meets these says also when they are over.
            Trouble.Integrity or Trouble.Probe or Trouble.Gate or Trouble.Clock or Trouble.Corte
                or Trouble.Ignored or Trouble.Syslog or Trouble.Notify or Trouble.AfterPublication
                or Trouble.Configuration => null,
        };
    }
}
