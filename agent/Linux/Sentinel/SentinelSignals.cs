using System.Collections.Immutable;
using Difusor.Agent.Night;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>What is published differs from what was sealed.</summary>
/// <param name="FoundBy"><c>watch</c>, <c>overflow</c>, <c>start</c> or <c>rescan</c>.</param>
public sealed record TreeAltered(ImmutableArray<Alteration> Alterations, string FoundBy) : Signal;

/// <summary>Some of what is published is not watched any more, or all of it is again.</summary>
/// <param name="Unwatched">Folders that only the rescan looks at; zero: none.</param>
/// <param name="Refusal">Why; null: nothing was refused.</param>
public sealed record SentinelSight(int Unwatched, int Watched, string? Refusal) : Signal;
