namespace Difusor.Agent.Gate;

/// <summary>
/// How CLOCK_MONOTONIC_RAW runs against true time: in one raw second true time goes on by <c>1 + Rate</c> seconds, give
/// or take <c>Widening</c>. Both are fractions: 50 ppm is 50e-6.
/// </summary>
public readonly record struct RawRate(double Rate, double Widening)
{
    /// <summary>Before it has been measured: no crystal in a computer is worse.</summary>
    public static readonly RawRate Unmeasured = new(0, 500e-6);
}

/// <summary>
/// The bound as of one instant of CLOCK_MONOTONIC_RAW, and the rate by which it is carried to any other.
/// </summary>
public readonly record struct CarriedBound(long Raw, TrueInterval Then, RawRate Rate)
{
    /// <summary>Forward, or back to when a delivery began; wider with the time between.</summary>
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
    /// CLOCK_MONOTONIC_RAW at the first instant at which true time has certainly reached <paramref name="instant"/>.
    /// </summary>
    public long RawWhenEarliestReaches(long instant)
    {
        var missing = instant - Then.Low;
        if (missing <= 0) return Raw;
        var raw = Raw + (long)Math.Ceiling(missing / (1 + Rate.Rate - Rate.Widening));
        // The quotient is a double: some nanoseconds may be missing after days.
        while (At(raw).Low < instant) raw += instant - At(raw).Low;
        return raw;
    }
}
