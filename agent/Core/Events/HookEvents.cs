namespace Difusor.Agent.Events;

/// <summary>The command of <c>publication.after</c> has failed; it is run again.</summary>
/// <param name="Release">What the root serves; null: the notice page.</param>
/// <param name="Error">How it ended, and the beginning of its errors.</param>
public sealed record HookFailed(Root Root, ReleaseId? Release, string Error) : AgentEvent(EventCode.HookFailed);

/// <summary>The command of <c>publication.after</c> has done what it had failed to do.</summary>
/// <param name="Seconds">How long since it was told that it failed.</param>
public sealed record HookRecovered(Root Root, double Seconds) : AgentEvent(EventCode.HookRecovered);
