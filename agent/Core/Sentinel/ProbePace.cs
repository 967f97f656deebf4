namespace Difusor.Agent.Sentinel;

/// <summary>
/// Decides when a probe asks again: in its own time, more often while something is wrong, and soon after something has
/// changed. What changes without an end makes it ask at most a few times as often. It is immutable.
/// </summary>
/// <param name="Every">The time between two rounds while all is well.</param>
public readonly record struct ProbePace(TimeSpan Every)
{
    /// <summary>
    /// The longest time between two rounds while something is wrong, so that its end is told within a minute.
    /// </summary>
    public static readonly TimeSpan InTrouble = TimeSpan.FromSeconds(15);

    /// <summary>A swap or a heal is more than one change: a round is worth its while only after the last.</summary>
    static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    /// <summary>The shortest time from one round to one that a change has hurried.</summary>
    static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2);

    const int MostHurries = 16;

    /// <summary>Gets how many rounds of late were hurried. Each doubles the time to the next such.</summary>
    int Hurries { get; init; }

    /// <summary>Returns how long after the end of a round the next one begins.</summary>
    /// <param name="isGood">Whether that round has got what is published.</param>
    /// <param name="changed">How long after the end of that round something changed; null: nothing has.</param>
    public TimeSpan Wait(bool isGood, TimeSpan? changed)
    {
        var calm = isGood ? Every : Shorter(Every, InTrouble);
        return changed is { } at ? Shorter(calm, Longer(at + Settling, Shortest * (1L << Hurries))) : calm;
    }

    /// <summary>Returns the pace after a round has begun.</summary>
    /// <param name="waited">How long it had waited.</param>
    /// <param name="isGood">Whether the round before it had got what is published.</param>
    public ProbePace After(TimeSpan waited, bool isGood) => this with
    {
        Hurries = waited < Wait(isGood, null) ? Math.Min(Hurries + 1, MostHurries) : Hurries / 2,
    };

    internal static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    internal static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
