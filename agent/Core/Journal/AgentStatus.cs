using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Journal;

/// <summary>
/// What the agent reports about itself in <c>paths.run/status.json</c>, which is replaced by rename at each change and
/// at least every 5 s (contract, section 9). The JSON key of a property is its name in snake case. Times have an
/// offset; cortes are written as times.
/// </summary>
public sealed record AgentStatus
{
    public required string Version { get; init; }
    public required int Pid { get; init; }
    public required DateTimeOffset WrittenAt { get; init; }
    public required string Election { get; init; }
    public required GateStatus Gate { get; init; }
    public required ClockStatus Clock { get; init; }
    /// <summary>Gets what is live in <c>public/current</c>; null while that is the notice page.</summary>
    public PublishedStatus? Published { get; init; }
    public IReadOnlyList<HeldStatus> Held { get; init; } = [];
    /// <summary>Gets the operator's hold; null if there is none.</summary>
    public HoldStatus? Hold { get; init; }
    /// <summary>Gets the deliveries in hand, and the first of those that wait for their turn: at most fifty.</summary>
    public IReadOnlyList<DeliveryStatus> Deliveries { get; init; } = [];
    /// <summary>Gets how many deliveries have no verdict yet, including those that are not listed.</summary>
    public int DeliveriesTotal { get; init; }
    /// <summary>Gets what is at the top of the drop and is not a delivery: at most fifty entries.</summary>
    public IReadOnlyList<IgnoredStatus> Ignored { get; init => field = value ?? []; } = [];
    /// <summary>Gets how many such entries there are, including those that are not listed.</summary>
    public int IgnoredTotal { get; init; }
    /// <summary>Gets the last rejections, newest first, at most ten.</summary>
    public IReadOnlyList<RejectionStatus> LastRejections { get; init => field = value ?? []; } = [];
    public required SentinelStatus Sentinel { get; init; }
    public required JournalStatus Journal { get; init; }
    /// <summary>Gets what is live in <c>rehearsal/current</c> in a rehearsal window; null otherwise.</summary>
    public PublishedStatus? Rehearsal { get; init; }
    /// <summary>Gets what is wrong now, in the order of the table of troubles. Empty if nothing is wrong.</summary>
    public IReadOnlyList<TroubleStatus> Troubles { get; init => field = value ?? []; } = [];
    /// <summary>Gets the name of this instance: that of its configuration file.</summary>
    public string Instance { get; init => field = value ?? OnlyInstance; } = OnlyInstance;

    /// <summary>The name of an instance that is the only one.</summary>
    public const string OnlyInstance = "agent";

    /// <summary>
    /// Gets whether nothing is published in either root, and nothing is altered: then nobody has compared anything, and
    /// "intact" would say too much.
    /// </summary>
    [JsonIgnore]
    public bool NothingToCompare => Published is null && Rehearsal is null && Sentinel.State == "intact";

    /// <summary>
    /// Gets the digest of the configuration in force (<see cref="Configuration.ConfigurationDigest"/>); null in the
    /// status of an older agent.
    /// </summary>
    public string? ConfigurationSha256 { get; init; }
    /// <summary>Gets how far each syslog target is.</summary>
    public IReadOnlyList<SyslogStatus> Syslog { get; init => field = value ?? []; } = [];
    /// <summary>Gets how the command of the notices has done; null if none is configured.</summary>
    public NotifyStatus? Notify { get; init; }
    /// <summary>Gets what the election's profile says; null in the status of an older agent.</summary>
    public PeriodStatus? Period { get; init; }
    /// <summary>
    /// Gets the cortes of the night, in the order in which they were first heard of; empty in the status of an older
    /// agent.
    /// </summary>
    public IReadOnlyList<CorteStatus> Cortes { get; init => field = value ?? []; } = [];
    /// <summary>Gets what was altered, the oldest first, and when it was healed.</summary>
    public IReadOnlyList<AlterationStatus> Alterations { get; init => field = value ?? []; } = [];

    /// <summary>Returns the text of status.json.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, StatusJson.Readable.AgentStatus);

    /// <summary>Reads status.json.</summary>
    /// <returns>The status; null if the text is not valid.</returns>
    public static AgentStatus? Read(ReadOnlySpan<byte> json)
    {
        try { return JsonSerializer.Deserialize(json, StatusJson.Readable.AgentStatus); }
        catch (JsonException) { return null; }
    }
}

/// <param name="State"><c>open</c> or <c>closed</c>.</param>
/// <param name="Reason">Why it is closed: <c>before-opening</c>, <c>clock-unsynchronized</c>, ...; null if it is
/// open.</param>
/// <param name="Missing">What is still missing to prove the opening; null if the gate is open.</param>
public sealed record GateStatus(string State, string? Reason, DateTimeOffset OpensAt, MissingStatus? Missing = null)
{
    [JsonIgnore]
    public bool IsOpen => State == "open";
}

