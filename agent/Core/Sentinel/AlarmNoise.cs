using System.Collections.Immutable;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Sentinel;

/// <summary>
/// Whoever tampers again and again does not flood the journal: the first <see cref="Burst"/> alarms are told at once,
/// then one every <see cref="Every"/>, each with all that was found since the last. Nothing found is ever left out, and
/// healing never waits. A value: each step returns the next.
/// </summary>
public sealed record AlarmNoise
{
    public const int Burst = 60;
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    public static AlarmNoise Silence { get; } = new() { Allowance = Burst };

    double Allowance { get; init; }
    DateTimeOffset? Last { get; init; }

    /// <summary>What was found and not told yet.</summary>
    public ImmutableArray<Alteration> Untold { get; init; } = [];

    /// <summary>When what is untold may be told; null: nothing is.</summary>
    public DateTimeOffset? Due => Untold.IsEmpty ? null : Last + Every;

    /// <summary>New alterations, and the clock.</summary>
    /// <returns>What to tell now, all of it or nothing, and the state that follows.</returns>
    public (ImmutableArray<Alteration> Told, AlarmNoise Next) Hear(ImmutableArray<Alteration> found, DateTimeOffset now)
    {
        var elapsed = Last is { } last && now > last ? now - last : TimeSpan.Zero;
        var allowance = Math.Min(Burst, Allowance + elapsed / Every);
        var all = Untold.AddRange(found);
        if (all.IsEmpty) return ([], this);
        return allowance >= 1
            ? (all, this with { Allowance = allowance - 1, Last = now, Untold = [] })
            : ([], this with { Untold = all });
    }
}
