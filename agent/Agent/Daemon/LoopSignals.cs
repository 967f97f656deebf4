using Difusor.Agent.Night;

namespace Difusor.Agent.Daemon;

/// <summary>The agent is to end, in good order.</summary>
sealed record StopRequested(string Cause) : Signal;

/// <summary>SIGHUP: the configuration is to be read again.</summary>
sealed record ReloadRequested : Signal;
