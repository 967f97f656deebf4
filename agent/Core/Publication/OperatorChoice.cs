namespace Difusor.Agent.Publication;

/// <summary>
/// What an operator has decided about a root, kept over restarts: no release up to <see cref="Overruled"/> is published
/// by itself any more, and while <see cref="Hold"/> is true none is.
/// </summary>
/// <param name="Release">What the operator made live; null: the notice page (a withdrawal).</param>
/// <param name="Overruled">
/// The newest release at that time, which the operator went back from; null if there was none.
/// </param>
public sealed record OperatorChoice(
    ReleaseId? Release, ReleaseRank? Overruled, bool Hold, string Reason, DateTimeOffset At);
