using Difusor.Agent.Gate;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Drop;

/// <summary>
/// Knows which corte is live, which is the newest accepted one, which had a verdict, and which lie in the future. From
/// that it says what the name of a delivery promises, and whether a verdict is news. One thread uses it; only
/// <see cref="WithVerdict"/> may be read by any.
/// </summary>
public sealed class KnownCortes
{
    /// <summary>How far a corte may lie ahead of this host's clock (contract, section 6).</summary>
    static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    Corte? live, newestAccepted;

    /// <summary>
    /// The latest true time that was reported, and CLOCK_BOOTTIME (ns) at that moment; null without trusted time.
    /// </summary>
    (DateTimeOffset Latest, long Boot)? trusted;

    /// <summary>
    /// The instant after which a corte lies in the future, and the election's offset; kept for all questions under the
    /// same rules at one instant.
    /// </summary>
    (long At, VerificationRules? By, DateTimeOffset Latest, TimeSpan Offset) horizon;

    /// <summary>
    /// Gets the cortes that had a verdict since the start. Replaced as a whole, because workers read it.
    /// </summary>
    public ImmutableHashSet<Corte> WithVerdict { get; private set; } = [];

    /// <summary>Begins with what an earlier run has published; null: nothing.</summary>
    public void Begin(Corte? published) => live = newestAccepted = published;

    /// <summary>Takes the corte that is live by now.</summary>
    public void LiveIs(Corte? corte) => live = corte;

    /// <summary>Takes trusted time: the latest that true time can be at the instant <paramref name="now"/>.</summary>
    public void TimeIs(DateTimeOffset latest, in ClockReading now) =>
        (trusted, horizon) = ((latest, now.Boot), default);

    /// <summary>Returns what a name promises at this moment.</summary>
    public Promise PromiseOf(PackageName name, in ClockReading now, VerificationRules rules)
    {
        if (name.Stamp is null) return Promise.Unknown;
        if (horizon.At != now.Monotonic || !ReferenceEquals(horizon.By, rules))
        {
            var latest = NotOfTheFuture(now);
            horizon = (now.Monotonic, rules, latest, rules.Zone?.GetUtcOffset(latest) ?? rules.Offset);
        }
        return Promises.Of(name, rules.Series, live, horizon.Latest, horizon.Offset);
    }

    /// <summary>
    /// Returns whether it accepts a newer corte than any before, and not one of the future. Such a verdict is posted at
    /// once, however many others there were.
    /// </summary>
    public bool IsNews(Verdict verdict, in ClockReading now) =>
        verdict.Accepted && verdict.Corte is { } corte && !(corte <= newestAccepted) && corte.At <= NotOfTheFuture(now);

    /// <summary>
    /// Records a verdict that stands. A corte in the future is a typing error or a test: it must not end the waiting
    /// for other deliveries.
    /// </summary>
    /// <returns>Whether it was news: what stalled may be overtaken by now.</returns>
    public bool HasJudged(Verdict verdict, in ClockReading now)
    {
        if (verdict.Corte is { } corte) WithVerdict = WithVerdict.Add(corte);
        if (!IsNews(verdict, now)) return false;
        newestAccepted = verdict.Corte;
        return true;
    }

    /// <summary>
    /// Returns whether a newer corte was accepted, so that the rest of a stalled one is not waited for. Where its corte
    /// is not known, the digits of its name decide.
    /// </summary>
    public bool IsOvertaken(Corte? stalled, DateTime? stamp) => newestAccepted is { } newest
        && (stalled is { } corte ? corte < newest : stamp is { } digits && digits < newest.At.DateTime);

    /// <summary>
    /// Returns the instant after which a corte lies in the future: trusted time, carried forward on CLOCK_BOOTTIME. The
    /// system clock counts only while there is no trusted time.
    /// </summary>
    DateTimeOffset NotOfTheFuture(in ClockReading now) =>
        trusted is { } known ? known.Latest + TimeSpan.FromTicks((now.Boot - known.Boot) / 100) : now.System + Ahead;
}
