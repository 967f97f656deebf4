namespace Difusor.Agent.Gate;

/// <summary>What the host's own NTP client says about the system clock.</summary>
/// <param name="Client">Its name: <c>chronyd</c>, <c>systemd-timesyncd</c>...; null if none runs.</param>
/// <param name="Synchronized">What the kernel says; null if it says nothing.</param>
/// <param name="Offset">
/// The system clock minus the time that the client follows; null if the client does not say.
/// </param>
public sealed record HostTime(string? Client, bool? Synchronized, TimeSpan? Offset);
