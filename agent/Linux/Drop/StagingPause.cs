using Difusor.Agent.Drop;
using Difusor.Agent.Night;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Pauses all staging while the disk has too little room or refuses, and posts that once, and its end once: when
/// something is staged, or when the disk has refused nothing for a minute. Only the receiving thread uses it. All
/// instants are nanoseconds of CLOCK_MONOTONIC.
/// </summary>
/// <param name="free">Returns the free bytes of the state folder's file system.</param>
/// <param name="isDue">Returns whether a delivery waits that is due now.</param>
sealed class StagingPause(Func<long> free, Func<bool> isDue, Action<Signal> post)
{
    static readonly long TryEvery = Patience.Nanos(TimeSpan.FromSeconds(1));

    /// <summary>After so long without another refusal it is over, also where nothing arrives to be staged.</summary>
    static readonly long Quiet = Patience.Nanos(TimeSpan.FromMinutes(1));

    bool isTroubled;
    long nextTry, lastRefusal;

    /// <summary>Gets whether nothing is staged at the moment.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Gets whether verdicts are tried. After one has failed they wait for the next try or look.</summary>
    public bool MayJudge { get; private set; } = true;

    /// <summary>Gets when to try <see cref="TryEnd"/> again; <c>long.MaxValue</c> if there is no pause.</summary>
    public long Deadline => IsOn ? nextTry : long.MaxValue;

    /// <summary>Returns the bytes that staging may still write; negative if too little is free.</summary>
    /// <param name="floor">Bytes that must stay free.</param>
    public long Spare(long floor) => free() - floor;

    /// <summary>Returns whether as much space is free as must stay; if not, the pause begins.</summary>
    public bool HasRoom(long floor, long now)
    {
        if (Shortage(floor) is not { } low) return true;
        Begin(low, now);
        return false;
    }

    /// <summary>Begins the pause because the disk has refused something.</summary>
    public void Refused(SystemFault fault, long now) => Begin(new DiskRefused(fault), now);

    /// <summary>Does the same because a verdict could not be made, which must not be tried in a circle.</summary>
    public void RefusedVerdict(SystemFault fault, long now)
    {
        MayJudge = false;
        Refused(fault, now);
    }

    /// <summary>Takes the news that a file was staged, or a verdict made.</summary>
    public void Works()
    {
        if (!isTroubled) return;
        isTroubled = false;
        post(new StagingResumed(free()));
    }

    /// <summary>
    /// Ends the pause if there is room, and lets verdicts be tried in any case. Each look calls it.
    /// </summary>
    /// <returns>Whether a pause has ended.</returns>
    public bool TryEnd(long floor, long now)
    {
        MayJudge = true;
        if (!IsOn)
        {
            if (isTroubled && now - lastRefusal >= Quiet && Shortage(floor) is null) Works();
            return false;
        }
        nextTry = now + TryEvery;
        // Post it each time, because the loop frees more space each time.
        if (Shortage(floor) is { } low)
        {
            lastRefusal = now;
            post(low);
            return false;
        }
        IsOn = false;
        return true;
    }

    void Begin(Signal why, long now)
    {
        (IsOn, nextTry, lastRefusal) = (true, now + TryEvery, now);
        if (isTroubled) return;
        isTroubled = true;
        post(why);
    }

    StagingPaused? Shortage(long floor) =>
        Spare(floor) is var spare and < 0 ? new StagingPaused(spare + floor, floor, isDue()) : null;
}
