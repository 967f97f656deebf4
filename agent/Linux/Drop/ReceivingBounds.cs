namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Limits what a sender can make the receiving thread keep and do. Everything beyond the limits waits, and one event
/// reports it.
/// </summary>
public sealed record ReceivingBounds
{
    /// <summary>Gets how many entries at the top of the drop are known by name, in progress or judged.</summary>
    public int Entries { get; init; } = 2_000;

    /// <summary>Gets how many names at the top a look reads at all.</summary>
    public int Names { get; init; } = 100_000;

    /// <summary>Gets how many files a look looks at, and how many files of judged deliveries are remembered.</summary>
    public int Files { get; init; } = 1_000_000;

    /// <summary>
    /// Gets how often there is a full look at the drop, whatever inotify reports (contract, section 6).
    /// </summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets how long a start waits for the first full look. Until that look has ended no delivery gets a turn.
    /// </summary>
    public TimeSpan FirstLook { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets how long a look goes on before hints and verdicts are handled.</summary>
    public TimeSpan LookSlice { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Gets how many files of one delivery are handed to the workers at a time.</summary>
    public int Outstanding { get; init; } = 256;

    /// <summary>Gets how many archives are unpacked at one time.</summary>
    public int Unpacking { get; init; } = 1;

    /// <summary>
    /// Gets how many verdicts are made at one time over deliveries that are not whole by their manifest.
    /// </summary>
    public int Judging { get; init; } = 1;

    /// <summary>
    /// Gets how many verdicts may lie untaken before the agent loop. At this number new verdicts wait, except of names
    /// that promise a newer corte; at twice the number all wait.
    /// </summary>
    public int Untaken { get; init; } = 8;

    /// <summary>
    /// Gets how many trees may be in removal. At this number deliveries wait, except those whose name promises a newer
    /// corte.
    /// </summary>
    public int Discarding { get; init; } = 32;

    /// <summary>
    /// Gets how many verdicts without news may be told at once. Half of them are kept for names of a newer corte.
    /// </summary>
    public int VerdictsAtOnce { get; init; } = 120;
    /// <summary>Gets how many verdicts without news may be told a minute.</summary>
    public int VerdictsAMinute { get; init; } = 30;

    /// <summary>Gets how many deliveries <c>status</c> lists. Of the rest it gives the number.</summary>
    public int Listed { get; init; } = 50;

    /// <summary>Gets how many archives all lists beside archives may name together.</summary>
    public int NamesInLists { get; init; } = 50_000;
}
