using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Night;

/// <summary>What is wrong with the disk. Each cause ends by itself.</summary>
public enum StorageCause
{
    /// <summary>There is too little room for anything new.</summary>
    Room,
    /// <summary>A look has found too little room, although nothing has arrived.</summary>
    Look,
    /// <summary>A file system that must be written to is mounted read-only.</summary>
    ReadOnly,
    /// <summary>One delivery does not fit.</summary>
    Fit,
    /// <summary>Something could not be staged.</summary>
    Staging,
    /// <summary>The drop cannot be read.</summary>
    Drop,
    /// <summary>No acuse can be written.</summary>
    Receipts,
    /// <summary>The loop's own work was refused: it is tried again at each turn.</summary>
    Loop,
}

/// <summary>
/// Reports once that the disk is full or has failed, and once that it works again. If the journal itself could not take
/// the record, it is written as soon as possible.
/// </summary>
public sealed class StorageTrouble(EventRecorder recorder)
{
    const double NanosecondsPerSecond = 1e9;
    static readonly long Settled = (long)TimeSpan.FromMinutes(5).TotalNanoseconds;
    readonly HashSet<StorageCause> open = [];

    /// <summary>When each disk that is told as full was seen so last, in nanoseconds of CLOCK_MONOTONIC.</summary>
    readonly Dictionary<string, long> full = [];
    string? named, paused;
    long? since;

    /// <summary>
    /// Gets what the journal has not taken yet: it may be on the very disk that fails. The status shows it all the
    /// same.
    /// </summary>
    public (AgentEvent What, ClockReading At)? Untold { get; private set; }

    /// <summary>Gets whether work of the loop was refused, and has not been done since.</summary>
    public bool HasFailed => Has(StorageCause.Loop);

    /// <summary>Gets whether a cause has been told, and is not over.</summary>
    public bool Has(StorageCause cause) => open.Contains(cause);

    /// <summary>Gets whether the drop cannot be read.</summary>
    public bool DropIsUnreadable => open.Contains(StorageCause.Drop);

    /// <summary>Takes a disk fault, and records it once until its cause is over.</summary>
    public void Fail(StorageFailed fault, ClockReading now, StorageCause cause = StorageCause.Loop)
    {
        if (open.Add(cause)) Tell(fault, now);
    }

    /// <summary>Records that there is too little room, for anything or for one delivery.</summary>
    public void RecordLow(StorageLow low, ClockReading now)
    {
        open.Add(low.Package is null ? StorageCause.Room : StorageCause.Fit);
        // Each delivery that does not fit is told, and that the disk is full only once, whoever saw it first.
        if (low.Package is null) named = paused = low.Path;
        if (low.Package is not null || !full.ContainsKey(low.Path)) Tell(low, now);
    }

    /// <summary>
    /// Takes what a look at the disks has found. That one is full must be told before the next delivery needs it. It is
    /// over once there is clearly room, or has been some room for five minutes: a disk that is filled and emptied
    /// around its limit must not be told each time.
    /// </summary>
    public void LookedAt(IReadOnlyCollection<DiskRoom> disks, ClockReading now)
    {
        foreach (var ample in disks.Where(disk => disk.IsAmple)) full.Remove(ample.Path);
        foreach (var (path, seen) in full)
            if (now.Monotonic - seen >= Settled) full.Remove(path);
        var low = disks.Where(disk => disk.IsLow).ToList();
        var met = low.Where(disk => full.TryAdd(disk.Path, now.Monotonic)).ToList();
        foreach (var disk in low) full[disk.Path] = now.Monotonic;
        if (full.Count == 0) open.Remove(StorageCause.Look);
        else open.Add(StorageCause.Look);
        if (Has(StorageCause.Room)) met.RemoveAll(disk => disk.Path == paused);
        // What the trouble shows must be a disk that is full now, not another one that was.
        else if (met.Count == 0 && named is not null && !full.ContainsKey(named)) met.AddRange(low.Take(1));
        foreach (var disk in met) Tell(disk, now);
    }

    /// <summary>Notes that the loop's work was done.</summary>
    public void Works() => open.Remove(StorageCause.Loop);

    /// <summary>Notes that staging goes on: there is room for anything again, and the disk takes it.</summary>
    public void HasRoom() => open.ExceptWith([StorageCause.Room, StorageCause.Staging]);

    /// <summary>Notes that all file systems can be written to.</summary>
    public void IsWritable() => open.Remove(StorageCause.ReadOnly);

    /// <summary>Notes that no delivery waits for room any more.</summary>
    public void Fits() => open.Remove(StorageCause.Fit);

    /// <summary>Notes that the drop can be read again.</summary>
    public void DropIsRead() => open.Remove(StorageCause.Drop);

    /// <summary>Notes that acuses can be written again.</summary>
    public void ReceiptsAreTaken() => open.Remove(StorageCause.Receipts);

    void Tell(DiskRoom low, ClockReading now)
    {
        named = low.Path;
        Tell(new StorageLow(low.Path, low.Free, low.Least, null, low.LacksFiles ? low.FreeFiles : null), now);
    }

    void Tell(AgentEvent what, ClockReading now)
    {
        Untold = (what, now);
        Tell(now);
    }

    /// <summary>Records what has not been recorded yet. Call it at each turn.</summary>
    public void Tell(ClockReading now)
    {
        if (Untold is { } untold)
        {
            recorder.Record(untold.What, now);
            (Untold, since) = (null, since ?? now.Monotonic);
        }
        if (open.Count > 0 || since is not { } began) return;
        recorder.Record(new StorageRecovered(Math.Round((now.Monotonic - began) / NanosecondsPerSecond)), now);
        since = null;
    }
}
