using Difusor.Agent.Configuration;
using Difusor.Agent.Events;

namespace Difusor.Agent.Gate;

/// <summary>
/// Makes the events of the clock and of the gate (contract, section 10): only on a change, not for each poll.
/// </summary>
static class ClockChanges
{
    public static ImmutableArray<AgentEvent> Between(
        ClockState before, ClockState after, Selection? selection, ClockReading now, ClockSettings settings,
        TimeSpan offset)
    {
        var events = ImmutableArray.CreateBuilder<AgentEvent>();
        var named = after.Falsetickers.Keys.Where(server => !before.Falsetickers.ContainsKey(server)).ToArray();
        var bound = BoundOf(after, now, offset);
        if (named.Length > 0) events.Add(new ClockFalseticker(named, bound.Earliest, bound.Latest));
        if (before.Carried is not null && before.HasSleptUntil(now))
            events.Add(new ClockJump(JumpCause.Suspended, null));
        if (after.Jumped && !before.Jumped)
            events.Add(new ClockJump(JumpCause.Disagreement, selection is null ? null : Gap(before, selection, now)));
        if (after.DriftAnnounced && !before.DriftAnnounced)
            events.Add(
                new ClockDrift(
                bound.OffsetSeconds.GetValueOrDefault(), settings.MaxOffset.TotalSeconds, bound.Earliest,
                bound.Latest));
        if (after.Trouble is { } trouble && before.Trouble is null)
            events.Add(
                new ClockUncertain(
                trouble, bound.UncertaintySeconds,
                // Beside another cause the limit would read as if the bound were too wide.
                trouble == ClockTrouble.Wide ? settings.MaxUncertainty.TotalSeconds : null, bound.Earliest,
                bound.Latest));
        if (IsWell(after, now) && !IsWell(before, now)
            && bound is { Earliest: { } earliest, Latest: { } latest, OffsetSeconds: { } difference })
            events.Add(new ClockSynchronized(earliest, latest, difference, bound.UncertaintySeconds, bound.Servers));
        return events.ToImmutable();
    }

    /// <summary>Returns what events tell about the bound; all fields are null if there is none.</summary>
    public static ToldBound BoundOf(ClockState state, ClockReading now, TimeSpan offset) =>
        state.At(now) is not { } bound ? default : new ToldBound(
        bound.ToBound().Earliest.ToOffset(offset), bound.ToBound().Latest.ToOffset(offset),
        Seconds(TrueInterval.Nanoseconds(now.System) - bound.Middle),
        Seconds(bound.Uncertainty), state.LastSelection?.Chosen.Length ?? 0);

    public static double Seconds(long nanoseconds) => Math.Round(nanoseconds / 1e9, 6);

    /// <summary>Writes an instant to the microsecond, with its offset.</summary>
    public static string Show(DateTimeOffset at) =>
        at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);

    static bool IsWell(ClockState state, ClockReading at) =>
        state is { Carried: not null, Jumped: false, Trouble: null, DriftAnnounced: false } && state.At(at) is not null;

    /// <summary>
    /// Returns by how many seconds the servers' time is after (if negative, before) the carried time.
    /// </summary>
    static double? Gap(ClockState before, Selection selection, ClockReading now) =>
        before.Carried is { } carried ? Seconds(selection.Interval.Middle - carried.At(now.Raw).Middle) : null;
}
