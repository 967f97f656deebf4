using Difusor.Agent.Events;

namespace Difusor.Agent.Drop;

/// <summary>Counts everything that can show a flood of the drop.</summary>
/// <param name="Entries">Entries at the top of the drop, as far as known.</param>
/// <param name="NotLookedAt">Entries over the limit, which the agent does not look at.</param>
/// <param name="Waiting">Deliveries that wait for their turn.</param>
/// <param name="PutOff">Verdicts and announcements that were postponed or left out since the start.</param>
/// <param name="Busiest">An entry whose verdicts must wait because it keeps changing; null if there is none.</param>
/// <param name="LacksWatches">Whether the drop has more folders than the agent may watch.</param>
/// <param name="GivenWay">Deliveries that wait because together they would use too much memory.</param>
public readonly record struct CrowdCount(
    int Entries, int NotLookedAt, int Waiting, long PutOff, string? Busiest, bool LacksWatches = false,
    int GivenWay = 0);

/// <summary>Says that the drop has become crowded, or that this is over (<paramref name="Cause"/> is null).</summary>
/// <param name="PutOff">What was postponed or left out between the two.</param>
public sealed record CrowdChange(CrowdCause? Cause, CrowdCount Count, long PutOff, TimeSpan Lasted);

/// <summary>
/// Detects whether a sender floods the drop. It reports once when the flood begins, and once when it has been over for
/// a minute. Instants are nanoseconds of CLOCK_MONOTONIC.
/// </summary>
public sealed class Crowd
{
    static readonly long Brief = Patience.Nanos(TimeSpan.FromSeconds(2)),
    Calm = Patience.Nanos(TimeSpan.FromMinutes(1)), LookEvery = Patience.Nanos(TimeSpan.FromSeconds(1));

    long? begun, told, calm;
    long lastPutOff, putOffBefore, next;

    /// <summary>Returns whether it is time to <see cref="Look"/>, which is once a second.</summary>
    public bool TakeDue(long now)
    {
        if (now < next) return false;
        next = now + LookEvery;
        return true;
    }

    /// <param name="mostWaiting">More waiting deliveries than this are a crowd.</param>
    /// <returns>The change to report; null if there is none.</returns>
    public CrowdChange? Look(CrowdCount count, int mostWaiting, long now)
    {
        CrowdCause? cause = count.NotLookedAt > 0 ? CrowdCause.Entries
            : count.PutOff > lastPutOff || count.Busiest is not null ? CrowdCause.Verdicts
            : count.Waiting > mostWaiting ? CrowdCause.Waiting
            : count.GivenWay > 0 ? CrowdCause.Memory
            : count.LacksWatches ? CrowdCause.Folders : null;
        lastPutOff = count.PutOff;
        if (cause is not null)
        {
            calm = null;
            // A start with a full drop clears within two seconds; that is not a crowd.
            if (begun is null) (begun, putOffBefore) = (now, count.PutOff);
            if (told is not null || (cause is CrowdCause.Waiting or CrowdCause.Memory) && now - begun < Brief)
                return null;
            told = now;
            return new(cause, count, 0, TimeSpan.Zero);
        }
        if (told is not { } since)
        {
            begun = null;
            return null;
        }
        calm ??= now;
        if (now - calm < Calm) return null;
        (begun, told, calm) = (null, null, null);
        return new(null, count, count.PutOff - putOffBefore, TimeSpan.FromTicks((now - since) / 100));
    }
}
