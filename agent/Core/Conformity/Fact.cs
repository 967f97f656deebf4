using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>
/// What was looked for on the host, or why it could not be seen. If both are null, it does not exist.
/// </summary>
/// <param name="Seen">Null if it does not exist, or if it is unknown and <paramref name="Hidden"/> says why.</param>
public readonly record struct Fact<T>(T? Seen, Said? Hidden = null) where T : class
{
    public static implicit operator Fact<T>(T? seen) => new(seen);
}
