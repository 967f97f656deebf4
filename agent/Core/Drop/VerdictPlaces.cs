namespace Difusor.Agent.Drop;

/// <summary>
/// Decides whether another verdict may be begun: not too many are being made, and the agent loop is not too far behind
/// with those that it was told. All instants are nanoseconds of CLOCK_MONOTONIC.
/// </summary>
/// <param name="mostAtOnce">How many verdicts are made at one time over deliveries that are not whole by their
/// manifest.</param>
/// <param name="mostUntaken">At this number of verdicts that the loop has not taken, new ones wait, except of names
/// that promise a newer corte; at twice the number all wait.</param>
public sealed class VerdictPlaces(int mostAtOnce, int mostUntaken)
{
    /// <summary>
    /// After this time the loop has its own trouble, and reports that itself. A verdict is not waited for any longer.
    /// </summary>
    static readonly long LoopIsLate = Patience.Nanos(TimeSpan.FromSeconds(10));

    readonly Dictionary<object, long> untaken = new(ReferenceEqualityComparer.Instance);
    int begun;

    /// <summary>Takes how many verdicts are being made now over deliveries that are not whole.</summary>
    public void Recount(int underWay) => begun = underWay;

    /// <summary>
    /// Returns whether there is a place to make a verdict. A whole delivery never waits for the verdicts of others.
    /// </summary>
    public bool HasPlace(Wholeness wholeness) => wholeness == Wholeness.Whole || begun < mostAtOnce;

    /// <summary>Returns whether there is a place, and the loop is not too far behind either.</summary>
    /// <param name="hasClaim">Whether the name promises a newer corte.</param>
    public bool MayBegin(Wholeness wholeness, bool hasClaim, long now)
    {
        foreach (var (verdict, at) in untaken)
            if (now - at > LoopIsLate) untaken.Remove(verdict);
        return HasPlace(wholeness) && untaken.Count < (hasClaim ? 2 * mostUntaken : mostUntaken);
    }

    /// <summary>Records that a verdict is begun.</summary>
    public void Begin(Wholeness wholeness)
    {
        if (wholeness != Wholeness.Whole) begun++;
    }

    /// <summary>Records that the loop is told a verdict. It is told from others by reference.</summary>
    public void Tell(object verdict, long now) => untaken[verdict] = now;

    /// <summary>Records that the loop has taken a verdict.</summary>
    public void Take(object verdict) => untaken.Remove(verdict);
}
