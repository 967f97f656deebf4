using System.Text.Json.Nodes;
using Difusor.Agent.Journal;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Sentinel;

/// <summary>What readers get: as sealed, being put right, or altered and not put right (<c>sentinel.state</c>).</summary>
public enum IntegrityState { Intact, Healing, Tampered }

/// <summary>The events of an alteration, from its detection to its end.</summary>
public static class TamperEvents
{
    public static AgentEvent Detected(Release? release, IReadOnlyCollection<Alteration> changes, string foundBy) =>
        new(EventCode.TamperDetected, Fields(release, changes, [("found_by", foundBy)]));

    /// <param name="seconds">From the detection to the proven tree's being in place.</param>
    /// <param name="exposure">How long readers may have got altered bytes, in seconds: from when the kernel saw the first change.</param>
    /// <param name="evidence">Where the altered tree lies now.</param>
    public static AgentEvent Healed(Release? release, IReadOnlyCollection<Alteration> changes, double seconds, double exposure, string? evidence) =>
        new(EventCode.TamperHealed, Fields(release, changes,
            [("seconds", Math.Round(seconds, 3)), ("exposure_seconds", Math.Round(exposure, 3)), ("evidence", evidence)]));

    /// <param name="error">What the system refused, and the command that would clear the way.</param>
    public static AgentEvent Failed(Release? release, IReadOnlyCollection<Alteration> changes, string error) =>
        new(EventCode.HealFailed, Fields(release, changes, [("error", error)]));

    /// <summary>From the first change that the kernel dates to the heal; a change without a date counts from its detection.</summary>
    public static TimeSpan Exposure(IEnumerable<Alteration> changes, DateTimeOffset detected, DateTimeOffset healed)
    {
        var first = changes.Select(change => change.Since ?? detected).DefaultIfEmpty(detected).Min();
        var since = first < detected ? first : detected;
        return healed > since ? healed - since : TimeSpan.Zero;
    }

    static JsonObject Fields(Release? release, IReadOnlyCollection<Alteration> changes, ReadOnlySpan<(string Key, JsonNode? Value)> more)
    {
        var fields = new JsonObject
        {
            ["release"] = release?.Id.Value ?? "notice",
            ["corte"] = release?.Corte.ToString(),
            ["changes"] = new JsonArray([.. Told.Of([.. changes.Select(change => change.ToFinding())]).Select(Change)]),
            ["changes_total"] = changes.Count,
        };
        foreach (var (key, value) in more) fields[key] = value;
        return fields;
    }

    static JsonObject Change(Finding finding) => new() { ["code"] = finding.Code, ["path"] = finding.Path, ["detail"] = finding.Detail };
}
