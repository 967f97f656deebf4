namespace Difusor.Agent.Gate;

/// <summary>Where true time is at one instant: nanoseconds since 1970, both ends included.</summary>
public readonly record struct TrueInterval(long Low, long High)
{
    public bool Meets(TrueInterval other) => Low <= other.High && other.Low <= High;

    /// <summary>Returns the common part. Only for intervals that meet.</summary>
    public TrueInterval Intersect(TrueInterval other) => new(Math.Max(Low, other.Low), Math.Min(High, other.High));

    public long Middle => Low + (High - Low) / 2;

    /// <summary>Gets half the width.</summary>
    public long Uncertainty => (High - Low + 1) / 2;

    /// <summary>Converts to .NET's units of 100 ns, rounded outwards.</summary>
    public ClockBound ToBound() =>
        new(DateTimeOffset.UnixEpoch.AddTicks(FloorToTicks(Low)),
            DateTimeOffset.UnixEpoch.AddTicks(-FloorToTicks(-High)));

    /// <summary>Returns a .NET instant as nanoseconds since 1970.</summary>
    public static long Nanoseconds(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks * 100;

    static long FloorToTicks(long nanoseconds) => (nanoseconds - ((nanoseconds % 100) + 100) % 100) / 100;
}
