namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// What <c>status.json</c> and the metrics say of the watch: written by the sentinel's threads, read by the agent loop.
/// </summary>
public sealed record WatchStatus
{
    /// <summary>When the last full re-hash of all that is published ended, by the system clock.</summary>
    public DateTimeOffset? LastFullScan { get; init; }
    /// <summary>How long it took, rests and all, and the files and bytes that it hashed.</summary>
    public TimeSpan LastScanTook { get; init; }
    public TimeSpan LastScanWorked { get; init; }
    public int LastScanFiles { get; init; }
    /// <summary>Progress of the scan that is under way: files read, and files in all; zero while none is.</summary>
    public int ScannedFiles { get; init; }
    public int FilesToScan { get; init; }
    /// <summary>How often the kernel's queue overflowed; each was followed by a full look.</summary>
    public long Overflows { get; init; }
    /// <summary>
    /// From the canary's change to the watch's notice of it: the proof of life; null before the first.
    /// </summary>
    public TimeSpan? DetectionDelay { get; init; }
    /// <summary>Folders that inotify watches.</summary>
    public int WatchedFolders { get; init; }
    /// <summary>Folders for which there was no watch.</summary>
    public int UnwatchedFolders { get; init; }
    /// <summary>Some folder is not watched, or a canary was not seen: only rescans can be relied on there.</summary>
    public bool Blind { get; init; }
}
