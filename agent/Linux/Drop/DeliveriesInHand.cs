using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Holds which deliveries are in hand: from before the first byte is staged until the agent loop has taken the verdict
/// to its end. It writes that down for the next run (<c>in-hand.json</c>). Only the receiving thread uses it.
/// </summary>
/// <param name="lastRun">Keeps it on disk; null: it is not kept.</param>
sealed class DeliveriesInHand(LastRun? lastRun)
{
    readonly HashSet<RawPath> inHand = [];

    /// <summary>Gets how many may be in hand at once: after a death deliveries are taken one at a time.</summary>
    public int AtOnce => lastRun?.AtOnce ?? int.MaxValue;

    /// <summary>Takes a delivery in hand, and writes that down before anything of it is staged.</summary>
    /// <returns>False where it is not this delivery's turn.</returns>
    public bool Take(RawPath root)
    {
        if (inHand.Contains(root)) return true;
        if (inHand.Count >= AtOnce) return false;
        inHand.Add(root);
        lastRun?.InHand(inHand);
        return true;
    }

    /// <summary>Notes that a delivery is no longer worked on: it has stalled, is gone, or is finished.</summary>
    /// <returns>Whether another delivery may be waiting for its turn because of that.</returns>
    public bool LetGo(RawPath root)
    {
        if (!inHand.Remove(root)) return false;
        lastRun?.InHand(inHand);
        return lastRun?.AtOnce is not null;
    }

    /// <summary>Notes that all consequences of a verdict are on disk: no death is blamed on the delivery now.</summary>
    public void Clear(RawPath root) => lastRun?.Cleared(root);
}
