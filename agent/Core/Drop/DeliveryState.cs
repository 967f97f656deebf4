
namespace Difusor.Agent.Drop;

public enum DeliveryState
{
    Arriving,
    /// <summary>It stopped before it was complete; the agent still waits for it.</summary>
    Stalled,
    /// <summary>A verdict is being made; nothing may change it meanwhile.</summary>
    Judging,
    /// <summary>It has a verdict, and nothing has changed since.</summary>
    Judged,
    /// <summary>
    /// The agent does not touch it: an unforeseen error happened with it, or the agent died twice with it in hand.
    /// </summary>
    SetAside,
}
