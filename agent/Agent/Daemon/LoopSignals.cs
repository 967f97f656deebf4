using Difusor.Agent.Night;

namespace Difusor.Agent.Daemon;

/// <summary>Tells the loop to stop in an orderly way.</summary>
sealed record StopRequested(string Cause) : Signal;

/// <summary>SIGHUP: tells the loop to read the configuration again.</summary>
sealed record ReloadRequested : Signal;
