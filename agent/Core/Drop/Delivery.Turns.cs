namespace Difusor.Agent.Drop;

/// <summary>
/// What a delivery is to the turns: how whole it seems, whether it waits, and how it gives its place up.
/// </summary>
public sealed partial class Delivery
{
    int hashes;
    bool isSetAside;

    /// <summary>How likely it is all there.</summary>
    public Wholeness Wholeness => open > 0 ? Wholeness.Open
        : fulfilment.LooksWhole ? Wholeness.Whole
        : IsArchive || hashes > 0 ? Wholeness.MayBeWhole : Wholeness.WithoutHash;

    /// <summary>
    /// Nothing is to be done before something changes, or time has passed: it has stalled, or all of it was staged once
    /// and gave its place up.
    /// </summary>
    public bool WaitsForMore(long now)
    {
        if (last) return false;
        var ripeness = patience.At(LastByte.Monotonic, now);
        return State == DeliveryState.Stalled ? ripeness != Ripeness.GivenUp
            : isSetAside && ripeness == Ripeness.Moving;
    }

    /// <summary>Something of it is gone, and has not been taken yet.</summary>
    public bool HasGone => gone.Count > 0;

    /// <summary>
    /// Forgets all that was read: its tree is gone, and when its turn comes it is staged from the beginning.
    /// </summary>
    /// <param name="waits">All that was there had been read: it comes again when something changes, or when it has been
    /// quiet.</param>
    /// <exception cref="InvalidOperationException">Something of it is being read.</exception>
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

    /// <summary>Has a file read in its turn, once.</summary>
    void Queue(DeliveredFile file)
    {
        if (file.IsQueued || file is not { IsStale: true, IsOpen: false, IsRead: false, IsGone: false }) return;
        file.IsQueued = true;
        work.Enqueue(file);
    }
}
