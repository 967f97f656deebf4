using Difusor.Agent.Configuration;

namespace Difusor.Agent.Drop;

/// <summary>How long a delivery has been quiet.</summary>
public enum Ripeness
{
    /// <summary>Something changed less than <c>drop.settle</c> ago.</summary>
    Moving,
    /// <summary>Quiet for <c>drop.settle</c>: if it does not match yet, it is judged as it is.</summary>
    Quiet,
    /// <summary>Quiet for <c>drop.give_up</c>: nothing more is expected.</summary>
    GivenUp,
}

/// <summary>The two periods of quiet. Instants are nanoseconds of CLOCK_MONOTONIC.</summary>
public readonly record struct Patience(TimeSpan Settle, TimeSpan GiveUp)
{
    public static Patience Of(DropSettings settings) => new(settings.Settle, settings.GiveUp);

    public Ripeness At(long lastChange, long now) =>
        now - lastChange >= Nanos(GiveUp) ? Ripeness.GivenUp : now - lastChange >= Nanos(Settle) ? Ripeness.Quiet
            : Ripeness.Moving;

    /// <summary>
    /// Returns when the ripeness after <paramref name="current"/> begins; <c>long.MaxValue</c> for the last one.
    /// </summary>
    public long Until(Ripeness current, long lastChange) => current switch
    {
        Ripeness.Moving => lastChange + Math.Min(Nanos(Settle), Nanos(GiveUp)),
        Ripeness.Quiet => lastChange + Nanos(GiveUp),
        Ripeness.GivenUp => long.MaxValue,
    };

    public static long Nanos(TimeSpan time) => time.Ticks * 100;
}
