namespace Difusor.Agent.Gate;

/// <summary>
/// All clocks of this host at one instant, read once per decision. Raw counts CLOCK_MONOTONIC_RAW (nobody slews it),
/// Boot counts CLOCK_BOOTTIME (goes on in a suspend) and Monotonic CLOCK_MONOTONIC (does not), each in nanoseconds
/// since an arbitrary start; System is CLOCK_REALTIME, which anyone with the right may set.
/// </summary>
public readonly record struct ClockReading(long Raw, long Boot, long Monotonic, DateTimeOffset System);

/// <summary>The interval in which true time lies at one instant.</summary>
public readonly record struct ClockBound(DateTimeOffset Earliest, DateTimeOffset Latest)
{
    /// <summary>Half the width: true time is at most this far from <see cref="Middle"/>.</summary>
    public TimeSpan Uncertainty => (Latest - Earliest) / 2;
    public DateTimeOffset Middle => Earliest + Uncertainty;
}
