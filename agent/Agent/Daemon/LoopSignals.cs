using Difusor.Agent.Night;

namespace Difusor.Agent.Daemon;

/// <summary>Tells the loop to stop in an orderly way.</summary>
sealed record StopRequested(string Cause) : Signal;

/// <summary>SIGHUP: tells the loop to read the configuration again. Its record comes before its effect.</summary>
sealed record ReloadRequested : KeptSignal;
