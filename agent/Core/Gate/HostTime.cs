namespace Difusor.Agent.Gate;

/// <summary>What the host's own NTP client says of the system clock.</summary>
/// <param name="Client">Its name: <c>chronyd</c>, <c>systemd-timesyncd</c>...; null: none runs.</param>
/// <param name="Synchronized">What the kernel says; null: nothing.</param>
/// <param name="Offset">The system clock against what the client follows; null: it does not say.</param>
public sealed record HostTime(string? Client, bool? Synchronized, TimeSpan? Offset);
