using System.Collections.Immutable;
using Difusor.Agent.Events;

namespace Difusor.Agent.Sentinel;

/// <summary>For the worse, or back.</summary>
public enum Turn { Worse, Back }

/// <summary>A change of state that somebody is to be told of.</summary>
/// <param name="Topic">
/// What has changed: <c>integrity</c>, <c>gate</c>, <c>corte</c>, <c>package</c>, <c>storage</c>, <c>drop</c>,
/// <c>configuration</c>, <c>sentinel</c>, <c>fault</c>, <c>set-aside</c>, or <c>probe URL</c>.
/// </param>
public sealed record StateChange(string Topic, Turn Turn);

/// <summary>A bad topic.</summary>
/// <param name="Code">The event that it is bad by now.</param>
/// <param name="Worst">The worst that was told of it.</param>
public readonly record struct BadTopic(EventCode Code, int Worst);

/// <summary>
/// Which topics are bad now. Events pass through it, and only a change comes out: for the worse once, and once back. A
/// value.
/// </summary>
public sealed record Condition
{
    public static Condition Well { get; } = new();

    public ImmutableDictionary<string, BadTopic> Bad { get; init; } = ImmutableDictionary<string, BadTopic>.Empty;

    /// <summary>The heartbeat is fetched only then.</summary>
    public bool IsWell => Bad.IsEmpty;

    /// <param name="opened">The gate has been open: closed before the opening is no trouble.</param>
    public (StateChange? Change, Condition Next) Hear(AgentEvent happened, bool opened)
    {
        if (Meaning(happened, opened) is not var (topic, badness)) return (null, this);
        var told = Bad.GetValueOrDefault(topic).Worst;
        if (badness == 0)
            return (told == 0 ? null : new StateChange(topic, Turn.Back), this with { Bad = Bad.Remove(topic) });
        // Less bad is not good: nobody is told that it is back.
        var next = this with { Bad = Bad.SetItem(topic, new BadTopic(happened.Code, Math.Max(badness, told))) };
        return (badness > told ? new StateChange(topic, Turn.Worse) : null, next);
    }

    /// <summary>A probe's answers are good again: no event tells of it.</summary>
    public (StateChange? Change, Condition Next) ProbeIsGood(string probed) =>
        Bad.ContainsKey($"probe {probed}")
            ? (new StateChange($"probe {probed}", Turn.Back), this with { Bad = Bad.Remove($"probe {probed}") })
            : (null, this);

    /// <summary>
    /// The probes that are configured now; what another found is no trouble any more, and nobody is told that it is
    /// good.
    /// </summary>
    public Condition OnlyProbes(IEnumerable<string> probed)
    {
        var topics = probed.Select(url => $"probe {url}").ToHashSet();
        return this
            with { Bad =
            Bad.RemoveRange(
            Bad.Keys.Where(
            topic => topic.StartsWith("probe ", StringComparison.Ordinal) && !topics.Contains(topic))) };
    }

    /// <summary>The topic of deliveries that are set aside.</summary>
    public const string SetAside = "set-aside";

    /// <summary>An error that nobody foresaw has not come again for long: no event tells of it.</summary>
    public (StateChange? Change, Condition Next) FaultIsPast() =>
        Bad.ContainsKey("fault") ? (new StateChange("fault", Turn.Back), this with { Bad = Bad.Remove("fault") })
            : (null, this);

    static (string Topic, int Badness)? Meaning(AgentEvent happened, bool opened) => happened switch
    {
        TamperDetected => ("integrity", 1),
        HealFailed => ("integrity", 2),
        SentinelBlind => ("sentinel", 1),
        SentinelSees => ("sentinel", 0),
        TamperHealed => ("integrity", 0),
        GateClosed when opened => ("gate", 1),
        GateOpened => ("gate", 0),
        CorteOverdue overdue => ("corte", overdue.Cause == OverdueCause.Ended ? 0 : 1),
        PackageRejected => ("package", 1),
        PackageVerified => ("package", 0),
        StorageLow => ("storage", 1),
        StorageFailed => ("storage", 2),
        StorageRecovered => ("storage", 0),
        DropCrowded => ("drop", 1),
        DropClear => ("drop", 0),
        InternalFault => ("fault", 1),
        DeliverySetAside => (SetAside, 1),
        OperatorAction { Action: Publication.RetryRejected.ActionName } => (SetAside, 0),
        ConfigRejected => ("configuration", 1),
        ConfigReloaded => ("configuration", 0),
        ProbeFailed probe => ($"probe {probe.Url}", 1),
        ProbeStale probe => ($"probe {probe.Url}", 2),
        ProbeMismatch probe => ($"probe {probe.Url}", 3),
        _ => null,
    };
}
