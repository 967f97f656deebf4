namespace Difusor.Agent.Linux.Store;

/// <summary>What a start found and repaired; all lists are empty after an orderly end.</summary>
/// <param name="Removed">Trees and files that a crash left: unfinished deliveries, half-done removals, temporary
/// names.</param>
/// <param name="Rebuilt">Live releases whose tree was gone and was made again from the vault.</param>
/// <param name="Damaged">Records that cannot be read; set aside as <c>ID.json.damaged</c>.</param>
/// <param name="Relinked">Roots whose <c>current</c> led nowhere. It now points again at what they served, or at the
/// notice page.</param>
/// <param name="MapMended">Roots whose <c>current.map</c> did not agree with <c>current</c>.</param>
public sealed record Recovery(
    IReadOnlyList<string> Removed, IReadOnlyList<ReleaseId> Rebuilt, IReadOnlyList<string> Damaged,
    IReadOnlyList<Root> Relinked, IReadOnlyList<Root> MapMended);
