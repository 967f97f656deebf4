namespace Difusor.Agent.Drop;

/// <summary>
/// Limits how often something may be told: <paramref name="most"/> times at once, and then <paramref name="aMinute"/>
/// times a minute. Half of it is reserved for those with a better claim. Instants are nanoseconds of CLOCK_MONOTONIC.
/// </summary>
public sealed class MinuteBudget(int most, int aMinute)
{
    readonly long every = 60_000_000_000 / aMinute;
    long left = most, since;

    /// <summary>Returns whether one may be told now.</summary>
    /// <param name="hasClaim">False means that the reserved half may not be used.</param>
    public bool Has(bool hasClaim, long now)
    {
        if (left == most) since = now;
        var more = (now - since) / every;
        if (more > 0)
        {
            left = Math.Min(most, left + more);
            since += more * every;
        }
        return left > Kept(hasClaim);
    }

    /// <summary>Takes one; returns false if there is none left.</summary>
    public bool Take(bool hasClaim, long now)
    {
        if (!Has(hasClaim, now)) return false;
        left--;
        return true;
    }

    /// <summary>Returns when <see cref="Has"/> will be true again, if nobody takes one before.</summary>
    public long Next(bool hasClaim, long now) => Has(hasClaim, now) ? now : since + every * (Kept(hasClaim) + 1 - left);

    public void Refill() => left = most;

    int Kept(bool hasClaim) => hasClaim ? 0 : most / 2;
}
