namespace Difusor.Agent.Journal;

/// <summary>
/// Keeps a fault that comes again and again from filling the journal. The first three of a kind are reported at once,
/// then one every ten minutes with the number of those not reported. After an hour without one, a kind starts again. It
/// is immutable: each step returns the next state. Instants are nanoseconds that only grow.
/// </summary>
public sealed record FaultNoise
{
    public const int AtOnce = 3;

    /// <summary>
    /// How many kinds are kept apart. If there are more, the kind that was heard longest ago is forgotten.
    /// </summary>
    public const int MostKinds = 64;

    static readonly long Every = (long)TimeSpan.FromMinutes(10).TotalNanoseconds,
    Calm = (long)TimeSpan.FromHours(1).TotalNanoseconds;

    public static FaultNoise Silence { get; } = new();

    ImmutableDictionary<string, Heard> Kinds { get; init; } = ImmutableDictionary<string, Heard>.Empty;

    /// <param name="Told">How often it was reported since it began, at most <see cref="AtOnce"/>.</param>
    /// <param name="Untold">How often it has come since it was last reported.</param>
    readonly record struct Heard(int Told, int Untold, long ToldAt, long HeardAt);

    /// <summary>Takes one more fault of a kind.</summary>
    /// <returns>How many faults to report now as one; 0 if this one is not reported.</returns>
    public (int Count, FaultNoise Next) Hear(string kind, long now)
    {
        var known = Kinds.GetValueOrDefault(kind, new Heard(0, 0, now, now));
        if (now - known.HeardAt >= Calm) known = known with { Told = 0 };
        var count = known.Untold + 1;
        var isTold = known.Told < AtOnce || now - known.ToldAt >= Every;
        var next = isTold ? new Heard(Math.Min(known.Told + 1, AtOnce), 0, now, now)
            : known with { Untold = count, HeardAt = now };
        var kinds = Kinds.Count < MostKinds || Kinds.ContainsKey(kind) ? Kinds
            : Kinds.Remove(Kinds.MinBy(each => each.Value.HeardAt).Key);
        return (isTold ? count : 0, this with { Kinds = kinds.SetItem(kind, next) });
    }
}
