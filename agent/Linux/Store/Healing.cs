namespace Difusor.Agent.Linux.Store;

/// <summary>The result of a healing.</summary>
/// <param name="Evidence">Where the altered tree is now; null if there was no tree to set aside.</param>
/// <param name="Lost">Files for which neither the vault nor the altered tree had correct bytes. They are left out, so
/// that nothing false is served.</param>
public sealed record Healing(string? Evidence, ImmutableArray<RelativePath> Lost);
