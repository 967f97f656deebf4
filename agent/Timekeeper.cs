using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux;
using Difusor.Agent.Packages;
using Difusor.Agent.Texts;

namespace Difusor.Agent;

/// <summary>
/// What the agent knows of time: polls go in, the gate's decision comes out. An opening is in the journal before anyone hears of it
/// (contract, section 7), and stands from then on.
/// </summary>
sealed class Timekeeper(Chronicle chronicle)
{
    /// <summary>The reason of a GATE_CLOSED that ends a rehearsal.</summary>
    public const string RehearsalOver = "rehearsal-over";
    const double NanosecondsPerSecond = 1e9;
    ClockReading decidedAt;
    ClockDiscipline discipline = null!;
    PublicationGate gate = null!;

    public ClockState Clock { get; private set; } = ClockState.Unknown;

    /// <summary>The last decision; the gate is asked anew at each turn of the loop.</summary>
    public GateDecision? Decision { get; private set; }

    /// <summary>The journal holds the opening.</summary>
    public bool OpeningProven { get; private set; }

    public ElectionProfile Profile { get; private set; } = null!;
    public Admission Admission { get; private set; } = null!;
    public PublicationGate Gate => gate;

    /// <summary>The rehearsal that has begun and is not over: clock trouble in between does not end it.</summary>
    public Window? Rehearsal { get; private set; }

    /// <summary>Takes the election and the settings of a start or a reload.</summary>
    public void Follow(ElectionProfile profile, ClockSettings settings)
    {
        (Profile, Admission) = (profile, new Admission(profile));
        (discipline, gate) = (new ClockDiscipline(settings, profile.Opens.Offset), new PublicationGate(profile, settings));
    }

    /// <summary>What an earlier run has proven, and the rehearsal that it left open.</summary>
    public void Remember(IEnumerable<JournalRecord> records)
    {
        foreach (var record in records)
        {
            if (record.Event != EventCode.GateOpened.Id() && record.Event != EventCode.GateClosed.Id()) continue;
            var opened = record.Event == EventCode.GateOpened.Id();
            OpeningProven |= opened && gate.IsProof(EventCode.GateOpened, record.Fields);
            if ((string?)record.Fields["window"] is not { } text) continue;
            Rehearsal = opened ? Profile.Rehearsals.Cast<Window?>().FirstOrDefault(window => Show(window!.Value) == text) : null;
        }
    }

    /// <summary>Takes one poll, and journals what changed by it; beside a trouble of the clock stands what the host's own NTP client says.</summary>
    /// <returns>Whether the clock has jumped, and the servers should be asked sooner: eight selections must agree.</returns>
    public bool Take(NtpPoll poll, HostTimeClient? host = null)
    {
        var step = discipline.Take(Clock, poll, OpeningProven);
        Clock = step.State;
        foreach (var happened in step.Events)
        {
            if (host is not null && happened.Code is (EventCode.ClockDrift or EventCode.ClockUncertain)) Describe(host, happened.Fields);
            chronicle.Record(happened, poll.Finished);
        }
        return step.Events.Any(happened => happened.Code == EventCode.ClockJump);
    }

    /// <summary>Asks the gate, journals a change of its answer, and only then lets it stand.</summary>
    public GateDecision Decide(ClockReading now)
    {
        var decision = gate.Decide(Clock, now, OpeningProven);
        if (gate.Change(Decision, decision, OpeningProven, Clock, now) is { } change) chronicle.Record(change, now);
        FollowRehearsal(decision, now);
        OpeningProven |= decision.Open;
        decidedAt = now;
        return Decision = decision;
    }

    /// <summary>How long until true time alone may change the gate's answer; null where it cannot.</summary>
    public TimeSpan? WakeIn(ClockReading now) => Decision?.Wake - TimeSpan.FromTicks((now.Raw - decidedAt.Raw) / 100);

    /// <summary>The middle of the bound; null while there is none to trust.</summary>
    public DateTimeOffset? TrustedTime(ClockReading now) => Clock.Jumped ? null : Clock.BoundAt(now)?.Middle.ToOffset(Profile.Opens.Offset);

    public ClockBound? Bound(ClockReading now) => Clock.Jumped ? null : Clock.BoundAt(now);

    public static double SecondsBetween(ClockReading from, ClockReading to) => Math.Round((to.Raw - from.Raw) / NanosecondsPerSecond, 3);

    static void Describe(HostTimeClient host, JsonObject fields)
    {
        fields["host_client"] = host.Name;
        fields["host_synchronized"] = host.Synchronized;
        fields["host_offset_seconds"] = host.Report?.Offset?.TotalSeconds;
    }

    void FollowRehearsal(GateDecision decision, ClockReading now)
    {
        if (Rehearsal is { } over && decision.Bound is { } bound && bound.Earliest >= over.To)
        {
            chronicle.Record(EventCode.GateClosed, now, new JsonObject { ["reason"] = RehearsalOver, ["window"] = Show(over) });
            Rehearsal = null;
        }
        if (decision.Rehearsal is not { } begun || Rehearsal == begun) return;
        chronicle.Record(EventCode.GateOpened, now, new JsonObject { ["opens_at"] = new Corte(begun.From).ToString(), ["window"] = Show(begun) });
        Rehearsal = begun;
    }

    static string Show(Window window) => $"{new Corte(window.From)}/{new Corte(window.To)}";
}
