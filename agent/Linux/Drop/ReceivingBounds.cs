namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// What a sender may have the receiving thread keep and do; beyond it the rest waits, and one event tells.
/// </summary>
public sealed record ReceivingBounds
{
    /// <summary>Entries at the top of the drop that are known by name, in progress or judged.</summary>
    public int Entries { get; init; } = 2_000;

    /// <summary>Names at the top that a look reads at all.</summary>
    public int Names { get; init; } = 100_000;

    /// <summary>Files that a look looks at, and that are remembered of judged deliveries.</summary>
    public int Files { get; init; } = 1_000_000;

    /// <summary>At a start nothing has its turn before all has been looked at once, or this long has passed.</summary>
    public TimeSpan FirstLook { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a look goes on before hints and verdicts are attended to.</summary>
    public TimeSpan LookSlice { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Files of one delivery that are handed to the workers at a time.</summary>
    public int Outstanding { get; init; } = 256;

    /// <summary>Archives that are unpacked at one time.</summary>
    public int Unpacking { get; init; } = 1;

    /// <summary>Verdicts that are made at one time over what is not whole by its manifest.</summary>
    public int Judging { get; init; } = 1;

    /// <summary>
    /// Verdicts that the agent loop has not taken yet: with more, what has no claim waits, and with twice as many all
    /// do.
    /// </summary>
    public int Untaken { get; init; } = 8;

    /// <summary>Trees that are being removed; with more, what has no claim waits.</summary>
    public int Discarding { get; init; } = 32;

    /// <summary>
    /// Verdicts that bring nothing new, told at once and a minute; half of the first are kept for names of a newer
    /// corte.
    /// </summary>
    public int VerdictsAtOnce { get; init; } = 120;
    public int VerdictsAMinute { get; init; } = 30;

    /// <summary>Deliveries that <c>status</c> lists; of the rest it gives the number.</summary>
    public int Listed { get; init; } = 50;

    /// <summary>Archives that all lists beside them may name together.</summary>
    public int NamesInLists { get; init; } = 50_000;
}
