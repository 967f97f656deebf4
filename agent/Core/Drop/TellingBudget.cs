using Difusor.Agent.Configuration;

namespace Difusor.Agent.Drop;

/// <summary>
/// Limits what is told of deliveries: how many announcements and verdicts, and how soon one entry of the drop has its
/// next verdict. It counts what it holds back. All instants are nanoseconds of CLOCK_MONOTONIC.
/// </summary>
/// <param name="most">How many announcements, and how many verdicts without news, may be told at once.</param>
/// <param name="aMinute">How many of each may be told a minute after that.</param>
public sealed class TellingBudget(DropLayout layout, int most, int aMinute)
{
    /// <summary>
    /// An entry that has had this many verdicts, without a quiet pause between them, is worth reporting.
    /// </summary>
    const int ManyVerdicts = 6;

    readonly MinuteBudget verdicts = new(most, aMinute), announcements = new(most, aMinute);
    VerdictPace pace = new(layout);
    long putOffBefore;

    /// <summary>Gets how many verdicts and announcements were put off or left out since the start.</summary>
    public long PutOff { get; private set; }

    /// <summary>Takes one announcement; if there is none left it is left out, and false is returned.</summary>
    /// <param name="hasClaim">Whether the name promises a newer corte.</param>
    public bool TakeAnnouncement(bool hasClaim, long now)
    {
        if (announcements.Take(hasClaim, now)) return true;
        PutOff++;
        return false;
    }

    /// <summary>Takes one verdict; returns false if there is none left.</summary>
    public bool TakeVerdict(bool hasClaim, long now) => verdicts.Take(hasClaim, now);

    public bool HasVerdict(bool hasClaim, long now) => verdicts.Has(hasClaim, now);

    /// <summary>
    /// Returns when <see cref="HasVerdict"/> will be true again, if no verdict is taken before.
    /// </summary>
    public long NextVerdict(bool hasClaim, long now) => verdicts.Next(hasClaim, now);

    /// <summary>
    /// Returns the instant before which the entry gets no further verdict; zero if it may have one at once.
    /// </summary>
    public long NotBefore(RawPath name) => pace.NotBefore(name);

    /// <summary>Returns whether the entry changes again and again, and has had many verdicts for that.</summary>
    public bool IsBusy(RawPath name) => pace.VerdictsOf(name) >= ManyVerdicts;

    /// <summary>Records a verdict on the entry that was made and not told, because there were too many.</summary>
    /// <returns>The instant before which the entry gets no further verdict.</returns>
    public long PutVerdictOff(RawPath name, long now)
    {
        PutOff++;
        pace.Judged(name, now);
        return pace.NotBefore(name);
    }

    /// <summary>Records a verdict on the entry that is told. After news its next verdict may come at once.</summary>
    /// <returns>How much was put off or left out since the last verdict that was told.</returns>
    public long TellVerdict(RawPath name, bool isNews, long now)
    {
        if (isNews) pace.Reset(name);
        else pace.Judged(name, now);
        var since = PutOff - putOffBefore;
        putOffBefore = PutOff;
        return since;
    }

    /// <summary>
    /// Allows everything at once: the operator wants everything judged again, or the rules have changed.
    /// </summary>
    public void StartAfresh(DropLayout changed)
    {
        pace = new VerdictPace(changed);
        verdicts.Refill();
        announcements.Refill();
    }
}
