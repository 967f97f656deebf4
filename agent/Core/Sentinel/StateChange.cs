using Difusor.Agent.Events;

namespace Difusor.Agent.Sentinel;

/// <summary>The direction of a change: it became worse, or it is good again.</summary>
public enum Turn { Worse, Back }

/// <summary>A change of state that must be reported.</summary>
/// <param name="Topic">What has changed: <c>integrity</c>, <c>gate</c>, <c>corte</c>, <c>package</c>, <c>storage</c>,
/// <c>drop</c>, <c>configuration</c>, <c>sentinel</c>, <c>fault</c>, <c>set-aside</c>, <c>after ROOT</c>, or <c>probe
/// URL</c>.</param>
public sealed record StateChange(string Topic, Turn Turn);

/// <summary>A topic that is bad now.</summary>
/// <param name="Code">The event that shows its state now.</param>
/// <param name="Worst">The worst badness that was reported for it.</param>
public readonly record struct BadTopic(EventCode Code, int Worst);

/// <summary>
/// Tracks which topics are bad now. Events go in, and only changes come out: one when it becomes worse, and one when it
/// is good again. It is immutable.
/// </summary>
public sealed record Condition
{
    public static Condition Well { get; } = new();

    public ImmutableDictionary<string, BadTopic> Bad { get; init; } = ImmutableDictionary<string, BadTopic>.Empty;

    /// <summary>Gets whether nothing is bad; only then the heartbeat is sent.</summary>
    public bool IsWell => Bad.IsEmpty;

    /// <param name="opened">Whether the gate has been open: before the opening, a closed gate is not trouble.</param>
    public (StateChange? Change, Condition Next) Hear(AgentEvent happened, bool opened)
    {
        if (Meaning(happened, opened) is not var (topic, badness)) return (null, this);
        var told = Bad.GetValueOrDefault(topic).Worst;
        if (badness == 0)
            return (told == 0 ? null : new StateChange(topic, Turn.Back), this with { Bad = Bad.Remove(topic) });
        // Less bad is not good yet, so do not report that it is good again.
        var next = this with { Bad = Bad.SetItem(topic, new BadTopic(happened.Code, Math.Max(badness, told))) };
        return (badness > told ? new StateChange(topic, Turn.Worse) : null, next);
    }

    /// <summary>Records that a probe's answers are good again; no event says so.</summary>
    public (StateChange? Change, Condition Next) ProbeIsGood(string probed) =>
        Bad.ContainsKey($"probe {probed}")
            ? (new StateChange($"probe {probed}", Turn.Back), this with { Bad = Bad.Remove($"probe {probed}") })
            : (null, this);

    /// <summary>
    /// Keeps only the probes that are configured now. What a removed probe found is no trouble any more, and nothing is
    /// reported about it.
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

    /// <summary>Records that no unforeseen error has come for a long time; no event says so.</summary>
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
        HookFailed hook => ($"after {hook.Root.ToString().ToLowerInvariant()}", 1),
        HookRecovered hook => ($"after {hook.Root.ToString().ToLowerInvariant()}", 0),
        ConfigRejected => ("configuration", 1),
        ConfigReloaded => ("configuration", 0),
        ProbeFailed probe => ($"probe {probe.Url}", 1),
        ProbeStale probe => ($"probe {probe.Url}", 2),
        ProbeMismatch probe => ($"probe {probe.Url}", 3),
        _ => null,
    };
}
