using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Sentinel;

/// <summary>For the worse, or back.</summary>
public enum Turn { Worse, Back }

/// <summary>A change of state that somebody is to be told of.</summary>
/// <param name="Topic">
/// What has changed: <c>integrity</c>, <c>gate</c>, <c>corte</c>, <c>package</c>, <c>storage</c>, <c>drop</c>, <c>configuration</c>,
/// <c>sentinel</c>, <c>fault</c>, <c>set-aside</c>, or <c>probe URL</c>.
/// </param>
public sealed record StateChange(string Topic, Turn Turn);

/// <summary>A bad topic.</summary>
/// <param name="Code">The event that it is bad by now.</param>
/// <param name="Worst">The worst that was told of it.</param>
public readonly record struct BadTopic(EventCode Code, int Worst);

/// <summary>
/// Which topics are bad now. Events pass through it, and only a change comes out: for the worse once, and once back. A value.
/// </summary>
public sealed record Condition
{
    public static Condition Well { get; } = new();

    public ImmutableDictionary<string, BadTopic> Bad { get; init; } = ImmutableDictionary<string, BadTopic>.Empty;

    /// <summary>The heartbeat is fetched only then.</summary>
    public bool IsWell => Bad.IsEmpty;

    /// <param name="opened">The gate has been open: closed before the opening is no trouble.</param>
    public (StateChange? Change, Condition Next) Hear(EventCode code, JsonObject fields, bool opened)
    {
        if (Meaning(code, fields, opened) is not var (topic, badness)) return (null, this);
        var told = Bad.GetValueOrDefault(topic).Worst;
        if (badness == 0) return (told == 0 ? null : new StateChange(topic, Turn.Back), this with { Bad = Bad.Remove(topic) });
        // Less bad is not good: nobody is told that it is back.
        var next = this with { Bad = Bad.SetItem(topic, new BadTopic(code, Math.Max(badness, told))) };
        return (badness > told ? new StateChange(topic, Turn.Worse) : null, next);
    }

    /// <summary>A probe's answers are good again: no event tells of it.</summary>
    public (StateChange? Change, Condition Next) ProbeIsGood(string probed) =>
        Bad.ContainsKey($"probe {probed}") ? (new StateChange($"probe {probed}", Turn.Back), this with { Bad = Bad.Remove($"probe {probed}") }) : (null, this);

    /// <summary>The probes that are configured now; what another found is no trouble any more, and nobody is told that it is good.</summary>
    public Condition OnlyProbes(IEnumerable<string> probed)
    {
        var topics = probed.Select(url => $"probe {url}").ToHashSet();
        return this with { Bad = Bad.RemoveRange(Bad.Keys.Where(topic => topic.StartsWith("probe ", StringComparison.Ordinal) && !topics.Contains(topic))) };
    }

    /// <summary>The topic of deliveries that are set aside.</summary>
    public const string SetAside = "set-aside";

    /// <summary>An error that nobody foresaw has not come again for long: no event tells of it.</summary>
    public (StateChange? Change, Condition Next) FaultIsPast() =>
        Bad.ContainsKey("fault") ? (new StateChange("fault", Turn.Back), this with { Bad = Bad.Remove("fault") }) : (null, this);

    /// <summary>There is room on the disk again.</summary>
    public (StateChange? Change, Condition Next) StorageIsGood() =>
        Bad.ContainsKey("storage") ? (new StateChange("storage", Turn.Back), this with { Bad = Bad.Remove("storage") }) : (null, this);

    static (string Topic, int Badness)? Meaning(EventCode code, JsonObject fields, bool opened) => code switch
    {
        EventCode.TamperDetected => ("integrity", 1),
        EventCode.HealFailed => ("integrity", 2),
        EventCode.SentinelBlind => ("sentinel", 1),
        EventCode.SentinelSees => ("sentinel", 0),
        EventCode.TamperHealed => ("integrity", 0),
        EventCode.GateClosed when opened => ("gate", 1),
        EventCode.GateOpened => ("gate", 0),
        EventCode.CorteOverdue => ("corte", (string?)fields["cause"] == "ended" ? 0 : 1),
        EventCode.PackageRejected => ("package", 1),
        EventCode.PackageVerified => ("package", 0),
        EventCode.StorageLow => ("storage", 1),
        EventCode.StorageFailed => ("storage", 2),
        EventCode.DropCrowded => ("drop", 1),
        EventCode.DropClear => ("drop", 0),
        EventCode.InternalFault => ("fault", 1),
        EventCode.DeliverySetAside => (SetAside, 1),
        EventCode.OperatorAction when (string?)fields["action"] == "retry" => (SetAside, 0),
        EventCode.ConfigRejected => ("configuration", 1),
        EventCode.ConfigReloaded => ("configuration", 0),
        EventCode.ProbeFailed => ($"probe {(string?)fields["url"]}", 1),
        EventCode.ProbeStale => ($"probe {(string?)fields["url"]}", 2),
        EventCode.ProbeMismatch => ($"probe {(string?)fields["url"]}", 3),
        _ => null,
    };
}
