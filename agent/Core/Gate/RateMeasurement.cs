namespace Difusor.Agent.Gate;

/// <summary>
/// Measures the rate of CLOCK_MONOTONIC_RAW against NTP: two selections far enough apart limit the rate between them to
/// a small range. The rate counts as measured once half of that range is at most half of drift_ppm; the other half of
/// drift_ppm is for changes of temperature.
/// </summary>
static class RateMeasurement
{
    const long Spacing = 900_000_000_000;
    const int Kept = 12;

    /// <summary>
    /// Adds a selection if the last kept one is at least a quarter of an hour old; keeps three hours.
    /// </summary>
    public static ImmutableQueue<RateAnchor> Add(ImmutableQueue<RateAnchor> anchors, RateAnchor latest)
    {
        if (!anchors.IsEmpty && latest.Raw - anchors.Last().Raw < Spacing) return anchors;
        anchors = anchors.Enqueue(latest);
        return anchors.Count() > Kept ? anchors.Dequeue() : anchors;
    }

    /// <summary>
    /// Returns the rate between a kept selection and the latest; null while none of them is far enough away.
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
