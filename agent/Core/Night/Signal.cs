namespace Difusor.Agent.Night;

/// <summary>
/// A message of a thread to the agent loop. Each kind is defined beside the thread that posts it; only the loop decides
/// what follows.
/// </summary>
public abstract record Signal;

/// <summary>
/// A signal that is no more than something to record. Where the journal refuses it, the loop keeps it and takes it
/// again, so nothing else may have been done by then.
/// </summary>
public abstract record KeptSignal : Signal;
