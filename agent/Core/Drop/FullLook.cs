namespace Difusor.Agent.Drop;

/// <summary>
/// Decides when the drop is looked at as a whole, and holds the look that is under way. All instants are nanoseconds of
/// CLOCK_MONOTONIC.
/// </summary>
/// <param name="firstLook">How long a start waits for the first look to end.</param>
/// <param name="every">How often there is a look, whatever inotify reports (contract, section 6).</param>
public sealed class FullLook(TimeSpan firstLook, TimeSpan every)
{
    static readonly long AfterFault = Patience.Nanos(TimeSpan.FromSeconds(1));

    bool isWanted, hasEnded;
    long begun, number;

    /// <summary>Gets the look that is under way; null if there is none.</summary>
    public LookRound? Round { get; private set; }

    /// <summary>Gets how many entries over the limit the last look did not look at.</summary>
    public int NotLookedAt { get; private set; }

    /// <summary>Gets when the next look is due if nobody wants one before.</summary>
    public long Next { get; private set; }

    /// <summary>Gets whether a look is under way or wanted at once.</summary>
    public bool IsPressing => Round is not null || isWanted;

    /// <summary>Gets when a start does not wait for the first look any longer.</summary>
    public long FirstEnds => begun + Patience.Nanos(firstLook);

    /// <summary>Begins to count the time that a start waits.</summary>
    public void Start(long now) => begun = now;

    /// <summary>Returns whether everything waits for the first look.</summary>
    public bool IsFirst(long now) => !hasEnded && now < FirstEnds;

    /// <summary>Has the drop looked at as soon as possible.</summary>
    public void Want() => isWanted = true;

    public bool IsDue(long now) => isWanted || now >= Next;

    /// <summary>Takes the time for a look.</summary>
    /// <returns>False while one is under way; another that is wanted follows it.</returns>
    public bool TakeDue(long now)
    {
        if (Round is not null) return false;
        (isWanted, Next) = (false, now + Patience.Nanos(every));
        return true;
    }

    public void Begin(LookRound round) => Round = round;

    /// <summary>Ends the look that is under way.</summary>
    public void End()
    {
        NotLookedAt = Round?.NotLookedAt ?? 0;
        (Round, hasEnded) = (null, true);
    }

    /// <summary>Forgets the look that is under way, because the drop is being closed.</summary>
    public void Abandon() => Round = null;

    /// <summary>Does the same because the drop cannot be read, and soon tries again.</summary>
    public void Fail(long now) => (Round, Next) = (null, now + AfterFault);

    /// <summary>
    /// Returns the number of a look at one delivery; each is greater than all before. It tells a file that was seen
    /// from one that is gone.
    /// </summary>
    public long NewNumber() => ++number;
}
