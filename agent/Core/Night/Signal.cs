namespace Difusor.Agent.Night;

/// <summary>
/// A message of a thread to the agent loop. Each kind is defined beside the thread that posts it; only the loop decides
/// what follows.
/// </summary>
public abstract record Signal;
