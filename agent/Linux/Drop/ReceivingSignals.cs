using Difusor.Agent.Drop;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Night;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux.Drop;

/// <summary>The first file of a delivery has been seen.</summary>
public sealed record DeliveryArrives(string Delivery, ClockReading At) : KeptSignal;

/// <summary>
/// A delivery stopped before it was whole; posted once. The rest is waited for until <c>drop.give_up</c> or until a
/// newer corte is accepted.
/// </summary>
/// <param name="Awaited">Paths that are missing or not closed: the first of them, and how many.</param>
public sealed record DeliveryStalls(string Delivery, ClockReading FirstSeen, ClockReading LastByte, ToldNames Awaited)
    : KeptSignal;

/// <summary>
/// A delivery has its verdict. The tree now belongs to the code that takes this signal, which seals, quarantines or
/// discards it. Once all consequences are on stable storage, call <see cref="DropReceiver.Remember"/>: only then is the
/// delivery not judged again after a restart.
/// </summary>
/// <param name="Delivery">Its name in the drop, printable.</param>
/// <param name="FirstSeen">When its first byte came, or the start of the agent where it lay there already.</param>
/// <param name="LastByte">When it last changed.</param>
/// <param name="Memory">What to remember it by. Made only when it is asked for, since nothing waits for it.</param>
public sealed record DeliveryJudged(
    string Delivery, Verdict Verdict, StagingTree Tree, ClockReading FirstSeen, ClockReading LastByte,
    Lazy<JudgedDelivery> Memory) : Signal
{
    /// <summary>
    /// Gets how many verdicts and announcements were put off or left out, because there were too many, since the last
    /// verdict that was posted.
    /// </summary>
    public long PutOff { get; init; }
}

/// <summary>The drop has become crowded, or is not crowded any more.</summary>
public sealed record DropCrowd(CrowdChange Change) : KeptSignal;

/// <summary>Free space is below <c>limits.min_free</c> (bytes): nothing new is staged until there is room.</summary>
/// <param name="IsDue">The name of a delivery that waits promises a newer corte than the live one, not a future
/// one.</param>
public sealed record StagingPaused(long Free, long Needed, bool IsDue) : Signal;

/// <summary>A delivery does not fit on the disk, although as much is free as <c>limits.min_free</c> asks for.</summary>
/// <param name="Spare">Bytes that were left above the floor.</param>
/// <param name="Floor">Bytes that must stay free.</param>
/// <param name="IsFirst">It has not been reported for this delivery before.</param>
/// <param name="IsNewer">Its name promises a newer corte than the live one, and no other delivery takes more
/// space.</param>
public sealed record NoRoomFor(string Delivery, long Spare, long Floor, bool IsFirst, bool IsNewer) : Signal;

/// <summary>Every delivery that did not fit has its verdict now, or is gone.</summary>
public sealed record EverythingFits : Signal;

/// <summary>The disk refused: no space, or an I/O error. Staging is tried again.</summary>
public sealed record DiskRefused(SystemFault Fault) : Signal;

/// <summary>Staging goes on after <see cref="StagingPaused"/> or <see cref="DiskRefused"/>.</summary>
public sealed record StagingResumed(long Free) : Signal;

/// <summary>A very large delivery has ended: its memory can be collected.</summary>
public sealed record MuchMemoryUnused : Signal;

/// <summary>The drop cannot be read, or can be read again (null).</summary>
public sealed record DropUnreadable(SystemFault? Fault) : Signal;
