using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Difusor.Agent.Events;

/// <summary>
/// All events; the name in upper snake case is the MSGID. Append only: a code is never renumbered or reused.
/// </summary>
public enum EventCode
{
    AgentStarted, AgentStopped, ConfigReloaded, ConfigRejected,
    DeliverySeen, DeliveryStalled,
    PackageVerified, PackageRejected, PackageHeld, PackageSuperseded, PackageDuplicate,
    GateOpened, GateClosed,
    ClockSynchronized, ClockDrift, ClockUncertain, ClockFalseticker, ClockJump,
    CortePublished, CorteOverdue, CorteNotShown,
    TamperDetected, TamperHealed, HealFailed,
    ProbeMismatch, ProbeStale, ProbeFailed,
    StorageLow, StorageFailed,
    OperatorAction,
    DropCrowded, DropClear,
    SentinelBlind, SentinelSees,
    InternalFault, DeliverySetAside,
    StorageRecovered,
    CorteResumed, ProbeRecovered,
    SyslogFailed, SyslogRecovered, NotifyFailed,
    TroubleEnded,
    HookFailed, HookRecovered,
    DeliveryIgnored,
    DropClosed,
    ConfigChanged,
    DropServiceStopped,
}

/// <summary>What follows from an event's code. This is the only place that says it.</summary>
/// <param name="Usual">
/// How severe the event usually is; one occurrence may be worse (<see cref="AgentEvent.Severity"/>).
/// </param>
/// <param name="Shape">The shape of its fields.</param>
readonly record struct EventTraits(Severity Usual, JsonTypeInfo Shape)
{
    /// <summary>Returns the traits of an event. The code does not compile if an event is missing here.</summary>
    public static EventTraits Of(EventCode code) => code switch
    {
        EventCode.AgentStarted => new(Severity.Notice, EventJson.Default.AgentStarted),
        EventCode.AgentStopped => new(Severity.Notice, EventJson.Default.AgentStopped),
        EventCode.ConfigReloaded => new(Severity.Notice, EventJson.Default.ConfigReloaded),
        EventCode.ConfigRejected => new(Severity.Error, EventJson.Default.ConfigRejected),
        EventCode.DeliverySeen => new(Severity.Info, EventJson.Default.DeliverySeen),
        EventCode.DeliveryStalled => new(Severity.Warning, EventJson.Default.DeliveryStalled),
        EventCode.PackageVerified => new(Severity.Notice, EventJson.Default.PackageVerified),
        EventCode.PackageRejected => new(Severity.Error, EventJson.Default.PackageRejected),
        EventCode.PackageHeld => new(Severity.Notice, EventJson.Default.PackageHeld),
        EventCode.PackageSuperseded => new(Severity.Notice, EventJson.Default.PackageSuperseded),
        EventCode.PackageDuplicate => new(Severity.Info, EventJson.Default.PackageDuplicate),
        EventCode.GateOpened => new(Severity.Notice, EventJson.Default.GateOpened),
        EventCode.GateClosed => new(Severity.Warning, EventJson.Default.GateClosed),
        EventCode.ClockSynchronized => new(Severity.Notice, EventJson.Default.ClockSynchronized),
        EventCode.ClockDrift => new(Severity.Critical, EventJson.Default.ClockDrift),
        EventCode.ClockUncertain => new(Severity.Warning, EventJson.Default.ClockUncertain),
        EventCode.ClockFalseticker => new(Severity.Warning, EventJson.Default.ClockFalseticker),
        EventCode.ClockJump => new(Severity.Warning, EventJson.Default.ClockJump),
        EventCode.CortePublished => new(Severity.Notice, EventJson.Default.CortePublished),
        EventCode.CorteOverdue => new(Severity.Warning, EventJson.Default.CorteOverdue),
        EventCode.CorteNotShown => new(Severity.Warning, EventJson.Default.CorteNotShown),
        EventCode.TamperDetected => new(Severity.Alert, EventJson.Default.TamperDetected),
        EventCode.TamperHealed => new(Severity.Notice, EventJson.Default.TamperHealed),
        EventCode.HealFailed => new(Severity.Alert, EventJson.Default.HealFailed),
        EventCode.ProbeMismatch => new(Severity.Alert, EventJson.Default.ProbeMismatch),
        EventCode.ProbeStale => new(Severity.Warning, EventJson.Default.ProbeStale),
        EventCode.ProbeFailed => new(Severity.Warning, EventJson.Default.ProbeFailed),
        EventCode.StorageLow => new(Severity.Warning, EventJson.Default.StorageLow),
        EventCode.StorageFailed => new(Severity.Critical, EventJson.Default.StorageFailed),
        EventCode.OperatorAction => new(Severity.Warning, EventJson.Default.OperatorAction),
        EventCode.DropCrowded => new(Severity.Warning, EventJson.Default.DropCrowded),
        EventCode.DropClear => new(Severity.Notice, EventJson.Default.DropClear),
        EventCode.SentinelBlind => new(Severity.Warning, EventJson.Default.SentinelBlind),
        EventCode.SentinelSees => new(Severity.Notice, EventJson.Default.SentinelSees),
        EventCode.InternalFault => new(Severity.Critical, EventJson.Default.InternalFault),
        EventCode.DeliverySetAside => new(Severity.Error, EventJson.Default.DeliverySetAside),
        EventCode.StorageRecovered => new(Severity.Notice, EventJson.Default.StorageRecovered),
        EventCode.CorteResumed => new(Severity.Notice, EventJson.Default.CorteResumed),
        EventCode.ProbeRecovered => new(Severity.Notice, EventJson.Default.ProbeRecovered),
        EventCode.SyslogFailed => new(Severity.Warning, EventJson.Default.SyslogFailed),
        EventCode.SyslogRecovered => new(Severity.Notice, EventJson.Default.SyslogRecovered),
        EventCode.NotifyFailed => new(Severity.Warning, EventJson.Default.NotifyFailed),
        EventCode.TroubleEnded => new(Severity.Notice, EventJson.Default.TroubleEnded),
        EventCode.HookFailed => new(Severity.Warning, EventJson.Default.HookFailed),
        EventCode.HookRecovered => new(Severity.Notice, EventJson.Default.HookRecovered),
        EventCode.DeliveryIgnored => new(Severity.Warning, EventJson.Default.DeliveryIgnored),
        EventCode.DropClosed => new(Severity.Error, EventJson.Default.DropClosed),
        EventCode.ConfigChanged => new(Severity.Warning, EventJson.Default.ConfigChanged),
        EventCode.DropServiceStopped => new(Severity.Warning, EventJson.Default.DropServiceStopped),
    };
}

// Metadata only: there is no need for a second way to write the same.
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CorteJson), typeof(ReleaseIdJson)])]
[JsonSerializable(typeof(AgentStarted)), JsonSerializable(typeof(AgentStopped)),
    JsonSerializable(typeof(ConfigReloaded)), JsonSerializable(typeof(ConfigRejected)),
    JsonSerializable(typeof(ConfigChanged))]
[JsonSerializable(typeof(DeliverySeen)), JsonSerializable(typeof(DeliveryStalled)),
    JsonSerializable(typeof(DeliverySetAside)), JsonSerializable(typeof(DeliveryIgnored))]
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
[JsonSerializable(typeof(DropCrowded)), JsonSerializable(typeof(DropClear)), JsonSerializable(typeof(DropClosed)),
    JsonSerializable(typeof(DropServiceStopped))]
[JsonSerializable(typeof(SentinelBlind)), JsonSerializable(typeof(SentinelSees))]
[JsonSerializable(typeof(SyslogFailed)), JsonSerializable(typeof(SyslogRecovered)),
    JsonSerializable(typeof(NotifyFailed)), JsonSerializable(typeof(TroubleEnded))]
sealed partial class EventJson : JsonSerializerContext;
