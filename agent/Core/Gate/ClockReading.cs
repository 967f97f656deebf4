namespace Difusor.Agent.Gate;

/// <summary>
/// All clocks of this host at one instant, read once per decision. Raw is CLOCK_MONOTONIC_RAW (never slewed), Boot is
/// CLOCK_BOOTTIME (goes on during a suspend) and Monotonic is CLOCK_MONOTONIC (stops during a suspend), each in
/// nanoseconds since an arbitrary start. System is CLOCK_REALTIME, which anyone with the right may set.
/// </summary>
public readonly record struct ClockReading(long Raw, long Boot, long Monotonic, DateTimeOffset System);

/// <summary>The interval that contains true time at one instant.</summary>
public readonly record struct ClockBound(DateTimeOffset Earliest, DateTimeOffset Latest)
{
    /// <summary>Gets half the width: true time is at most this far from <see cref="Middle"/>.</summary>
    public TimeSpan Uncertainty => (Latest - Earliest) / 2;
    public DateTimeOffset Middle => Earliest + Uncertainty;
}
