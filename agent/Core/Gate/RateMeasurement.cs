using System.Collections.Immutable;

namespace Difusor.Agent.Gate;

/// <summary>
/// Measures how CLOCK_MONOTONIC_RAW runs against NTP: two selections far enough apart leave little room for the rate
/// between them. Measured means that half that room is at most half of drift_ppm; the other half is for temperature.
/// </summary>
static class RateMeasurement
{
    const long Spacing = 900_000_000_000;
    const int Kept = 12;

    /// <summary>Adds a selection where the last kept one is a quarter of an hour old; keeps three hours.</summary>
    public static ImmutableQueue<RateAnchor> Add(ImmutableQueue<RateAnchor> anchors, RateAnchor latest)
    {
        if (!anchors.IsEmpty && latest.Raw - anchors.Last().Raw < Spacing) return anchors;
        anchors = anchors.Enqueue(latest);
        return anchors.Count() > Kept ? anchors.Dequeue() : anchors;
    }

    /// <summary>
    /// The rate between the kept selections and the latest, or null while none of them is far enough away.
    /// </summary>
    public static RawRate? Of(ImmutableQueue<RateAnchor> anchors, RateAnchor latest, double driftPpm)
    {
        foreach (var anchor in anchors)
        {
            var elapsed = (double)(latest.Raw - anchor.Raw);
            if (elapsed <= 0) continue;
            var slowest = (latest.Interval.Low - anchor.Interval.High) / elapsed - 1;
            var fastest = (latest.Interval.High - anchor.Interval.Low) / elapsed - 1;
            var rate = (slowest + fastest) / 2;
            if (fastest - slowest <= driftPpm * 1e-6 && Math.Abs(rate) <= RawRate.Unmeasured.Widening)
                return new RawRate(rate, driftPpm * 1e-6);
        }
        return null;
    }
}
