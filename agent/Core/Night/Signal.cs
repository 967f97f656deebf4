namespace Difusor.Agent.Night;

/// <summary>
/// What a thread tells the agent loop. Each kind stands beside the thread that posts it; the loop alone decides what
/// follows.
/// </summary>
public abstract record Signal;
