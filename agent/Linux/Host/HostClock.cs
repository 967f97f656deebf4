using System.Runtime.InteropServices;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Linux.Host;

/// <summary>
/// Reads this host's clocks (clock_gettime(2)). Mono.Posix has neither CLOCK_MONOTONIC_RAW nor CLOCK_BOOTTIME.
/// </summary>
public static partial class HostClock
{
    const int Realtime = 0, Monotonic = 1, MonotonicRaw = 4, Boottime = 7;

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
            var before = Get(MonotonicRaw);
            var system = Get(Realtime);
            var boot = Get(Boottime);
            var monotonic = Get(Monotonic);
            var width = Get(MonotonicRaw) - before;
            if (width >= narrowest) continue;
            narrowest = width;
            best = new ClockReading(
                before + width / 2, boot, monotonic, DateTimeOffset.UnixEpoch.AddTicks(system / 100));
        }
        return best;
    }

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
