using System.Text.Json.Nodes;

namespace Difusor.Agent.Journal;

/// <summary>All events of the contract's section 10; the name in upper snake case is the MSGID. Append only: a code is never renumbered nor reused.</summary>
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
}

/// <summary>
/// One decision, on its way to the journal and to syslog. Field values are strings, numbers, booleans, lists of strings, or
/// findings as <c>verify --json</c> prints them; the keys are those of the catalogue (Texts/events.json).
/// </summary>
public sealed record AgentEvent(EventCode Code, JsonObject Fields);
