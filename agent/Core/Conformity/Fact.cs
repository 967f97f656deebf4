using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>What was looked for on the host, or why it could not be seen. Neither means that it is not there.</summary>
/// <param name="Seen">Null where it is not there, or <paramref name="Hidden"/> says why nobody knows.</param>
public readonly record struct Fact<T>(T? Seen, Said? Hidden = null) where T : class
{
    public static implicit operator Fact<T>(T? seen) => new(seen);
}
