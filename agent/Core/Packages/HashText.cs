namespace Difusor.Agent.Packages;

/// <summary>A HASH file's bytes, and where it lies below the package's top.</summary>
public sealed record HashText(RelativePath Path, ReadOnlyMemory<byte> Bytes);
