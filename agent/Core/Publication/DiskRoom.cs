namespace Difusor.Agent.Publication;

/// <summary>What a file system has left: one that the agent writes to, or that the institute delivers to.</summary>
/// <param name="Path">The folder on it that matters.</param>
/// <param name="Free">How many bytes are free for accounts other than root.</param>
/// <param name="Least">How many bytes must be free.</param>
/// <param name="FreeFiles">How many files can still be created; null: the file system has no such limit.</param>
public readonly record struct DiskRoom(string Path, long Free, long Least, long? FreeFiles = null)
{
    /// <summary>With fewer files than this the disk counts as full, whatever bytes are free.</summary>
    public const long LeastFiles = 1000;

    /// <summary>How many bytes must be free on another disk than that of the state folder.</summary>
    public const long LeastElsewhere = 64L << 20;

    /// <summary>Gets whether it is the files that are short.</summary>
    public bool LacksFiles => FreeFiles < LeastFiles;

    public bool IsLow => Free < Least || LacksFiles;

    /// <summary>Gets whether so much is free that a little less does not make it low again.</summary>
    public bool IsAmple => Free >= Least + Math.Min(Least / 64, 16L << 20) && !(FreeFiles < LeastFiles * 2);
}
