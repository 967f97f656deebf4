using Difusor.Agent.Events;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Sentinel;

/// <summary>
/// What readers get: the sealed bytes, bytes that are being healed, or altered bytes that are not healed
/// (<c>sentinel.state</c>).
/// </summary>
public enum IntegrityState { Intact, Healing, Tampered }

/// <summary>Makes the events of an alteration, from its detection to its end.</summary>
public static class TamperEvents
{
    public static AgentEvent Detected(Release? release, IReadOnlyCollection<Alteration> changes, string foundBy) =>
        new TamperDetected(
            Name(release), release?.Corte, TellOf(changes), changes.Count, foundBy, release?.Destination.IfRehearsal());

    /// <param name="seconds">Seconds from the detection until the proven tree is in place.</param>
    /// <param name="exposure">For how many seconds readers may have got altered bytes, from when the kernel saw the
    /// first change.</param>
    /// <param name="evidence">Where the altered tree is now.</param>
    public static AgentEvent Healed(
        Release? release, IReadOnlyCollection<Alteration> changes, double seconds, double exposure, string? evidence) =>
        new TamperHealed(
            Name(release), release?.Corte, TellOf(changes), changes.Count, Math.Round(seconds, 3),
            Math.Round(exposure, 3), evidence, release?.Destination.IfRehearsal());

    /// <param name="error">What the system refused, and the command that may remove the obstacle.</param>
    public static AgentEvent Failed(Release? release, IReadOnlyCollection<Alteration> changes, string error) =>
        new HealFailed(
            Name(release), release?.Corte, TellOf(changes), changes.Count, error, release?.Destination.IfRehearsal());

    /// <summary>
    /// Returns the time from the first change that has a kernel date until the healing. A change without a date counts
    /// from its detection.
    /// </summary>
    public static TimeSpan Exposure(IEnumerable<Alteration> changes, DateTimeOffset detected, DateTimeOffset healed)
    {
        var first = changes.Select(change => change.Since ?? detected).DefaultIfEmpty(detected).Min();
        var since = first < detected ? first : detected;
        return healed > since ? healed - since : TimeSpan.Zero;
    }

    static string Name(Release? release) => release?.Id.Value ?? "notice";

    static ImmutableArray<Finding> TellOf(IReadOnlyCollection<Alteration> changes) =>
        Told.Of([.. changes.Select(change => change.ToFinding())]);
}
