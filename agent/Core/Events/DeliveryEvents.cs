using System.Text.Json.Serialization;

namespace Difusor.Agent.Events;

/// <summary>A delivery has begun to arrive.</summary>
/// <param name="Package">Its name in the drop, printable.</param>
/// <param name="Root"><c>rehearsal</c> while a rehearsal is on, else null.</param>
public sealed record DeliverySeen(string Package, Root? Root = null) : AgentEvent(EventCode.DeliverySeen);

/// <summary>A delivery is quiet but not whole.</summary>
/// <param name="Missing">Some of the files that are still missing.</param>
/// <param name="MissingTotal">How many are missing in all.</param>
/// <param name="Until">Until when the agent waits for them.</param>
public sealed record DeliveryStalled(
    string Package, IReadOnlyList<string>? Missing, int? MissingTotal,
    [property: JsonConverter(typeof(SecondJson))] DateTimeOffset? Until, Root? Root = null)
    : AgentEvent(EventCode.DeliveryStalled)
{
    /// <summary>Returns the event of a delivery that waits; of an archive that is cut off it is not said that it lacks
    /// itself.</summary>
    public static DeliveryStalled Of(string package, ToldNames awaited, DateTimeOffset until, Root? root) =>
        awaited is { Total: 1, Names: [var only] } && only == package
            ? new DeliveryStalled(package, null, null, until, root)
            : new DeliveryStalled(package, [.. awaited.Names], awaited.Total, until, root);
}

/// <summary>
/// A delivery is not touched any more, because the agent has died several times while it was in hand.
/// </summary>
/// <param name="Deaths">How many times.</param>
public sealed record DeliverySetAside(string Package, int Deaths) : AgentEvent(EventCode.DeliverySetAside);

/// <summary>What stays at the top of the drop is not a delivery: it is neither read nor published.</summary>
/// <param name="Entry">Its name in the drop, printable.</param>
/// <param name="Entries">How many such entries this event tells together, where they are too many for one each; null:
/// this one alone.</param>
/// <param name="Service">The service that makes it readable, where the agent may not read it; else null.</param>
public sealed record DeliveryIgnored(
    string Entry, IgnoredCause Cause, int? Entries = null, Root? Root = null, string? Service = null)
    : AgentEvent(EventCode.DeliveryIgnored);

/// <summary>A sender floods the drop.</summary>
/// <param name="Entries">How many entries are at the top of the drop, as far as known.</param>
/// <param name="Waiting">How many deliveries wait for their turn.</param>
/// <param name="NotLookedAt">How many entries there are beyond those that are looked at.</param>
/// <param name="Package">An entry that never stops changing.</param>
public sealed record DropCrowded(CrowdCause Cause, int Entries, int Waiting, int NotLookedAt, string? Package)
    : AgentEvent(EventCode.DropCrowded);

/// <summary>The flood is over.</summary>
/// <param name="Seconds">How long it lasted.</param>
/// <param name="PutOff">How many verdicts and announcements were put off or left out.</param>
public sealed record DropClear(long Seconds, long PutOff, int Entries) : AgentEvent(EventCode.DropClear);

/// <summary>Nobody can deliver into the drop: each upload fails, and the agent would wait for ever.</summary>
/// <param name="Path">The folder that is in the way: the drop, or one above it.</param>
/// <param name="Owner">Whose that folder is.</param>
/// <param name="Mode">Its mode, in octal.</param>
/// <param name="Command">What opens it; null where nobody is known to whom it should be open.</param>
public sealed record DropClosed(
    string Drop, ClosedCause Cause, string Path, string Owner, string Group, string Mode, string? Command)
    : AgentEvent(EventCode.DropClosed);

/// <summary>
/// The service does not run that opens to the agent what comes with narrow modes: the next such delivery cannot be
/// read.
/// </summary>
/// <param name="Service">The service.</param>
/// <param name="Command">What starts it.</param>
public sealed record DropServiceStopped(string Service, string Command) : AgentEvent(EventCode.DropServiceStopped)
{
    public static DropServiceStopped Of(string service) => new(service, $"systemctl restart {service}");
}

/// <summary>The disk has too little space: for anything new, or for one delivery.</summary>
/// <param name="Free">How many bytes are free.</param>
/// <param name="MinFree">How many bytes must stay free.</param>
/// <param name="Package">The delivery that does not fit; null: nothing new is staged.</param>
/// <param name="FreeFiles">How many files can still be created; null: it is bytes that are short.</param>
public sealed record StorageLow(string Path, long Free, long? MinFree, string? Package, long? FreeFiles = null)
    : AgentEvent(EventCode.StorageLow);

/// <summary>The disk has space again, and works.</summary>
/// <param name="Seconds">How long it had no space, or did not work.</param>
public sealed record StorageRecovered(double Seconds) : AgentEvent(EventCode.StorageRecovered);

/// <summary>The disk is full, or has failed; or the drop cannot be read, or no acuse can be written.</summary>
/// <param name="Call">The system call.</param>
/// <param name="Error">The error that it returned.</param>
/// <param name="Drop">The drop that cannot be read; null: it is not that.</param>
/// <param name="Receipts">The folder of the acuses that cannot be written to; null: it is not that.</param>
public sealed record StorageFailed(
    string? Call, string? Path, string Error, string? Drop = null, string? Receipts = null)
    : AgentEvent(EventCode.StorageFailed);
