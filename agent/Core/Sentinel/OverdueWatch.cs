using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Sentinel;

/// <summary>What the overdue rule is told, read once per question.</summary>
/// <param name="Live">The published corte; null: none yet.</param>
/// <param name="Since">When it was published; the opening where none was.</param>
/// <param name="Opened">The gate has opened once: before that nothing is overdue.</param>
/// <param name="Held">Names of packages that wait here.</param>
/// <param name="Rejected">Names of packages rejected since then.</param>
/// <param name="Arriving">Names of deliveries in progress.</param>
public sealed record CorteProgress(
    Corte? Live, DateTimeOffset Since, bool Opened, IReadOnlyList<string> Held, IReadOnlyList<string> Rejected,
    IReadOnlyList<string> Arriving)
{
    public (OverdueCause Cause, IReadOnlyList<string> Packages) Blame =>
        Held.Count > 0 ? (OverdueCause.Held, Held)
        : Rejected.Count > 0 ? (OverdueCause.Rejected, Rejected)
        : Arriving.Count > 0 ? (OverdueCause.Arriving, Arriving)
        : (OverdueCause.NothingArrived, []);
}

/// <summary>A corte is overdue, is so for another cadence, or is so no longer.</summary>
/// <param name="Times">How many cadences it has been missing; of the end: how many it had been.</param>
public sealed record OverdueAlarm(int Times, OverdueCause Cause, IReadOnlyList<string> Packages);

/// <summary>
/// From one publication to the next at most the cadence and the grace (call, I.11); told again at each further cadence,
/// and once when it is over. After the profile's last corte nothing is overdue. A value: each question returns the
/// next.
/// </summary>
public sealed record OverdueWatch
{
    public static OverdueWatch Calm { get; } = new();

    /// <summary>How often the corte that is missing now has been told.</summary>
    public int Told { get; init; }

    DateTimeOffset Since { get; init; }

    /// <param name="now">Trusted time, or the system's where there is none.</param>
    public (OverdueAlarm? Alarm, OverdueWatch Next) Ask(
        CorteProgress progress, DateTimeOffset now, ElectionProfile profile, TimeSpan grace)
    {
        if (Told > 0 && progress.Since > Since)
            return (new OverdueAlarm(Told, OverdueCause.Ended, []), new OverdueWatch { Since = progress.Since });
        var missing = Missing(progress, now, profile, grace);
        if (missing <= Told) return (null, this with { Since = progress.Since });
        var (cause, packages) = progress.Blame;
        return (new OverdueAlarm(missing, cause, packages),
            new OverdueWatch { Told = missing, Since = progress.Since });
    }

    static int Missing(CorteProgress progress, DateTimeOffset now, ElectionProfile profile, TimeSpan grace)
    {
        if (!progress.Opened || progress.Live?.At >= profile.LastCorte) return 0;
        var end = profile.LastCorte + profile.Cadence + grace;
        var late = (now < end ? now : end) - progress.Since - grace;
        return late < profile.Cadence ? 0 : (int)Math.Min(late / profile.Cadence, int.MaxValue);
    }
}
