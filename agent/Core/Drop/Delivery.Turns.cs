namespace Difusor.Agent.Drop;

/// <summary>
/// What the turns need to know about a delivery: how complete it seems, whether it waits, and how it gives up its
/// place.
/// </summary>
public sealed partial class Delivery
{
    int hashes;
    bool isSetAside;

    /// <summary>Gets how likely it is that the delivery is complete.</summary>
    public Wholeness Wholeness => open > 0 ? Wholeness.Open
        : fulfilment.LooksWhole ? Wholeness.Whole
        : IsArchive || hashes > 0 ? Wholeness.MayBeWhole : Wholeness.WithoutHash;

    /// <summary>
    /// Returns whether there is nothing to do before something changes or time passes: the delivery has stalled, or it
    /// was fully staged once and gave up its place.
    /// </summary>
    public bool WaitsForMore(long now)
    {
        if (last) return false;
        var ripeness = patience.At(LastByte.Monotonic, now);
        return State == DeliveryState.Stalled ? ripeness != Ripeness.GivenUp
            : isSetAside && ripeness == Ripeness.Moving;
    }

    /// <summary>Gets whether files of the delivery are gone and have not been taken with <c>TakeGone</c> yet.</summary>
    public bool HasGone => gone.Count > 0;

    /// <summary>
    /// Forgets everything that was read: the staged tree is gone, and the next turn stages from the beginning.
    /// </summary>
    /// <param name="waits">True if everything that existed had been read: the delivery gets a turn again when something
    /// changes, or when it has been quiet.</param>
    /// <exception cref="InvalidOperationException">A file of the delivery is being read.</exception>
    public void StartOver(bool waits)
    {
        if (reading > 0) throw new InvalidOperationException("it is being read");
        isSetAside = waits;
        foreach (var file in files.Values)
        {
            if (file.Name is { } name)
            {
                if (file.Entry is not null) fulfilment.Remove(name);
                file.Finding = null;
            }
            BytesStaged -= file.Entry?.Size ?? 0;
            (file.Identity, file.Entry) = (null, null);
            if (file.HashBytes > 0) Shares.HashText.Return(file.HashBytes);
            file.HashBytes = 0;
            if (!file.IsGone && !file.IsStale) Update(file, () => file.IsStale = true);
            else Queue(file);
        }
        if (IsArchive) Shares.Clear();
        triedWhole = false;
        if (State != DeliveryState.Stalled) triedQuiet = false;
    }

    /// <summary>Puts a file into the reading queue, at most once.</summary>
    void Queue(DeliveredFile file)
    {
        if (file.IsQueued || file is not { IsStale: true, IsOpen: false, IsRead: false, IsGone: false }) return;
        file.IsQueued = true;
        work.Enqueue(file);
    }
}
