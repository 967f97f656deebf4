using Difusor.Agent.Night;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>The published files differ from what was sealed.</summary>
/// <param name="FoundBy"><c>watch</c>, <c>overflow</c>, <c>start</c> or <c>rescan</c>.</param>
public sealed record TreeAltered(ImmutableArray<Alteration> Alterations, string FoundBy) : Signal;

/// <summary>Some published folders have no watch any more, or all of them have one again.</summary>
/// <param name="Unwatched">Folders that only the rescan checks; zero if all are watched.</param>
/// <param name="Refusal">The reason; null if nothing was refused.</param>
public sealed record SentinelSight(int Unwatched, int Watched, string? Refusal) : KeptSignal;
