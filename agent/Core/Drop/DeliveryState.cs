
namespace Difusor.Agent.Drop;

public enum DeliveryState
{
    Arriving,
    /// <summary>It stopped before it was whole; still waited for.</summary>
    Stalled,
    /// <summary>A verdict is being made; nothing may change it meanwhile.</summary>
    Judging,
    /// <summary>A verdict has been given, and nothing has changed since.</summary>
    Judged,
    /// <summary>
    /// It is not touched: an error that nobody foresaw was met at it, or the agent has ended twice with it in hand.
    /// </summary>
    SetAside,
}
