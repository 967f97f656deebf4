using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Difusor.Agent.Configuration;

namespace Difusor.Agent.Events;

/// <summary>Converts events to the journal's fields and back.</summary>
public static class EventFields
{
    /// <summary>In the order of <see cref="EventCode"/>.</summary>
    static readonly JsonTypeInfo[] Shapes =
    [
        EventJson.Default.AgentStarted, EventJson.Default.AgentStopped, EventJson.Default.ConfigReloaded,
        EventJson.Default.ConfigRejected,
        EventJson.Default.DeliverySeen, EventJson.Default.DeliveryStalled,
        EventJson.Default.PackageVerified, EventJson.Default.PackageRejected, EventJson.Default.PackageHeld,
        EventJson.Default.PackageSuperseded,
        EventJson.Default.PackageDuplicate,
        EventJson.Default.GateOpened, EventJson.Default.GateClosed,
        EventJson.Default.ClockSynchronized, EventJson.Default.ClockDrift, EventJson.Default.ClockUncertain,
        EventJson.Default.ClockFalseticker,
        EventJson.Default.ClockJump,
        EventJson.Default.CortePublished, EventJson.Default.CorteOverdue, EventJson.Default.CorteNotShown,
        EventJson.Default.TamperDetected, EventJson.Default.TamperHealed, EventJson.Default.HealFailed,
        EventJson.Default.ProbeMismatch, EventJson.Default.ProbeStale, EventJson.Default.ProbeFailed,
        EventJson.Default.StorageLow, EventJson.Default.StorageFailed,
        EventJson.Default.OperatorAction,
        EventJson.Default.DropCrowded, EventJson.Default.DropClear,
        EventJson.Default.SentinelBlind, EventJson.Default.SentinelSees,
        EventJson.Default.InternalFault, EventJson.Default.DeliverySetAside,
        EventJson.Default.StorageRecovered,
        EventJson.Default.CorteResumed, EventJson.Default.ProbeRecovered,
        EventJson.Default.SyslogFailed, EventJson.Default.SyslogRecovered, EventJson.Default.NotifyFailed,
        EventJson.Default.TroubleEnded,
        EventJson.Default.HookFailed, EventJson.Default.HookRecovered,
    ];

    /// <summary>Returns the shape of an event's fields.</summary>
    public static JsonTypeInfo ShapeOf(EventCode code) => Shapes[(int)code];

    /// <summary>Writes the fields of an event.</summary>
    public static JsonObject Of(AgentEvent happened) =>
        JsonSerializer.SerializeToNode(happened, ShapeOf(happened.Code))!.AsObject();

    /// <summary>Reads an event from its fields.</summary>
    /// <param name="id">The MSGID.</param>
    /// <returns>The event; null if this version does not know it, or its fields do not fit.</returns>
    public static AgentEvent? Read(string id, JsonObject fields)
    {
        if (EventCatalogue.Named(id) is not { } entry) return null;
        try { return fields.Deserialize(ShapeOf(entry.Code)) as AgentEvent; }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }
}

// Metadata only: there is no need for a second way to write the same.
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CorteJson), typeof(ReleaseIdJson)])]
[JsonSerializable(typeof(AgentStarted)), JsonSerializable(typeof(AgentStopped)),
    JsonSerializable(typeof(ConfigReloaded)), JsonSerializable(typeof(ConfigRejected))]
[JsonSerializable(typeof(DeliverySeen)), JsonSerializable(typeof(DeliveryStalled)),
    JsonSerializable(typeof(DeliverySetAside))]
[JsonSerializable(typeof(PackageVerified)), JsonSerializable(typeof(PackageRejected)),
    JsonSerializable(typeof(PackageHeld))]
[JsonSerializable(typeof(PackageSuperseded)), JsonSerializable(typeof(PackageDuplicate))]
[JsonSerializable(typeof(GateOpened)), JsonSerializable(typeof(GateClosed))]
[JsonSerializable(typeof(ClockSynchronized)), JsonSerializable(typeof(ClockDrift)),
    JsonSerializable(typeof(ClockUncertain))]
[JsonSerializable(typeof(ClockFalseticker)), JsonSerializable(typeof(ClockJump))]
[JsonSerializable(typeof(CortePublished)), JsonSerializable(typeof(CorteOverdue)),
    JsonSerializable(typeof(CorteNotShown)), JsonSerializable(typeof(CorteResumed))]
[JsonSerializable(typeof(TamperDetected)), JsonSerializable(typeof(TamperHealed)), JsonSerializable(typeof(HealFailed))]
[JsonSerializable(typeof(ProbeMismatch)), JsonSerializable(typeof(ProbeStale)), JsonSerializable(typeof(ProbeFailed)),
    JsonSerializable(typeof(ProbeRecovered))]
[JsonSerializable(typeof(StorageLow)), JsonSerializable(typeof(StorageFailed)),
    JsonSerializable(typeof(StorageRecovered))]
[JsonSerializable(typeof(OperatorAction)), JsonSerializable(typeof(InternalFault))]
[JsonSerializable(typeof(HookFailed)), JsonSerializable(typeof(HookRecovered))]
[JsonSerializable(typeof(DropCrowded)), JsonSerializable(typeof(DropClear))]
[JsonSerializable(typeof(SentinelBlind)), JsonSerializable(typeof(SentinelSees))]
[JsonSerializable(typeof(SyslogFailed)), JsonSerializable(typeof(SyslogRecovered)),
    JsonSerializable(typeof(NotifyFailed)), JsonSerializable(typeof(TroubleEnded))]
sealed partial class EventJson : JsonSerializerContext;

sealed class CorteJson : JsonConverter<Corte>
{
    public override Corte Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        Corte.Read(reader.GetString() ?? "") ?? throw new JsonException("no corte");

    public override void Write(Utf8JsonWriter writer, Corte value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

sealed class ReleaseIdJson : JsonConverter<ReleaseId>
{
    public override ReleaseId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        ReleaseId.Read(reader.GetString() ?? "") ?? throw new JsonException("no release's id");

    public override void Write(Utf8JsonWriter writer, ReleaseId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

/// <summary>Writes an instant to the second, with its offset, in the same form as a corte.</summary>
sealed class SecondJson() : InstantJson("yyyy-MM-dd'T'HH:mm:sszzz");

/// <summary>Writes an instant to the microsecond, with its offset.</summary>
sealed class MicrosecondJson() : InstantJson("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz");

abstract class InstantJson(string format) : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        DateTimeOffset.TryParse(reader.GetString(), CultureInfo.InvariantCulture, out var at) ? at
            : throw new JsonException("no instant");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString(format, CultureInfo.InvariantCulture));
}

/// <summary>Reads and writes a window as <c>FROM/TO</c>.</summary>
sealed class WindowJson : JsonConverter<Window>
{
    public override Window Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        reader.GetString()?.Split('/') is [var from, var to] && Corte.Read(from) is { } first
            && Corte.Read(to) is { } last
            ? new Window(first.At, last.At) : throw new JsonException("no window");

    public override void Write(Utf8JsonWriter writer, Window value, JsonSerializerOptions options) =>
        writer.WriteStringValue($"{new Corte(value.From)}/{new Corte(value.To)}");
}