/// <param name="SecondsLeft">The true time, in seconds, that must certainly still pass before the opening; null if
/// unknown.</param>
/// <param name="Selections">How many selections of time servers in a row are still needed.</param>
/// <param name="WithoutServersSeconds">For how many seconds no majority of time servers has answered; null while there
/// is one.</param>
public sealed record MissingStatus(double? SecondsLeft, int Selections, double? WithoutServersSeconds);

/// <param name="Earliest">When the status is written, true time is between this and <paramref name="Latest"/>; null
/// if no bound is known.</param>
/// <param name="OffsetSeconds">The system clock minus the middle of the bound, in seconds.</param>
public sealed record ClockStatus(
    bool Synchronized, DateTimeOffset? Earliest, DateTimeOffset? Latest, double? OffsetSeconds)
{
    public IReadOnlyList<ServerStatus> Servers { get; init; } = [];
}

/// <param name="State"><c>agrees</c>, <c>falseticker</c> or <c>silent</c>.</param>
public sealed record ServerStatus(
    string Server, string State, double? OffsetSeconds = null, double? DistanceSeconds = null);

/// <param name="Since">When it was made live.</param>
/// <param name="ManifestSha256">The huella del paquete.</param>
public sealed record PublishedStatus(
    DateTimeOffset Corte, DateTimeOffset Since, string Release, int Files, string? Series = null,
    string? ManifestSha256 = null);

/// <param name="Reason">Why it is not published: the gate's reason, <c>future-corte</c> or
/// <c>operator-hold</c>.</param>
public sealed record HeldStatus(string Release, DateTimeOffset Corte, string Reason);

/// <param name="Corte">The corte that the operator made live; null if the site was withdrawn.</param>
/// <param name="By">The operator's name and uid.</param>
public sealed record HoldStatus(DateTimeOffset? Corte, string Reason, DateTimeOffset Since, string? By = null);

/// <param name="State"><c>arriving</c>, <c>verifying</c>, <c>stalled</c>, <c>waiting</c> (for its turn), or
/// <c>set-aside</c> (without a verdict, and the agent does not touch it).</param>
public sealed record DeliveryStatus(string Package, string State, int Files, long Bytes, DateTimeOffset? Since = null);

/// <param name="Cause"><c>loose-files</c>, <c>not-a-package</c> or <c>unfinished</c>.</param>
/// <param name="Since">When it last changed.</param>
public sealed record IgnoredStatus(string Entry, string Cause, DateTimeOffset Since);

/// <param name="Reasons">The first reasons, at most 20.</param>
/// <param name="ReasonsTotal">How many reasons there are.</param>
public sealed record RejectionStatus(
    string Package, DateTimeOffset? Corte, DateTimeOffset At, IReadOnlyList<RejectionReason> Reasons,
    int ReasonsTotal = 0)
{
    /// <summary>Gets whether it was in a rehearsal, and is none of the election's.</summary>
    public bool Rehearsal { get; init; }
}

/// <param name="Event">The event that shows its state now: <c>CORTE_OVERDUE</c>, <c>STORAGE_LOW</c>, ...</param>
/// <param name="Trouble">Its name in the table of troubles.</param>
/// <param name="Since">When it began.</param>
/// <param name="Message">What is wrong, in the agent's language.</param>
/// <param name="Command">The command that helps; null if there is none.</param>
/// <param name="Fields">The fields of the event, with shortened lists.</param>
public sealed record TroubleStatus(
    string Event, string Trouble, DateTimeOffset Since, string Message, string? Command, JsonObject? Fields = null)
{
    /// <summary>Returns what is wrong, in a language.</summary>
    public string In(Language language) =>
        Fields is { } fields && TroubleCatalogue.Named(Trouble) is { } entry ? entry.Told(language, fields) : Message;
}

public sealed record RejectionReason(string Code, string? Path, string Detail);

/// <summary>The election as its profile has it.</summary>
/// <param name="KeepUntil">Until when the publication must stay.</param>
/// <param name="LastCorte">The corte after which no other is expected.</param>
public sealed record PeriodStatus(
    string Title, string Authority, DateTimeOffset KeepUntil, DateTimeOffset LastCorte, double CadenceSeconds)
{
    public IReadOnlyList<WindowStatus> Rehearsals { get; init => field = value ?? []; } = [];
}

/// <summary>A rehearsal window.</summary>
public sealed record WindowStatus(DateTimeOffset From, DateTimeOffset To);

