namespace Difusor.Agent.Configuration;

/// <summary>
/// The whole configuration of one agent: its file, what the file says, and the election that it names.
/// </summary>
public sealed record Configured(string File, Settings Settings, ElectionProfile Profile);
