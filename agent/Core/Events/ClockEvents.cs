using System.Text.Json.Serialization;
using Difusor.Agent.Configuration;

namespace Difusor.Agent.Events;

/// <summary>The bound of true time as events tell it.</summary>
/// <param name="OffsetSeconds">The system clock minus the bound's middle.</param>
/// <param name="UncertaintySeconds">Half the bound's width.</param>
/// <param name="Servers">How many servers it is based on.</param>
public readonly record struct ToldBound(
    DateTimeOffset? Earliest, DateTimeOffset? Latest, double? OffsetSeconds, double? UncertaintySeconds, int? Servers);

/// <summary>
/// The gate has opened: publication is allowed. The first one for the public root is the proof of the opening.
/// </summary>
/// <param name="Window">The rehearsal that has begun; null for the election's own gate.</param>
[method: JsonConstructor]
public sealed record GateOpened(
    [property: JsonConverter(typeof(SecondJson))]
    DateTimeOffset OpensAt, [property: JsonConverter(typeof(WindowJson))] Window? Window, bool? First,
    [property: JsonConverter(typeof(MicrosecondJson))]
    DateTimeOffset? Earliest, [property: JsonConverter(typeof(MicrosecondJson))] DateTimeOffset? Latest,
    double? OffsetSeconds, double? UncertaintySeconds, int? Servers) : AgentEvent(EventCode.GateOpened)
{
    public GateOpened(DateTimeOffset opensAt, Window? window, bool? first, ToldBound bound)
        : this(opensAt, window, first, bound.Earliest, bound.Latest, bound.OffsetSeconds, bound.UncertaintySeconds,
            bound.Servers)
    {
    }

    /// <summary>Gets the root that it opens.</summary>
    [JsonIgnore]
    public Root Root => Window is null ? Root.Public : Root.Rehearsal;

    /// <summary>Gets the root as the journal has it: null for the public one.</summary>
    [JsonPropertyName("root")]
    public Root? ToldRoot => Window is null ? null : Root.Rehearsal;
}

/// <summary>The gate has closed: nothing new is published.</summary>
/// <param name="Window">The rehearsal that is over; null for the election's own gate.</param>
[method: JsonConstructor]
public sealed record GateClosed(
    HoldReason Reason, [property: JsonConverter(typeof(WindowJson))] Window? Window,
    [property: JsonConverter(typeof(SecondJson))] DateTimeOffset? OpensAt,
    [property: JsonConverter(typeof(MicrosecondJson))]
    DateTimeOffset? Earliest, [property: JsonConverter(typeof(MicrosecondJson))] DateTimeOffset? Latest,
    double? OffsetSeconds, double? UncertaintySeconds) : AgentEvent(EventCode.GateClosed)
{
    public GateClosed(HoldReason reason, Window? window, DateTimeOffset? opensAt, ToldBound bound)
        : this(reason, window, opensAt, bound.Earliest, bound.Latest, bound.OffsetSeconds, bound.UncertaintySeconds)
    {
    }

    /// <summary>Gets the root as the journal has it: null for the public one.</summary>
    [JsonPropertyName("root")]
    public Root? ToldRoot => Window is null ? null : Root.Rehearsal;
}

/// <summary>Enough time servers agree.</summary>
public sealed record ClockSynchronized(
    [property: JsonConverter(typeof(MicrosecondJson))]
    DateTimeOffset Earliest, [property: JsonConverter(typeof(MicrosecondJson))] DateTimeOffset Latest,
    double OffsetSeconds, double? UncertaintySeconds, int? Servers) : AgentEvent(EventCode.ClockSynchronized);

/// <summary>The system clock is wrong.</summary>
public sealed record ClockDrift(
    double OffsetSeconds, double? MaxOffsetSeconds,
    [property: JsonConverter(typeof(MicrosecondJson))] DateTimeOffset? Earliest,
    [property: JsonConverter(typeof(MicrosecondJson))]
    DateTimeOffset? Latest, string? HostClient = null, bool? HostSynchronized = null,
    double? HostOffsetSeconds = null) : AgentEvent(EventCode.ClockDrift);

/// <summary>The time is not known well enough.</summary>
/// <param name="MaxUncertaintySeconds">The limit, where the bound is wider; null at any other cause.</param>
public sealed record ClockUncertain(
    ClockTrouble? Cause, double? UncertaintySeconds, double? MaxUncertaintySeconds,
    [property: JsonConverter(typeof(MicrosecondJson))] DateTimeOffset? Earliest,
    [property: JsonConverter(typeof(MicrosecondJson))]
    DateTimeOffset? Latest, string? HostClient = null, bool? HostSynchronized = null,
    double? HostOffsetSeconds = null) : AgentEvent(EventCode.ClockUncertain);

/// <summary>Some time servers contradict the others (RFC 5905, 11.2.1).</summary>
public sealed record ClockFalseticker(
    IReadOnlyList<string> Servers, [property: JsonConverter(typeof(MicrosecondJson))] DateTimeOffset? Earliest,
    [property: JsonConverter(typeof(MicrosecondJson))] DateTimeOffset? Latest) : AgentEvent(EventCode.ClockFalseticker);

/// <summary>The clock, or what is known about time, has jumped.</summary>
/// <param name="Seconds">By how many seconds; null if that is unknown.</param>
public sealed record ClockJump(JumpCause Cause, double? Seconds) : AgentEvent(EventCode.ClockJump);

/// <summary>Why what was known about time is no longer valid.</summary>
[JsonConverter(typeof(KebabCase<JumpCause>))]
public enum JumpCause
{
    /// <summary>The host slept.</summary>
    Suspended,
    /// <summary>The servers contradict the time carried on from earlier answers.</summary>
    Disagreement,
}
