using Difusor.Agent.Events;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Night;

/// <summary>
/// Reports once that the disk is full or has failed, and once that it works again. If the journal itself could not take
/// the record, it is written as soon as possible.
/// </summary>
public sealed class StorageTrouble(EventRecorder recorder)
{
    const double NanosecondsPerSecond = 1e9;
    StorageFailed? untold;
    long? since;
    bool isLow, doesNotFit;

    /// <summary>Gets whether a disk fault is not over.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Takes a disk fault, and records it once until it is over.</summary>
    public void Fail(StorageFailed fault, ClockReading now)
    {
        if (HasFailed) return;
        HasFailed = true;
        untold = fault;
        Tell(now);
    }

    /// <summary>Records that there is too little room, for anything or for one delivery.</summary>
    public void RecordLow(StorageLow low, ClockReading now)
    {
        if (low.Package is null) isLow = true;
        else doesNotFit = true;
        recorder.Record(low, now);
        since ??= now.Monotonic;
    }

    /// <summary>Notes that the disk works again.</summary>
    public void Works() => HasFailed = false;

    /// <summary>Notes that there is room for anything again.</summary>
    public void HasRoom() => isLow = false;

    /// <summary>Notes that no delivery waits for room any more.</summary>
    public void Fits() => doesNotFit = false;

    /// <summary>Records what has not been recorded yet. Call it at each turn.</summary>
    public void Tell(ClockReading now)
    {
        if (untold is { } fault)
        {
            recorder.Record(fault, now);
            (untold, since) = (null, since ?? now.Monotonic);
        }
        if (isLow || doesNotFit || HasFailed || since is not { } began) return;
        recorder.Record(new StorageRecovered(Math.Round((now.Monotonic - began) / NanosecondsPerSecond)), now);
        since = null;
    }
}
