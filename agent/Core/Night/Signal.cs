namespace Difusor.Agent.Night;

/// <summary>
/// A message of a thread to the agent loop. Each kind is defined beside the thread that posts it; only the loop decides
/// what follows.
/// </summary>
public abstract record Signal;

/// <summary>
/// A signal whose record comes before anything else that it does. If the journal refuses the record, the loop keeps the
/// signal and takes it again.
/// </summary>
public abstract record KeptSignal : Signal;
