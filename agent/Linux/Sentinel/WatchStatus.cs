namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// The state of the watch for <c>status.json</c> and the metrics. The sentinel's threads write it, and the agent loop
/// reads it.
/// </summary>
public sealed record WatchStatus
{
    /// <summary>Gets when the last full rescan ended, by the system clock.</summary>
    public DateTimeOffset? LastFullScan { get; init; }
    /// <summary>
    /// Gets how long it took, with its pauses. Below: the time without pauses, and the files that it hashed.
    /// </summary>
    public TimeSpan LastScanTook { get; init; }
    public TimeSpan LastScanWorked { get; init; }
    public int LastScanFiles { get; init; }
    /// <summary>
    /// Gets the progress of the running scan: files read, and below it files in all; zero if none is running.
    /// </summary>
    public int ScannedFiles { get; init; }
    public int FilesToScan { get; init; }
    /// <summary>Gets how often the kernel's queue overflowed; a full look followed each time.</summary>
    public long Overflows { get; init; }
    /// <summary>
    /// Gets the time from the canary's change until the watch saw it, which proves that the watch works; null before
    /// the first.
    /// </summary>
    public TimeSpan? DetectionDelay { get; init; }
    /// <summary>Gets the number of folders that inotify watches.</summary>
    public int WatchedFolders { get; init; }
    /// <summary>Gets the number of folders without a watch.</summary>
    public int UnwatchedFolders { get; init; }
    /// <summary>
    /// Gets whether some folder has no watch, or a canary was not seen: then only rescans are reliable.
    /// </summary>
    public bool Blind { get; init; }
}
