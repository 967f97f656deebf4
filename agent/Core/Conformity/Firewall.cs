namespace Difusor.Agent.Conformity;

/// <summary>Who may open a connection.</summary>
public enum Reach
{
    Everyone,
    /// <summary>Only the named addresses.</summary>
    Some,
    Nobody,
    /// <summary>A rule that the program does not understand decides.</summary>
    Unclear,
}

/// <summary>Who can reach one port.</summary>
public sealed record PortReach(Reach Reach, ImmutableArray<string> From)
{
    public static PortReach Everyone { get; } = new(Reach.Everyone, []);
}

/// <summary>The firewall of the host itself. A firewall at the perimeter cannot be seen from here.</summary>
/// <param name="Kind"><c>ufw</c>, <c>firewalld</c>, <c>nftables</c>; null if no rule is in force.</param>
public sealed record Firewall(string? Kind, PortReach Https, PortReach Ssh);
