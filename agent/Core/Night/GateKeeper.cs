using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Night;

/// <summary>
/// Takes polls of the time servers, and asks the gate. A change of the gate's answer is in the journal before anything
/// uses it; from then on an opening is final (contract, section 7).
/// </summary>
public sealed class GateKeeper(NightClock clock, EventRecorder recorder, ClockSettings settings)
{
    const double NanosecondsPerSecond = 1e9;
    /// <summary>The most changes of the clock that wait for the journal.</summary>
    const int MostOwed = 100;

    /// <summary>What polls have changed, and the journal has not taken yet.</summary>
    readonly Queue<AgentEvent> owed = new();
    ClockReading decidedAt;
    ClockDiscipline discipline = new(settings, clock.Profile.Opens.Offset);

    /// <summary>Takes the election and the settings of a reload.</summary>
    public void Follow(ElectionProfile profile, ClockSettings settings)
    {
        clock.Follow(profile, settings);
        discipline = new ClockDiscipline(settings, profile.Opens.Offset);
    }

    /// <summary>Returns whether the start needs an event of earlier runs: see <see cref="Remember"/>.</summary>
    public static bool Asks(AgentEvent? happened) =>
        happened is GateOpened or GateClosed or ClockDrift or ClockJump or ClockSynchronized or Events.OperatorAction;

    /// <summary>
    /// Restores what an earlier run has proven, the rehearsal that it left open, and the drift or jump that was not
    /// over: a restart must not open what that has closed.
    /// </summary>
    public void Remember(IEnumerable<JournalRecord> records)
    {
        foreach (var record in records)
        {
            clock.State = After(clock.State, record.Happened);
            if (record.Happened is GateOpened opened)
            {
                clock.OpeningProven |= clock.Gate.IsProof(opened);
                if (opened.Window is { } begun)
                    clock.Rehearsal = clock.Profile.Rehearsals.Contains(begun) ? begun : null;
            }
            else if (record.Happened is GateClosed { Window: not null }) clock.Rehearsal = null;
            else if (record.Happened is Events.OperatorAction { Done: true, Waived: { } waived })
                clock.OpeningWaived |= clock.Gate.IsWaiver(waived, record.SystemAt);
        }
    }

    /// <summary>
    /// Takes one poll, and records in the journal what it changed. What the journal refuses is recorded later, before
    /// any change of the gate's answer.
    /// </summary>
    /// <param name="host">What the host's own NTP client reports, which is added to a clock trouble; null if it was not
    /// asked.</param>
    /// <returns>Whether the clock has jumped: then the servers should be asked sooner, because eight selections must
    /// agree.</returns>
    public bool Take(NtpPoll poll, HostTime? host = null)
    {
        var step = discipline.Take(clock.State, poll, clock.OpeningProven);
        clock.State = step.State;
        foreach (var happened in step.Events.Take(MostOwed - owed.Count))
            owed.Enqueue(host is null ? happened : Describe(happened, host));
        RecordOwed(poll.Finished);
        return step.Events.Any(happened => happened is ClockJump);
    }

    /// <summary>Asks the gate and records a change of its answer; only then the answer takes effect.</summary>
    public GateDecision Decide(ClockReading now)
    {
        RecordOwed(now);
        var (gate, before, proven) = (clock.Gate, clock.Decision, clock.OpeningProven);
        var decision = gate.Decide(clock.State, now, proven);
        if (gate.Change(before, decision, proven, clock.State, now) is { } change) recorder.Record(change, now);
        FollowRehearsal(decision, now);
        clock.OpeningProven |= decision.Open;
        decidedAt = now;
        return clock.Decision = decision;
    }

    /// <summary>Returns how long until true time alone may change the gate's answer; null if it cannot.</summary>
    public TimeSpan? WakeIn(ClockReading now) =>
        clock.Decision.Wake - TimeSpan.FromTicks((now.Raw - decidedAt.Raw) / 100);

    /// <summary>Returns the seconds between two readings, rounded to the millisecond.</summary>
    public static double SecondsBetween(ClockReading from, ClockReading to) =>
        Math.Round((to.Raw - from.Raw) / NanosecondsPerSecond, 3);

    /// <summary>
    /// Returns what a journaled event says of the clock. Only what closes the gate outlives a run, never a bound.
    /// </summary>
    static ClockState After(ClockState state, AgentEvent? happened) => happened switch
    {
        ClockDrift => state with { Drifting = true, DriftAnnounced = true },
        ClockJump { Cause: JumpCause.Disagreement } => state with { Jumped = true },
        ClockSynchronized => ClockState.Unknown,
        // A drift that ends while the servers are silent is told by the opened gate alone.
        GateOpened { Window: null } => state with { Drifting = false, DriftAnnounced = false },
        _ => state,
    };

    static AgentEvent Describe(AgentEvent happened, HostTime host) => happened switch
    {
        ClockDrift drift => drift with
        {
            HostClient = host.Client, HostSynchronized = host.Synchronized,
            HostOffsetSeconds = host.Offset?.TotalSeconds,
        },
        ClockUncertain vague => vague with
        {
            HostClient = host.Client, HostSynchronized = host.Synchronized,
            HostOffsetSeconds = host.Offset?.TotalSeconds,
        },
        _ => happened,
    };

    void RecordOwed(ClockReading now)
    {
        for (; owed.TryPeek(out var happened); owed.Dequeue()) recorder.Record(happened, now);
    }

    void FollowRehearsal(GateDecision decision, ClockReading now)
    {
        if (clock.Simulacro is { } own && decision.Bound?.Earliest >= own.Ends + Simulacro.Remembered)
            clock.Rehearse(null);
        if (clock.Rehearsal is { } over && decision.Bound is { } bound && bound.Earliest >= over.To)
        {
            recorder.Record(new GateClosed(HoldReason.RehearsalOver, over, null, default), now);
            clock.Rehearsal = null;
        }
        if (decision.Rehearsal is not { } begun || clock.Rehearsal == begun) return;
        recorder.Record(new GateOpened(begun.From, begun, null, default), now);
        clock.Rehearsal = begun;
    }
}
