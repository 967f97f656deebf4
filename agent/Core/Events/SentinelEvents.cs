using Difusor.Agent.Packages;

namespace Difusor.Agent.Events;

/// <summary>Something of what is published was altered.</summary>
/// <param name="Release">Which; <c>notice</c> where it is the notice page.</param>
/// <param name="Changes">The first of them.</param>
/// <param name="FoundBy"><c>watch</c>, <c>overflow</c>, <c>start</c> or <c>rescan</c>.</param>
public sealed record TamperDetected(
    string Release, Corte? Corte, IReadOnlyList<Finding> Changes, int? ChangesTotal, string? FoundBy)
    : AgentEvent(EventCode.TamperDetected);

/// <summary>What was altered is as it was sealed.</summary>
/// <param name="Seconds">From the detection to the proven tree's being in place.</param>
/// <param name="ExposureSeconds">How long readers may have got altered bytes, from when the kernel saw the first
/// change.</param>
/// <param name="Evidence">Where the altered tree lies now.</param>
public sealed record TamperHealed(
    string Release, Corte? Corte, IReadOnlyList<Finding> Changes, int? ChangesTotal, double? Seconds,
    double? ExposureSeconds, string? Evidence)
    : AgentEvent(EventCode.TamperHealed);

/// <summary>What was altered cannot be put right.</summary>
/// <param name="Error">What the system refused, and the command that would clear the way.</param>
public sealed record HealFailed(
    string Release, Corte? Corte, IReadOnlyList<Finding>? Changes, int? ChangesTotal, string Error)
    : AgentEvent(EventCode.HealFailed);

/// <summary>A probe got other bytes than the published ones.</summary>
sealed record ProbeMismatch(
    string Url, string? Path, string? Expected, string? Found, ReleaseId? Release, string? Detail)
    : AgentEvent(EventCode.ProbeMismatch);

/// <summary>A probe got an older release.</summary>
/// <param name="Release">What is published.</param>
/// <param name="Served">What it got.</param>
sealed record ProbeStale(string Url, string? Path, ReleaseId? Release, ReleaseId? Served, string? Detail)
    : AgentEvent(EventCode.ProbeStale);

/// <summary>A probe got no answer.</summary>
/// <param name="Status">The HTTP status; null: there was none.</param>
sealed record ProbeFailed(string Url, int? Status, string? Error) : AgentEvent(EventCode.ProbeFailed);

/// <summary>Some of what is published is not watched by the kernel, only by the rescans.</summary>
/// <param name="Unwatched">Folders without a watch.</param>
/// <param name="Limit">The kernel's limit for one account.</param>
/// <param name="Command">What would raise it; null: that would not help.</param>
public sealed record SentinelBlind(int Unwatched, int Watched, long? Limit, string Error, string? Command)
    : AgentEvent(EventCode.SentinelBlind);

/// <summary>All of it is watched again.</summary>
public sealed record SentinelSees(int Watched) : AgentEvent(EventCode.SentinelSees);
