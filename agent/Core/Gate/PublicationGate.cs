using Difusor.Agent.Configuration;
using Difusor.Agent.Events;

namespace Difusor.Agent.Gate;

/// <summary>
/// Decides whether publication is allowed now (call, I.1; contract, section 7). It has no memory: the journal says
/// whether the opening has been proven, and <see cref="ClockState"/> has what is known about time.
/// </summary>
public sealed class PublicationGate(ElectionProfile profile, ClockSettings settings)
{
    /// <summary>
    /// How many servers must answer in a selection for it to prove the opening alone; with fewer a second one in a row
    /// is needed.
    /// </summary>
    public const int AnswersThatProveAlone = 4;
    /// <summary>
    /// How long after the opening, by the system clock, an operator may begin to waive the clock's reasons.
    /// </summary>
    public static readonly TimeSpan WaivableAfter = TimeSpan.FromMinutes(10);

    /// <param name="proven">
    /// Whether the journal has the opening: see <see cref="IsProof"/>. If not, a decision that is open is the proof:
    /// journal it first.
    /// </param>
    public GateDecision Decide(ClockState clock, ClockReading now, bool proven)
    {
        var at = clock.At(now);
        var bound = at?.ToBound();
        var offset = bound is { } known ? now.System - known.Middle : (TimeSpan?)null;
        var clockReason = ClockReason(clock, bound, offset);
        return new GateDecision
        {
            Reason = proven ? clock.Drifting ? GateReason.ClockDrift : null
                : clockReason ?? Opening(clock, bound!.Value),
            OpensAt = profile.Opens,
            Bound = bound,
            Offset = offset,
            TimeLeft = bound is { } b ? TimeSpan.FromTicks(Math.Max(0, (profile.Opens - b.Earliest).Ticks)) : null,
            SelectionsMissing = proven ? 0 : Missing(clock),
            WithoutServersFor = clock.WithoutSelectionSince is { } since
                ? TimeSpan.FromTicks((now.Boot - since.Boot) / 100) : null,
            Wake = at is null ? null : Wake(clock.Carried!.Value, now.Raw),
            Rehearsal = clockReason is null && Missing(clock) == 0 ? Rehearsing(bound!.Value) : null,
        };
    }

    /// <summary>
    /// Returns the event of a change between two decisions; null if nothing changed. The first GATE_OPENED is the proof
    /// of the opening.
    /// </summary>
    public AgentEvent? Change(GateDecision? before, GateDecision after, bool proven, ClockState clock, ClockReading now)
    {
        if (after.Open == (before?.Open ?? false)) return null;
        var bound = ClockChanges.BoundOf(clock, now, profile.Opens.Offset);
        return after.Open ? new GateOpened(profile.Opens, null, !proven, bound)
            : new GateClosed(after.Reason!.Value.Hold(), null, profile.Opens, bound);
    }

    /// <summary>
    /// Returns whether a journaled event proves the opening of this election; with a different <c>opens</c> it proves
    /// another opening.
    /// </summary>
    public bool IsProof(GateOpened opened) => opened.Root == Root.Public && opened.OpensAt == profile.Opens;

    /// <summary>
    /// Returns whether an operator may publish by hand despite <paramref name="reason"/> (contract, section 8): never
    /// before the opening, and not while a bound shows that it is still to come, whatever the system clock says.
    /// </summary>
    public bool MayWaive(GateReason reason, ClockBound? bound, ClockReading now) =>
        reason.IsOfTheClock() && now.System >= WaivableFrom && !(bound?.Latest < profile.Opens);

    /// <summary>Gets when an operator may begin to waive the clock's reasons, by the system clock.</summary>
    public DateTimeOffset WaivableFrom => profile.Opens + WaivableAfter;

    /// <summary>Returns whether journaled waivers have opened this election: one of them is about the clock.</summary>
    /// <param name="waived">The codes that an operator has waived.</param>
    /// <param name="at">When, by the system clock.</param>
    public bool IsWaiver(IEnumerable<string> waived, DateTimeOffset at) =>
        at >= WaivableFrom && waived.Any(code => GateReasons.Named(code)?.IsOfTheClock() == true);

    /// <summary>
    /// Returns the first reason that is about the clock and not about the hour, in the order of the list.
    /// </summary>
    GateReason? ClockReason(ClockState clock, ClockBound? bound, TimeSpan? offset)
    {
        if (bound is not { } known) return GateReason.ClockUnsynchronized;
        if (clock.Jumped) return GateReason.ClockJump;
        if (known.Uncertainty > settings.MaxUncertainty) return GateReason.ClockUncertain;
        return clock.Drifting || offset!.Value.Duration() > settings.MaxOffset ? GateReason.ClockDrift : null;
    }

    /// <summary>
    /// Returns whether the hour itself is a reason. After the opening, a single selection of few servers is not yet a
    /// proof.
    /// </summary>
    GateReason? Opening(ClockState clock, ClockBound bound) =>
        bound.Earliest < profile.Opens ? GateReason.BeforeOpening : Missing(clock) > 0 ? GateReason.ClockUnsynchronized
            : null;

    static int Missing(ClockState clock) =>
        clock.Answered >= AnswersThatProveAlone ? Math.Max(0, 1 - clock.SelectionsInARow)
        : Math.Max(0, 2 - clock.SelectionsInARow);

    Window? Rehearsing(ClockBound bound)
    {
        foreach (var window in profile.Rehearsals)
            if (window.Contains(bound.Earliest)) return window;
        return null;
    }

    TimeSpan? Wake(CarriedBound carried, long raw)
    {
        var earliest = carried.At(raw).Low;
        var next = profile.Rehearsals.SelectMany(window => new[] { window.From, window.To }).Append(profile.Opens)
            .Select(TrueInterval.Nanoseconds).Where(edge => edge > earliest).DefaultIfEmpty(long.MaxValue).Min();
        // Rounded up to the 100 ns of a TimeSpan: waking a little early would only mean deciding for nothing.
        return next == long.MaxValue ? null
            : TimeSpan.FromTicks((carried.RawWhenEarliestReaches(next) - raw + 99) / 100);
    }
}
