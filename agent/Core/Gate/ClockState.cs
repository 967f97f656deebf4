using System.Collections.Immutable;
using Difusor.Agent.Events;

namespace Difusor.Agent.Gate;

/// <summary>A selection as it was made, kept to measure the rate against a later one.</summary>
public readonly record struct RateAnchor(long Raw, TrueInterval Interval);

/// <summary>All that is known of true time. Made by <see cref="ClockDiscipline"/> alone, a new value a poll.</summary>
public sealed record ClockState
{
    /// <summary>The readings of two clocks are not of the very same instant.</summary>
    const long SleepTolerance = 10_000_000;

    public static readonly ClockState Unknown = new();

    /// <summary>While <see cref="Jumped"/>, what the latest servers say, and not to be trusted.</summary>
    public CarriedBound? Carried { get; init; }
    /// <summary>
    /// Selections in a row that met what was known; a poll without an answer leaves it, one without a majority ends it.
    /// </summary>
    public int SelectionsInARow { get; init; }
    /// <summary>How many servers answered in the last selection.</summary>
    public int Answered { get; init; }
    /// <summary>A selection did not meet the carried bound, and eight in a row have not agreed since.</summary>
    public bool Jumped { get; init; }
    /// <summary>Polls in a row with the system clock beyond max_offset of the middle of the bound.</summary>
    public int PollsAstray { get; init; }
    /// <summary>Polls in a row with the system clock near the middle.</summary>
    public int PollsAtRest { get; init; }
    /// <summary>The drift rule: two polls astray, and not two at rest since.</summary>
    public bool Drifting { get; init; }
    /// <summary>CLOCK_DRIFT has been said, and no CLOCK_SYNCHRONIZED since.</summary>
    public bool DriftAnnounced { get; init; }
    public ClockTrouble? Trouble { get; init; }
    /// <summary>Polls in a row without a selection, and when the first of them ended.</summary>
    public int PollsWithoutSelection { get; init; }
    public ClockReading? WithoutSelectionSince { get; init; }
    /// <summary>Servers named as falsetickers, with the number of polls in a row in which they were not.</summary>
    public ImmutableSortedDictionary<string, int> Falsetickers { get; init; } =
        ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);
    public RawRate Rate { get; init; } = RawRate.Unmeasured;
    public bool RateMeasured => Rate != RawRate.Unmeasured;
    public ImmutableQueue<RateAnchor> Anchors { get; init; } = [];
    public NtpPoll? LastPoll { get; init; }
    public Selection? LastSelection { get; init; }
    /// <summary>The reading at which the last poll ended.</summary>
    public ClockReading LastReading { get; init; }

    /// <summary>
    /// Where true time lies at <paramref name="now"/>; null where nothing is known, or the host has slept since.
    /// </summary>
    public TrueInterval? At(ClockReading now) =>
        Carried is { } carried && !HasSleptUntil(now) ? carried.At(now.Raw) : null;

    public ClockBound? BoundAt(ClockReading now) => At(now)?.ToBound();

    /// <summary>CLOCK_BOOTTIME goes on in a suspend and CLOCK_MONOTONIC does not, so their difference tells.</summary>
    public bool HasSleptUntil(ClockReading now) => HasSlept(LastReading, now);

    public static bool HasSlept(ClockReading from, ClockReading to) =>
        Math.Abs((to.Boot - to.Monotonic) - (from.Boot - from.Monotonic)) > SleepTolerance || to.Raw < from.Raw;
}
