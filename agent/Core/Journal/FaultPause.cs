namespace Difusor.Agent.Journal;

/// <summary>
/// How long a step that fails again and again waits before the next attempt: not at all after the first fault, then
/// longer each time.
/// </summary>
/// <param name="Faults">How many faults have come in a row.</param>
public readonly record struct FaultPause(int Faults)
{
    const int MostDoublings = 7;
    static readonly TimeSpan First = TimeSpan.FromMilliseconds(100), Longest = TimeSpan.FromSeconds(10);

    public static FaultPause None { get; }

    public TimeSpan Length =>
        Faults <= 1 ? TimeSpan.Zero
        : First * (1 << Math.Min(Faults - 2, MostDoublings)) is var length && length < Longest ? length : Longest;

    /// <summary>Returns the pause after one more fault.</summary>
    public FaultPause After() => new(Math.Min(Faults + 1, MostDoublings + 2));
}
