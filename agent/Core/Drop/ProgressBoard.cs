namespace Difusor.Agent.Drop;

/// <summary>
/// Holds what <c>status</c> shows of the deliveries, and decides when that is made anew. One thread writes; any thread
/// reads <see cref="Deliveries"/> and <see cref="Unjudged"/>. All instants are nanoseconds of CLOCK_MONOTONIC.
/// </summary>
public sealed class ProgressBoard
{
    /// <summary>Nanoseconds between two updates: where something has changed, and where nothing has.</summary>
    const long Soon = 50_000_000, Later = 1_000_000_000;

    bool hasChanged;
    long shown;

    /// <summary>Gets the deliveries that are being received: all in hand, and some of the rest.</summary>
    public ImmutableArray<DeliveryProgress> Deliveries { get; private set; } = [];

    /// <summary>Gets how many deliveries have no verdict yet.</summary>
    public int Unjudged { get; private set; }

    /// <summary>Gets when a change must be shown; <c>long.MaxValue</c> if nothing has changed.</summary>
    public long Deadline => hasChanged ? shown + Soon : long.MaxValue;

    /// <summary>Records that something has changed that <c>status</c> shows.</summary>
    public void Change() => hasChanged = true;

    /// <summary>
    /// Returns whether to make it anew now. True counts as shown, so that an error on the way is not repeated at once.
    /// </summary>
    public bool TakeDue(long now)
    {
        if (now < shown + (hasChanged ? Soon : Later)) return false;
        (hasChanged, shown) = (false, now);
        return true;
    }

    public void Show(int unjudged, ImmutableArray<DeliveryProgress> deliveries) =>
        (Unjudged, Deliveries) = (unjudged, deliveries);
}
