using Difusor.Agent.Events;

namespace Difusor.Agent.Gate;

/// <summary>A selection as it was made, kept to measure the rate against a later one.</summary>
public readonly record struct RateAnchor(long Raw, TrueInterval Interval);

/// <summary>
/// Everything known about true time. Only <see cref="ClockDiscipline"/> makes it, a new value for each poll.
/// </summary>
public sealed record ClockState
{
    /// <summary>
    /// Nanoseconds by which two clocks may differ without a sleep, because they are not read at exactly the same
    /// instant.
    /// </summary>
    const long SleepTolerance = 10_000_000;

    public static readonly ClockState Unknown = new();

    /// <summary>
    /// Gets the carried bound. While <see cref="Jumped"/> is true it is what the latest servers say, and not to be
    /// trusted.
    /// </summary>
    public CarriedBound? Carried { get; init; }
    /// <summary>
    /// Gets how many selections in a row met what was known. A poll without any answer leaves the number unchanged; a
    /// poll without a majority resets it.
    /// </summary>
    public int SelectionsInARow { get; init; }
    /// <summary>Gets how many servers answered in the last selection.</summary>
    public int Answered { get; init; }
    /// <summary>
    /// Gets whether a selection did not meet the carried bound, and eight in a row have not agreed since.
    /// </summary>
    public bool Jumped { get; init; }
    /// <summary>
    /// Gets how many polls in a row had the system clock more than max_offset from the middle of the bound.
    /// </summary>
    public int PollsAstray { get; init; }
    /// <summary>Gets how many polls in a row had the system clock within that limit.</summary>
    public int PollsAtRest { get; init; }
    /// <summary>
    /// Gets whether the drift rule applies: two polls in a row astray (before the opening, one), and not two at rest
    /// since.
    /// </summary>
    public bool Drifting { get; init; }
    /// <summary>Gets whether CLOCK_DRIFT has been told and the drift is not over yet.</summary>
    public bool DriftAnnounced { get; init; }
    public ClockTrouble? Trouble { get; init; }
    /// <summary>
    /// Gets how many polls in a row had no selection; the next property is when the first of them ended.
    /// </summary>
    public int PollsWithoutSelection { get; init; }
    public ClockReading? WithoutSelectionSince { get; init; }
    /// <summary>
    /// Gets the servers named as falsetickers, each with the number of selections that it has agreed with since.
    /// </summary>
    public ImmutableSortedDictionary<string, int> Falsetickers { get; init; } =
        ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);
    public RawRate Rate { get; init; } = RawRate.Unmeasured;
    public ImmutableQueue<RateAnchor> Anchors { get; init; } = [];
    public NtpPoll? LastPoll { get; init; }
    public Selection? LastSelection { get; init; }
    /// <summary>Gets the reading when the last poll ended.</summary>
    public ClockReading LastReading { get; init; }

    /// <summary>
    /// Returns where true time is at <paramref name="now"/>; null if nothing is known, or the host has slept since
    /// the last poll.
    /// </summary>
    public TrueInterval? At(ClockReading now) =>
        Carried is { } carried && !HasSleptUntil(now) ? carried.At(now.Raw) : null;

    public ClockBound? BoundAt(ClockReading now) => At(now)?.ToBound();

    /// <summary>
    /// Returns whether the host has slept since the last poll. CLOCK_BOOTTIME goes on during a suspend and
    /// CLOCK_MONOTONIC does not, so their difference shows it.
    /// </summary>
    public bool HasSleptUntil(ClockReading now) => HasSlept(LastReading, now);

    public static bool HasSlept(ClockReading from, ClockReading to) =>
        Math.Abs((to.Boot - to.Monotonic) - (from.Boot - from.Monotonic)) > SleepTolerance || to.Raw < from.Raw;
}
