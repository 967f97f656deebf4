namespace Difusor.Agent.Packages;

/// <summary>
/// One digest that a HASH file states for one file. <paramref name="Path"/> is relative to the package's top.
/// </summary>
public readonly record struct ManifestEntry(RelativePath Path, Digest Digest);