/// <summary>What has happened to one corte: when each step came first; null if it has not come.</summary>
/// <param name="Corte">Null where a rejected package has none; then its line is the package's.</param>
/// <param name="Package">The last package of this corte, printable.</param>
public sealed record CorteStatus(DateTimeOffset? Corte, string Package)
{
    /// <summary>Gets when the first file of a package came.</summary>
    public DateTimeOffset? Arrived { get; init; }
    public DateTimeOffset? Verified { get; init; }
    public DateTimeOffset? Held { get; init; }
    /// <summary>Gets why it was held, as a code; null if it was not.</summary>
    public string? HeldReason { get; init; }
    public DateTimeOffset? Published { get; init; }
    public DateTimeOffset? Superseded { get; init; }
    /// <summary>Gets when a package of it was last rejected.</summary>
    public DateTimeOffset? Rejected { get; init; }
    /// <summary>Gets the first reasons of that rejection, at most three codes.</summary>
    public IReadOnlyList<string> Reasons { get; init => field = value ?? []; } = [];
    /// <summary>Gets the file that the first reason is about, printable; null if it is about none.</summary>
    public string? Path { get; init; }
    public bool Rehearsal { get; init; }
}

/// <summary>Something that was altered in what is published.</summary>
/// <param name="Release">The release; <c>notice</c> for the notice page.</param>
/// <param name="Paths">The first paths, printable.</param>
/// <param name="Total">How many changes there were.</param>
/// <param name="Healed">When it was as sealed again; null if it is not yet.</param>
/// <param name="ExposureSeconds">How long readers may have received it.</param>
/// <param name="Evidence">Where the altered tree is kept.</param>
public sealed record AlterationStatus(
    string Release, DateTimeOffset Detected, IReadOnlyList<string> Paths, int Total, DateTimeOffset? Healed = null,
    double? ExposureSeconds = null, string? Evidence = null)
{
    /// <summary>Gets whether it was in a rehearsal's root, which readers do not see.</summary>
    public bool Rehearsal { get; init; }
}

/// <summary>One place that is altered now.</summary>
/// <param name="Release">The release; null for the links and folders above all releases.</param>
/// <param name="Kind"><c>changed</c>, <c>added</c>, <c>removed</c>, ...</param>
public sealed record AlteredStatus(string? Release, string Path, string Kind);

/// <param name="State"><c>intact</c>, <c>healing</c> or <c>tampered</c>.</param>
/// <param name="LastFullScan">When the last full scan of everything published ended.</param>
/// <param name="Overflows">How often the kernel's event queue overflowed; a full look followed each time.</param>
/// <param name="DetectionDelaySeconds">The time, in seconds, from the last change of the canary until the watch noticed
/// it; null before the first.</param>
/// <param name="ScannedFiles">Progress of the current full scan; zero if none is running.</param>
/// <param name="Blind">Whether some folder is not watched, so that only the full scan sees it.</param>
/// <param name="UnwatchedFolders">How many published folders have no watch.</param>
public sealed record SentinelStatus(
    string State, DateTimeOffset? LastFullScan, long Overflows, double? DetectionDelaySeconds = null,
    int ScannedFiles = 0, int FilesToScan = 0,
    bool Blind = false, int UnwatchedFolders = 0)
{
    /// <summary>Gets the first places that are altered now, at most twenty.</summary>
    public IReadOnlyList<AlteredStatus> Altered { get; init => field = value ?? []; } = [];

    /// <summary>Gets how many places are altered now.</summary>
    public int AlteredTotal { get; init; }

    /// <summary>Gets how many probes are configured; without any, nobody reads the site as the public does.</summary>
    public int Probes { get; init; }

    /// <summary>Gets how many of them received what is published, in their last round.</summary>
    public int ProbesGood { get; init; }
}

/// <param name="Seq">The number of the last record.</param>
/// <param name="Head">The SHA-256 of the last record's line, in hex.</param>
public sealed record JournalStatus(long Seq, string Head);

/// <param name="Target">The target, as the configuration has it.</param>
/// <param name="Pending">How many records of the journal it has not acknowledged yet.</param>
/// <param name="Problem">Why it takes nothing (<c>refused</c>, <c>untrusted</c>, ...); null while it does.</param>
/// <param name="Since">Since when it takes nothing.</param>
public sealed record SyslogStatus(string Target, long Pending, string? Problem = null, DateTimeOffset? Since = null)
{
    /// <summary>
    /// Returns whether it may take the rest by itself within a moment: it takes them, or is only just being restarted.
    /// </summary>
    public bool IsCatchingUp(DateTimeOffset now, TimeSpan moment) => Pending > 0 && !(Since < now - moment);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AgentStatus))]
sealed partial class StatusJson : JsonSerializerContext
{
    /// <summary>Gets the serializer that writes accents unescaped, because people read the file too.</summary>
    public static StatusJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, Encoder = PrintableJson.Encoder,
    });
}
