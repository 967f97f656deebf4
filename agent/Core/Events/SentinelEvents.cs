namespace Difusor.Agent.Events;

/// <summary>Something that is published was altered.</summary>
/// <param name="Release">The release; <c>notice</c> for the notice page.</param>
/// <param name="Changes">The first changes.</param>
/// <param name="Root">In these events: <c>rehearsal</c> for what belongs to a rehearsal, else null.</param>
/// <param name="FoundBy"><c>watch</c>, <c>overflow</c>, <c>start</c> or <c>rescan</c>.</param>
public sealed record TamperDetected(
    string Release, Corte? Corte, IReadOnlyList<Finding> Changes, int? ChangesTotal, string? FoundBy,
    Root? Root = null)
    : AgentEvent(EventCode.TamperDetected);

/// <summary>What was altered is again as it was sealed.</summary>
/// <param name="Seconds">How long from the detection until the proven tree was in place.</param>
/// <param name="ExposureSeconds">
/// How long readers may have received altered bytes, counted from when the kernel saw the first change.
/// </param>
/// <param name="Evidence">Where the altered tree is now.</param>
public sealed record TamperHealed(
    string Release, Corte? Corte, IReadOnlyList<Finding> Changes, int? ChangesTotal, double? Seconds,
    double? ExposureSeconds, string? Evidence, Root? Root = null)
    : AgentEvent(EventCode.TamperHealed);

/// <summary>What was altered cannot be repaired.</summary>
/// <param name="Error">What the system refused, and the command that would remove the obstacle.</param>
public sealed record HealFailed(
    string Release, Corte? Corte, IReadOnlyList<Finding>? Changes, int? ChangesTotal, string Error,
    Root? Root = null)
    : AgentEvent(EventCode.HealFailed);

/// <summary>A probe received other bytes than the published ones.</summary>
sealed record ProbeMismatch(
    string Url, string? Path, string? Expected, string? Found, ReleaseId? Release, string? Detail)
    : AgentEvent(EventCode.ProbeMismatch);

/// <summary>A probe received an older release.</summary>
/// <param name="Release">What is published.</param>
/// <param name="Served">What the probe received.</param>
sealed record ProbeStale(string Url, string? Path, ReleaseId? Release, ReleaseId? Served, string? Detail)
    : AgentEvent(EventCode.ProbeStale);

/// <summary>A probe received no answer.</summary>
/// <param name="Status">The HTTP status; null if there was none.</param>
sealed record ProbeFailed(string Url, int? Status, string? Error) : AgentEvent(EventCode.ProbeFailed);

/// <summary>A probe gets what is published again.</summary>
/// <param name="Seconds">How long it did not.</param>
sealed record ProbeRecovered(string Url, double? Seconds) : AgentEvent(EventCode.ProbeRecovered);

/// <summary>A part of what is published is not watched by the kernel, only by the rescans.</summary>
/// <param name="Unwatched">How many folders have no watch.</param>
/// <param name="Limit">The kernel's limit for one account.</param>
/// <param name="Command">The command that would raise it; null if that would not help.</param>
public sealed record SentinelBlind(int Unwatched, int Watched, long? Limit, string Error, string? Command)
    : AgentEvent(EventCode.SentinelBlind);

/// <summary>Everything is watched again.</summary>
public sealed record SentinelSees(int Watched) : AgentEvent(EventCode.SentinelSees);
