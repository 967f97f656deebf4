using Difusor.Agent.Configuration;
using Difusor.Agent.Events;

namespace Difusor.Agent.Sentinel;

/// <summary>What the overdue rule needs to know, read once per question.</summary>
/// <param name="Live">The published corte; null if there is none yet.</param>
/// <param name="Since">When it was published; the time of the opening if nothing was.</param>
/// <param name="Opened">Whether the gate has opened once; before that nothing is overdue.</param>
/// <param name="Seen">What has come since then and is not published: why not, and its name.</param>
public sealed record CorteProgress(
    Corte? Live, DateTimeOffset Since, bool Opened, ImmutableArray<(OverdueCause Cause, string Name)> Seen)
{
    /// <summary>How many names are told.</summary>
    const int MostNamed = 50;

    /// <summary>Gets the first cause, and what it is about.</summary>
    public (OverdueCause Cause, IReadOnlyList<string> Names) Blame
    {
        get
        {
            if (Seen.IsEmpty) return (OverdueCause.NothingArrived, []);
            var first = Seen.Min(one => one.Cause);
            return (first, [.. Seen.Where(one => one.Cause == first).Take(MostNamed).Select(one => one.Name)]);
        }
    }
}

/// <summary>
/// Says that a corte is overdue, that it has been missing for one more cadence, or that this is over.
/// </summary>
/// <param name="Times">For how many cadences it has been missing; at the end, for how many it was.</param>
/// <param name="Began">When it was first told.</param>
public sealed record OverdueAlarm(
    int Times, OverdueCause Cause, IReadOnlyList<string> Packages, DateTimeOffset Began = default);

/// <summary>
/// Checks the time between publications: at most the cadence and the grace (call, I.11). It reports again at each
/// further cadence, and once when it is over. After the profile's last corte nothing is overdue, and once the site may
/// be taken down nothing is missing any more. It is immutable: each question returns the next state.
/// </summary>
public sealed record OverdueWatch
{
    public static OverdueWatch Calm { get; } = new();

    /// <summary>Gets for how many cadences the missing corte has been reported.</summary>
    public int Told { get; init; }

    DateTimeOffset Since { get; init; }
    DateTimeOffset Began { get; init; }

    /// <summary>Returns the watch of an earlier run that has told of a missing corte, and not of its end.</summary>
    /// <param name="began">When it was first told.</param>
    /// <param name="last">When it was told last.</param>
    public static OverdueWatch After(
        DateTimeOffset began, DateTimeOffset last, CorteProgress progress, ElectionProfile profile, TimeSpan grace) =>
        new()
        {
            Told = Math.Max(1, Missing(progress, last, profile, grace)), Began = began,
            // What was published after that ends it at the next question.
            Since = progress.Since >= last ? DateTimeOffset.MinValue : progress.Since,
        };

    /// <param name="now">Trusted time, or the system's if there is none.</param>
    public (OverdueAlarm? Alarm, OverdueWatch Next) Ask(
        CorteProgress progress, DateTimeOffset now, ElectionProfile profile, TimeSpan grace)
    {
        if (Told > 0 && (progress.Since > Since || now >= Over(profile, grace)))
            return (new OverdueAlarm(Told, OverdueCause.Ended, [], Began), new OverdueWatch { Since = progress.Since });
        var missing = Missing(progress, now, profile, grace);
        if (missing <= Told) return (null, this with { Since = progress.Since });
        var (cause, packages) = progress.Blame;
        var began = Told == 0 ? now : Began;
        return (new OverdueAlarm(missing, cause, packages, began),
            new OverdueWatch { Told = missing, Since = progress.Since, Began = began });
    }

    static int Missing(CorteProgress progress, DateTimeOffset now, ElectionProfile profile, TimeSpan grace)
    {
        if (!progress.Opened || progress.Live?.At >= profile.LastCorte || now >= Over(profile, grace)) return 0;
        var end = profile.LastCorte + profile.Cadence + grace;
        var late = (now < end ? now : end) - progress.Since - grace;
        return late < profile.Cadence ? 0 : (int)Math.Min(late / profile.Cadence, int.MaxValue);
    }

    /// <summary>Returns when nobody waits for a corte any more.</summary>
    static DateTimeOffset Over(ElectionProfile profile, TimeSpan grace)
    {
        var last = profile.LastCorte + profile.Cadence + grace;
        return profile.KeepUntil > last ? profile.KeepUntil : last;
    }
}
