namespace Difusor.Agent.Gate;

/// <summary>
/// The rate of true time against CLOCK_MONOTONIC_RAW: in one raw second true time goes on by <c>1 + Rate</c> seconds,
/// plus or minus <c>Widening</c>. Both are fractions: 50 ppm is 50e-6.
/// </summary>
public readonly record struct RawRate(double Rate, double Widening)
{
    /// <summary>The rate before it has been measured: no crystal in a computer is worse.</summary>
    public static readonly RawRate Unmeasured = new(0, 500e-6);
}

/// <summary>
/// The bound at one instant of CLOCK_MONOTONIC_RAW, and the rate used to carry it to any other instant.
/// </summary>
public readonly record struct CarriedBound(long Raw, TrueInterval Then, RawRate Rate)
{
    /// <summary>
    /// Carries the bound forward, or back to when a delivery began. The result is wider the longer the time between.
    /// </summary>
    public TrueInterval At(long raw)
    {
        var elapsed = raw - Raw;
        var correction = elapsed * Rate.Rate;
        var widening = Math.Abs((double)elapsed) * Rate.Widening;
        return new TrueInterval(
            Then.Low + elapsed + (long)Math.Floor(correction - widening),
            Then.High + elapsed + (long)Math.Ceiling(correction + widening));
    }

    /// <summary>
    /// Returns CLOCK_MONOTONIC_RAW at the first instant when true time has certainly reached
    /// <paramref name="instant"/>.
    /// </summary>
    public long RawWhenEarliestReaches(long instant)
    {
        var missing = instant - Then.Low;
        if (missing <= 0) return Raw;
        var raw = Raw + (long)Math.Ceiling(missing / (1 + Rate.Rate - Rate.Widening));
        // The quotient is a double, so after days a few nanoseconds may be missing.
        while (At(raw).Low < instant) raw += instant - At(raw).Low;
        return raw;
    }
}
