namespace Difusor.Agent.Publication;

/// <summary>
/// What a file system has left: one that the agent writes to, or that the institute delivers to. The running agent and
/// <c>check</c> judge it by the same rule, which is here.
/// </summary>
/// <param name="Path">The folder on it that matters.</param>
/// <param name="Free">How many bytes are free for accounts other than root.</param>
/// <param name="Least">How many bytes must be free.</param>
/// <param name="FreeFiles">How many files can still be created; null: the file system has no such limit.</param>
/// <param name="IsReadOnly">Whether nothing can be written to it.</param>
public readonly record struct DiskRoom(
    string Path, long Free, long Least, long? FreeFiles = null, bool IsReadOnly = false)
{
    /// <summary>With fewer files than this the disk counts as full, whatever bytes are free.</summary>
    public const long LeastFiles = 1000;

    const long MostElsewhere = 64L << 20;

    /// <summary>Gets whether it is the files that are short.</summary>
    public bool LacksFiles => FreeFiles < LeastFiles;

    public bool IsLow => Free < Least || LacksFiles;

    /// <summary>Gets whether so much is free that a little less does not make it low again.</summary>
    public bool IsAmple => Free - Least >= Least / 8 && !(FreeFiles < LeastFiles * 2);

    /// <summary>
    /// Returns how many bytes must be free on another disk than that of the state folder: a twentieth, so that a small
    /// partition does not count as full from the beginning.
    /// </summary>
    /// <param name="total">All its bytes.</param>
    public static long LeastElsewhere(long total) => Math.Min(MostElsewhere, total / 20);
}
