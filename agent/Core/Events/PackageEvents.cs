using System.Text.Json.Serialization;

namespace Difusor.Agent.Events;

/// <summary>A package is verified, byte for byte.</summary>
/// <param name="Root">In these events: <c>rehearsal</c> for what belongs to a rehearsal, else null.</param>
/// <param name="ManifestSha256">The huella del paquete.</param>
/// <param name="Seconds">How long from its last byte to this verdict.</param>
public sealed record PackageVerified(
    string Package, string? Series, Corte? Corte, int Files, long Bytes, string? Algorithm, string ManifestSha256,
    IReadOnlyList<Finding>? Warnings,
    int? WarningsTotal, double? Seconds, Root? Root = null) : AgentEvent(EventCode.PackageVerified);

/// <summary>A package is not published: something in it does not match, or is not allowed.</summary>
/// <param name="ReasonsTotal">How many reasons there are; the list has the first of them.</param>
/// <param name="Quarantine">Where the package is now.</param>
/// <param name="PutOff">How many verdicts were put off since the last one that was told.</param>
public sealed record PackageRejected(
    string Package, string? Series, Corte? Corte, int? Files, long? Bytes, string? Algorithm, string? ManifestSha256,
    IReadOnlyList<Finding> Reasons,
    int? ReasonsTotal, IReadOnlyList<Finding>? Warnings = null, int? WarningsTotal = null, string? Quarantine = null,
    long? PutOff = null, Root? Root = null)
    : AgentEvent(EventCode.PackageRejected);

/// <summary>A verified package waits.</summary>
public sealed record PackageHeld(
    string Package, string? Series, Corte Corte, ReleaseId Release, HoldReason Reason,
    [property: JsonConverter(typeof(SecondJson))] DateTimeOffset? OpensAt, Root? Root = null)
    : AgentEvent(EventCode.PackageHeld);

/// <summary>A verified package is older than the live one, and is not published by itself.</summary>
/// <param name="PublishedCorte">The newer corte.</param>
/// <param name="Activate">The command that would publish it anyway; null if it is no longer kept.</param>
public sealed record PackageSuperseded(
    string Package, string? Series, Corte Corte, ReleaseId? Release, Corte PublishedCorte, string? Activate,
    Root? Root = null)
    : AgentEvent(EventCode.PackageSuperseded);

/// <summary>The same bytes have arrived again, and nothing comes of it.</summary>
/// <param name="Release">The stored release that has these bytes.</param>
/// <param name="Published">The same, if it is live: then there is nothing to do.</param>
/// <param name="Activate">The command that would publish them, if an operator went back from them.</param>
public sealed record PackageDuplicate(
    string Package, string? Series, Corte Corte, string? ManifestSha256, ReleaseId? Release,
    ReleaseId? Published = null, string? Activate = null, Root? Root = null)
    : AgentEvent(EventCode.PackageDuplicate);

/// <summary>A corte is live.</summary>
/// <param name="Seconds">How long from its last byte to the swap; null if it had been held.</param>
/// <param name="Root">The root where it is live.</param>
/// <param name="Previous">What was live before.</param>
public sealed record CortePublished(
    Corte Corte, ReleaseId Release, string Package, string? Series, int Files, long Bytes, string ManifestSha256,
    double? Seconds, Root Root,
    ReleaseId? Previous) : AgentEvent(EventCode.CortePublished);

/// <summary>The next corte is late (call, I.11).</summary>
/// <param name="Corte">What is live; null if nothing is.</param>
/// <param name="PublishedAt">Since when it is live.</param>
/// <param name="Packages">The packages that the cause is about.</param>
public sealed record CorteOverdue(
    Corte? Corte, [property: JsonConverter(typeof(SecondJson))] DateTimeOffset? PublishedAt, OverdueCause Cause,
    IReadOnlyList<string>? Packages,
    double? CadenceSeconds) : AgentEvent(EventCode.CorteOverdue);

/// <summary>No corte is missing any more.</summary>
/// <param name="Corte">What is live; null if nothing is.</param>
/// <param name="PublishedAt">Since when it is live.</param>
/// <param name="Seconds">How long a corte was overdue.</param>
public sealed record CorteResumed(
    Corte? Corte, [property: JsonConverter(typeof(SecondJson))] DateTimeOffset? PublishedAt, double? Seconds)
    : AgentEvent(EventCode.CorteResumed);

/// <summary>No page of the live release shows its corte (call, I.11).</summary>
public sealed record CorteNotShown(string Package, Corte Corte, ReleaseId? Release)
    : AgentEvent(EventCode.CorteNotShown);
