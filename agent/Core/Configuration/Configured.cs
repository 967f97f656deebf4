namespace Difusor.Agent.Configuration;

/// <summary>All that one agent is told: its file, what the file says, and the election that it names.</summary>
public sealed record Configured(string File, Settings Settings, ElectionProfile Profile);
