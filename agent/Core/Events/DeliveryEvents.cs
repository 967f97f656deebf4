using System.Text.Json.Serialization;

namespace Difusor.Agent.Events;

/// <summary>A delivery has begun to arrive.</summary>
/// <param name="Package">Its name in the drop, printable.</param>
public sealed record DeliverySeen(string Package) : AgentEvent(EventCode.DeliverySeen);

/// <summary>A delivery is quiet and not whole.</summary>
/// <param name="Missing">Some of the files that are still awaited.</param>
/// <param name="MissingTotal">How many there are.</param>
/// <param name="Until">How long it is waited for.</param>
public sealed record DeliveryStalled(
    string Package, IReadOnlyList<string>? Missing, int? MissingTotal,
    [property: JsonConverter(typeof(SecondJson))] DateTimeOffset? Until)
    : AgentEvent(EventCode.DeliveryStalled);

/// <summary>A delivery with which the agent has ended again and again is not touched any more.</summary>
/// <param name="Deaths">How often.</param>
public sealed record DeliverySetAside(string Package, int Deaths) : AgentEvent(EventCode.DeliverySetAside);

/// <summary>A sender floods the drop.</summary>
/// <param name="Entries">What lies at the top of the drop, as far as it is known.</param>
/// <param name="Waiting">Deliveries that wait for their turn.</param>
/// <param name="NotLookedAt">Entries beyond what is looked at.</param>
/// <param name="Package">An entry that changes for ever.</param>
public sealed record DropCrowded(CrowdCause Cause, int Entries, int Waiting, int NotLookedAt, string? Package)
    : AgentEvent(EventCode.DropCrowded);

/// <summary>The flood is over.</summary>
/// <param name="Seconds">How long it lasted.</param>
/// <param name="PutOff">Verdicts and announcements that were put off or left out.</param>
public sealed record DropClear(long Seconds, long PutOff, int Entries) : AgentEvent(EventCode.DropClear);

/// <summary>The disk has too little room: for anything new, or for one delivery.</summary>
/// <param name="Free">Bytes that are free.</param>
/// <param name="MinFree">Bytes that stay free.</param>
/// <param name="Package">The delivery that does not fit; null: nothing new is staged.</param>
public sealed record StorageLow(string Path, long Free, long? MinFree, string? Package)
    : AgentEvent(EventCode.StorageLow);

/// <summary>There is room on the disk again, and it works.</summary>
/// <param name="Seconds">How long there was not, or it did not.</param>
public sealed record StorageRecovered(double Seconds) : AgentEvent(EventCode.StorageRecovered);

/// <summary>The disk is full, or has failed.</summary>
/// <param name="Call">The system call.</param>
/// <param name="Error">What it said.</param>
public sealed record StorageFailed(string? Call, string? Path, string Error) : AgentEvent(EventCode.StorageFailed);
