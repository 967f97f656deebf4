using System.Text.Json.Serialization;
using Difusor.Agent.Events;

namespace Difusor.Agent.Drop;

/// <summary>What stands for a flood of the drop, as one count.</summary>
/// <param name="Entries">What lies at the top of the drop, as far as it is known.</param>
/// <param name="NotLookedAt">Entries that are beyond what is looked at.</param>
/// <param name="Waiting">Deliveries that wait for their turn.</param>
/// <param name="PutOff">Verdicts and announcements that were put off or left out since the start.</param>
/// <param name="Busiest">An entry whose verdicts have to wait because it changes for ever; null where there is
/// none.</param>
/// <param name="LacksWatches">More folders lie there than may be watched.</param>
/// <param name="GivenWay">Deliveries that wait because all together would keep too much.</param>
public readonly record struct CrowdCount(
    int Entries, int NotLookedAt, int Waiting, long PutOff, string? Busiest, bool LacksWatches = false,
    int GivenWay = 0);

/// <summary>The drop has become crowded, or is so no more (<paramref name="Cause"/> is null).</summary>
/// <param name="PutOff">What was put off or left out between the two.</param>
public sealed record CrowdChange(CrowdCause? Cause, CrowdCount Count, long PutOff, TimeSpan Lasted);

/// <summary>
/// Whether a sender floods the drop: told once when it begins, and once when it has been over for a minute. Instants
/// are nanoseconds of CLOCK_MONOTONIC.
/// </summary>
public sealed class Crowd
{
    static readonly long Brief = Patience.Nanos(TimeSpan.FromSeconds(2)),
    Calm = Patience.Nanos(TimeSpan.FromMinutes(1));

    long? begun, told, calm;
    long lastPutOff, putOffBefore;

    /// <param name="mostWaiting">More that wait are a crowd.</param>
    /// <returns>What is to be told; null where nothing is.</returns>
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
            // What is over within two seconds is a start with a full drop, and no crowd.
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
