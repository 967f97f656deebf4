using System.Runtime.InteropServices;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Linux.Host;

/// <summary>
/// Reads this host's clocks (clock_gettime(2)). Mono.Posix has neither CLOCK_MONOTONIC_RAW nor CLOCK_BOOTTIME.
/// </summary>
public static partial class HostClock
{
    const int ClockRealtime = 0, ClockMonotonic = 1, ClockMonotonicRaw = 4, ClockBoottime = 7;

    /// <summary>
    /// Reads all clocks. CLOCK_REALTIME is read between two reads of CLOCK_MONOTONIC_RAW, so that a preemption in
    /// between shows. Of three tries the one with the shortest interval is kept.
    /// </summary>
    public static ClockReading Read()
    {
        var best = default(ClockReading);
        var narrowest = long.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = Get(ClockMonotonicRaw);
            var system = Get(ClockRealtime);
            var boot = Get(ClockBoottime);
            var monotonic = Get(ClockMonotonic);
            var width = Get(ClockMonotonicRaw) - before;
            if (width >= narrowest) continue;
            narrowest = width;
            best = new ClockReading(
                before + width / 2, boot, monotonic, DateTimeOffset.UnixEpoch.AddTicks(system / 100));
        }
        return best;
    }

    /// <summary>
    /// Reads CLOCK_MONOTONIC (nanoseconds) alone. Call this, not <see cref="Read"/>, for each file: all clocks take
    /// up to fifteen calls.
    /// </summary>
    public static long Monotonic() => Get(ClockMonotonic);

    static long Get(int clock)
    {
        SystemFault.Check(clock_gettime(clock, out var time), "clock_gettime", $"clock {clock}");
        return time.Seconds * 1_000_000_000 + time.Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    struct Timespec
    {
        public long Seconds, Nanoseconds;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_gettime(int clock, out Timespec time);
}
