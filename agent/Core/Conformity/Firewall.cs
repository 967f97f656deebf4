using System.Collections.Immutable;

namespace Difusor.Agent.Conformity;

/// <summary>Who may begin a connection.</summary>
public enum Reach
{
    Everyone,
    /// <summary>Only the addresses that are named.</summary>
    Some,
    Nobody,
    /// <summary>A rule decides that is not understood here.</summary>
    Unclear,
}

/// <summary>Who reaches one port.</summary>
public sealed record PortReach(Reach Reach, ImmutableArray<string> From)
{
    public static PortReach Everyone { get; } = new(Reach.Everyone, []);
}

/// <summary>The host's own firewall. One at the perimeter is not seen from here.</summary>
/// <param name="Kind"><c>ufw</c>, <c>firewalld</c>, <c>nftables</c>; null where no rule is in force.</param>
public sealed record Firewall(string? Kind, PortReach Https, PortReach Ssh);
