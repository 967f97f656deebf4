namespace Difusor.Agent.Packages;

/// <summary>A HASH file's bytes, and its path below the package's top.</summary>
public sealed record HashText(RelativePath Path, ReadOnlyMemory<byte> Bytes);
