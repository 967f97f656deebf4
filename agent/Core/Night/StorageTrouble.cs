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
    readonly HashSet<StorageCause> open = [];
    AgentEvent? untold;
    long? since;

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
        if (low.Package is not null || !Has(StorageCause.Look)) Tell(low, now);
    }

    /// <summary>
    /// Takes what a look at the disks has found. That one is full must be told before the next delivery needs it.
    /// </summary>
    public void LookedAt(IReadOnlyCollection<DiskRoom> disks, ClockReading now)
    {
        if (disks.All(disk => disk.IsAmple)) open.Remove(StorageCause.Look);
        foreach (var low in disks.Where(disk => disk.IsLow).Take(1))
            if (open.Add(StorageCause.Look) && !Has(StorageCause.Room))
                Tell(new StorageLow(low.Path, low.Free, low.Least, null, low.LacksFiles ? low.FreeFiles : null), now);
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

    void Tell(AgentEvent what, ClockReading now)
    {
        untold = what;
        Tell(now);
    }

    /// <summary>Records what has not been recorded yet. Call it at each turn.</summary>
    public void Tell(ClockReading now)
    {
        if (untold is { } what)
        {
            recorder.Record(what, now);
            (untold, since) = (null, since ?? now.Monotonic);
        }
        if (open.Count > 0 || since is not { } began) return;
        recorder.Record(new StorageRecovered(Math.Round((now.Monotonic - began) / NanosecondsPerSecond)), now);
        since = null;
    }
}
