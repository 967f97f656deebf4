using System.Diagnostics.CodeAnalysis;
using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Night;

/// <summary>
/// What is known about time, and what the gate has decided from it. Everyone may read it; only <see cref="GateKeeper"/>
/// changes it, once the journal has the change.
/// </summary>
public sealed class NightClock
{
    ClockSettings settings;

    public NightClock(ElectionProfile profile, ClockSettings settings)
    {
        (Election, this.settings) = (profile, settings);
        Apply();
        Decision = Gate.Decide(ClockState.Unknown, default, proven: false);
    }

    /// <summary>Gets the election as it is configured.</summary>
    public ElectionProfile Election { get; private set; }

    /// <summary>Gets the same with the system administrator's own rehearsal, while there is one.</summary>
    public ElectionProfile Profile { get; private set; }
    public Admission Admission { get; private set; }
    public PublicationGate Gate { get; private set; }
    public ClockState State { get; internal set; } = ClockState.Unknown;

    /// <summary>Gets the system administrator's own rehearsal; null: none, or it is long over.</summary>
    public Simulacro? Simulacro { get; private set; }

    /// <summary>
    /// Gets the last decision; before the first, that of a gate that knows nothing about time. The gate is asked again
    /// at each turn of the loop.
    /// </summary>
    public GateDecision Decision { get; internal set; }

    /// <summary>Gets whether the journal has the opening.</summary>
    public bool OpeningProven { get; internal set; }

    /// <summary>
    /// Gets whether an operator has published despite a reason of the clock. That is possible only from ten minutes
    /// after the opening, so the opening is past.
    /// </summary>
    public bool OpeningWaived { get; internal set; }

    /// <summary>Gets whether the public root has been opened, by proof or by an operator.</summary>
    public bool HasOpened => OpeningProven || OpeningWaived;

    /// <summary>Gets the rehearsal that has begun and is not over; clock trouble in between does not end it.</summary>
    public Window? Rehearsal { get; internal set; }

    /// <summary>Takes the election and the settings of a reload.</summary>
    public void Follow(ElectionProfile profile, ClockSettings settings)
    {
        (Election, this.settings, Simulacro) = (profile, settings, null);
        Apply();
    }

    /// <summary>Begins a rehearsal of the system administrator's own, gives it another end, or forgets it.</summary>
    internal void Rehearse(Simulacro? simulacro)
    {
        if (simulacro is not null && Rehearsal is { } open && open == Simulacro?.Open) Rehearsal = simulacro.Open;
        Simulacro = simulacro;
        Apply();
    }

    /// <summary>Returns the middle of the bound; null if there is no trusted bound.</summary>
    public DateTimeOffset? TrustedTime(ClockReading now) => Bound(now)?.Middle.ToOffset(Profile.Opens.Offset);

    /// <summary>Returns the bound of true time; null if there is no trusted one.</summary>
    public ClockBound? Bound(ClockReading now) => State.Jumped ? null : State.BoundAt(now);

    /// <summary>Returns trusted time, or the system's if there is none, in the election's offset.</summary>
    public DateTimeOffset BestTime(ClockReading now) => TrustedTime(now) ?? now.System.ToOffset(Profile.Opens.Offset);

    [MemberNotNull(nameof(Profile), nameof(Admission), nameof(Gate))]
    void Apply()
    {
        Profile = With(Simulacro?.Whole);
        Admission = new Admission(Profile);
        Gate = new PublicationGate(With(Simulacro?.Open), settings);
    }

    ElectionProfile With(Window? rehearsal) =>
        rehearsal is { } own ? Election with { Rehearsals = [.. Election.Rehearsals, own] } : Election;
}
