using System.Text.Json.Serialization;

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
}

public static class EventCodes
{
    /// <summary>In the order of <see cref="EventCode"/>.</summary>
    static readonly Severity[] Severities =
    [
        Severity.Notice, Severity.Notice, Severity.Notice, Severity.Error, Severity.Info, Severity.Warning,
        Severity.Notice, Severity.Error, Severity.Notice, Severity.Notice, Severity.Info, Severity.Notice,
        Severity.Warning, Severity.Notice, Severity.Critical, Severity.Warning, Severity.Warning, Severity.Warning,
        Severity.Notice, Severity.Warning, Severity.Warning, Severity.Alert, Severity.Notice, Severity.Alert,
        Severity.Alert, Severity.Warning, Severity.Warning, Severity.Warning, Severity.Critical, Severity.Warning,
        Severity.Warning, Severity.Notice, Severity.Warning, Severity.Notice, Severity.Critical, Severity.Error,
        Severity.Notice, Severity.Notice, Severity.Notice, Severity.Warning, Severity.Notice, Severity.Warning,
        Severity.Notice, Severity.Warning, Severity.Notice,
    ];

    /// <summary>
    /// Returns how severe an event usually is; one occurrence may be worse (<see cref="AgentEvent.Severity"/>).
    /// </summary>
    public static Severity Usual(this EventCode code) => Severities[(int)code];
}

/// <summary>
/// One decision, on its way to the journal and to syslog. Each event is its own record type (<c>Events/</c>): its
/// properties are the fields, in the journal's order; null properties are left out.
/// </summary>
public abstract record AgentEvent([property: JsonIgnore] EventCode Code)
{
    /// <summary>Gets how severe this occurrence is.</summary>
    [JsonIgnore]
    public virtual Severity Severity => Code.Usual();
}
