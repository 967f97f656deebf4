namespace Difusor.Agent.Sentinel;

/// <summary>
/// Keeps repeated tampering from flooding the journal. The first <see cref="Burst"/> alarms are reported at once, then
/// one every <see cref="Every"/>, each with everything found since the last one. No finding is ever left out, and
/// healing never waits. It is immutable: each step returns the next state.
/// </summary>
public sealed record AlarmNoise
{
    public const int Burst = 60;
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    public static AlarmNoise Silence { get; } = new() { Allowance = Burst };

    double Allowance { get; init; }
    DateTimeOffset? Last { get; init; }

    /// <summary>Gets what was found and not reported yet.</summary>
    public ImmutableArray<Alteration> Untold { get; init; } = [];

    /// <summary>Gets when the unreported alterations may be reported; null if there are none.</summary>
    public DateTimeOffset? Due => Untold.IsEmpty ? null : Last + Every;

    /// <summary>Takes new alterations and the time.</summary>
    /// <returns>What to report now (everything or nothing), and the next state.</returns>
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
