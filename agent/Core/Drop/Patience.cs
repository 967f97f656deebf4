using Difusor.Agent.Configuration;

namespace Difusor.Agent.Drop;

/// <summary>How long a delivery that does not move is waited for.</summary>
public enum Ripeness
{
    /// <summary>Something changed less than <c>drop.settle</c> ago.</summary>
    Moving,
    /// <summary>Quiet for <c>drop.settle</c>: what does not match yet is judged as it stands.</summary>
    Quiet,
    /// <summary>Quiet for <c>drop.give_up</c>: nothing more is expected.</summary>
    GivenUp,
}

/// <summary>The two periods of quiet; instants are nanoseconds of CLOCK_MONOTONIC.</summary>
public readonly record struct Patience(TimeSpan Settle, TimeSpan GiveUp)
{
    public static Patience Of(DropSettings settings) => new(settings.Settle, settings.GiveUp);

    public Ripeness At(long lastChange, long now) =>
        now - lastChange >= Nanos(GiveUp) ? Ripeness.GivenUp : now - lastChange >= Nanos(Settle) ? Ripeness.Quiet
            : Ripeness.Moving;

    /// <summary>When the ripeness after <paramref name="current"/> begins; never for the last.</summary>
    public long Until(Ripeness current, long lastChange) => current switch
    {
        Ripeness.Moving => lastChange + Math.Min(Nanos(Settle), Nanos(GiveUp)),
        Ripeness.Quiet => lastChange + Nanos(GiveUp),
        _ => long.MaxValue,
    };

    public static long Nanos(TimeSpan time) => time.Ticks * 100;
}
