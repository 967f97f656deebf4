using System.Text.Json;
using System.Text.Json.Serialization;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Journal;

/// <summary>
/// What the agent says of itself in <c>paths.run/status.json</c>, written by rename at each change and at least every 5
/// s (contract, section 9). A property's key is its name in snake case. Times have their offset; cortes are times.
/// </summary>
public sealed record AgentStatus
{
    public required string Version { get; init; }
    public required int Pid { get; init; }
    public required DateTimeOffset WrittenAt { get; init; }
    public required string Election { get; init; }
    public required GateStatus Gate { get; init; }
    public required ClockStatus Clock { get; init; }
    /// <summary>What is live in <c>public/current</c>; null while it is the notice page.</summary>
    public PublishedStatus? Published { get; init; }
    public IReadOnlyList<HeldStatus> Held { get; init; } = [];
    /// <summary>The operator's hold; null where there is none.</summary>
    public HoldStatus? Hold { get; init; }
    /// <summary>What is in hand, and of what waits for its turn the first: at most fifty.</summary>
    public IReadOnlyList<DeliveryStatus> Deliveries { get; init; } = [];
    /// <summary>How many deliveries have no verdict yet, those included that are not listed.</summary>
    public int DeliveriesTotal { get; init; }
    /// <summary>Newest first, at most ten.</summary>
    public IReadOnlyList<RejectionStatus> LastRejections { get; init; } = [];
    public required SentinelStatus Sentinel { get; init; }
    public required JournalStatus Journal { get; init; }
    /// <summary>What is live in <c>rehearsal/current</c> in a rehearsal window; null otherwise.</summary>
    public PublishedStatus? Rehearsal { get; init; }
    /// <summary>
    /// What is wrong now, as event codes: <c>CORTE_OVERDUE</c>, <c>STORAGE_LOW</c>, ... Empty where all is well.
    /// </summary>
    public IReadOnlyList<string> Troubles { get; init; } = [];

    /// <summary>The text of status.json.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, StatusJson.Readable.AgentStatus);

    /// <summary>Reads status.json.</summary>
    /// <returns>The status; null where the text is none.</returns>
    public static AgentStatus? Read(ReadOnlySpan<byte> json)
    {
        try { return JsonSerializer.Deserialize(json, StatusJson.Readable.AgentStatus); }
        catch (JsonException) { return null; }
    }
}

/// <param name="State"><c>open</c> or <c>closed</c>.</param>
/// <param name="Reason">Why it is closed: <c>before-opening</c>, <c>clock-unsynchronized</c>, ...; null where it is
/// open.</param>
/// <param name="Missing">What the proof of the opening still waits for; null where the gate is open.</param>
public sealed record GateStatus(string State, string? Reason, DateTimeOffset OpensAt, MissingStatus? Missing = null)
{
    [JsonIgnore]
    public bool IsOpen => State == "open";
}

/// <param name="SecondsLeft">True time that is certainly still to pass before the opening; null where none is
/// known.</param>
/// <param name="Selections">Selections of time servers in a row that are still to come.</param>
/// <param name="WithoutServersSeconds">For how long no majority of time servers has been heard; null while there is
/// one.</param>
public sealed record MissingStatus(double? SecondsLeft, int Selections, double? WithoutServersSeconds);

/// <param name="Earliest">True time lies between this and <paramref name="Latest"/> when the status is written; null
/// where no bound is known.</param>
/// <param name="OffsetSeconds">The system clock against the middle of the bound.</param>
public sealed record ClockStatus(
    bool Synchronized, DateTimeOffset? Earliest, DateTimeOffset? Latest, double? OffsetSeconds)
{
    public IReadOnlyList<ServerStatus> Servers { get; init; } = [];
}

/// <param name="State"><c>agrees</c>, <c>falseticker</c> or <c>silent</c>.</param>
public sealed record ServerStatus(
    string Server, string State, double? OffsetSeconds = null, double? DistanceSeconds = null);

/// <param name="Since">When it was swapped in.</param>
/// <param name="ManifestSha256">The huella del paquete.</param>
public sealed record PublishedStatus(
    DateTimeOffset Corte, DateTimeOffset Since, string Release, int Files, string? Series = null,
    string? ManifestSha256 = null);

/// <param name="Reason">Why it is not published: the gate's reason, <c>future-corte</c> or
/// <c>operator-hold</c>.</param>
public sealed record HeldStatus(string Release, DateTimeOffset Corte, string Reason);

/// <param name="Corte">What the operator made live; null where the site was withdrawn.</param>
/// <param name="By">The operator's name and uid.</param>
public sealed record HoldStatus(DateTimeOffset? Corte, string Reason, DateTimeOffset Since, string? By = null);

/// <param name="State">
/// <c>arriving</c>, <c>verifying</c>, <c>stalled</c>, <c>waiting</c> for its turn, or <c>set-aside</c>: without a
/// verdict, and not touched.
/// </param>
public sealed record DeliveryStatus(string Package, string State, int Files, long Bytes, DateTimeOffset? Since = null);

/// <param name="Reasons">The first of them, at most 20.</param>
/// <param name="ReasonsTotal">How many there are.</param>
public sealed record RejectionStatus(
    string Package, DateTimeOffset? Corte, DateTimeOffset At, IReadOnlyList<RejectionReason> Reasons,
    int ReasonsTotal = 0);

public sealed record RejectionReason(string Code, string? Path, string Detail);

/// <param name="State"><c>intact</c>, <c>healing</c> or <c>tampered</c>.</param>
/// <param name="LastFullScan">When the last full re-hash of all that is published ended.</param>
/// <param name="Overflows">How often the kernel's event queue overflowed; each was followed by a full look.</param>
/// <param name="DetectionDelaySeconds">From the last canary's change to the watch's notice of it; null before the
/// first.</param>
/// <param name="ScannedFiles">Progress of the re-hash under way; zero while none is.</param>
/// <param name="Blind">Some folder is not watched: only the re-hash sees it.</param>
/// <param name="UnwatchedFolders">How many folders of what is published have no watch.</param>
public sealed record SentinelStatus(
    string State, DateTimeOffset? LastFullScan, long Overflows, double? DetectionDelaySeconds = null,
    int ScannedFiles = 0, int FilesToScan = 0,
    bool Blind = false, int UnwatchedFolders = 0);

/// <param name="Seq">The last record's number.</param>
/// <param name="Head">Hex SHA-256 of the last record's line.</param>
public sealed record JournalStatus(long Seq, string Head);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AgentStatus))]
sealed partial class StatusJson : JsonSerializerContext
{
    /// <summary>With accents as they are: the file is read by people too.</summary>
    public static StatusJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, Encoder = PrintableJson.Encoder,
    });
}
