using Difusor.Agent.Configuration;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Gate;

/// <summary>What the hour says of one delivery and its corte.</summary>
public sealed class Admission(ElectionProfile profile)
{
    /// <summary>A corte later than the bound by more than this is a typing error or a test.</summary>
    public static readonly TimeSpan FutureAfter = TimeSpan.FromMinutes(5);
    /// <summary>A corte later than keep_until by more than this is of no use to anybody.</summary>
    public static readonly TimeSpan UsefulAfterKeep = TimeSpan.FromHours(24);
    /// <summary>
    /// CLOCK_BOOTTIME, which is slewed by up to 8.3 % (chrony's maxslewrate), is all there is across a suspend.
    /// </summary>
    static readonly RawRate SlewedRate = new(0, 0.1);

    /// <summary>
    /// Which root a delivery may go to at all; null while that is not known, and it goes to neither. Where its first
    /// byte may have come in a rehearsal, nothing of it can reach the public root. Reckons from the bound of <paramref
    /// name="now"/> back to when the first byte came. What was found at start counts as come then: pass the reading of
    /// the start.
    /// </summary>
    /// <param name="proven">
    /// The opening has been proven. Where there is no bound, what comes then comes after every rehearsal that ends by
    /// the opening: silence of the servers keeps nothing back. Where there is one, it decides: what came in a rehearsal
    /// and waited for the time to be known stays a rehearsal's.
    /// </param>
    public Root? RootOf(ClockReading firstByte, ClockState clock, ClockReading now, bool proven)
    {
        if (profile.Rehearsals.Count == 0) return Root.Public;
        if (clock.Jumped || clock.At(now) is not { } bound)
            return proven && profile.Rehearsals.All(window => window.To <= profile.Opens) ? Root.Public : null;
        var then = ClockState.HasSlept(firstByte, now)
            ? new CarriedBound(now.Boot, bound, SlewedRate).At(firstByte.Boot)
            : new CarriedBound(now.Raw, bound, clock.Rate).At(firstByte.Raw);
        return profile.Rehearsals.Any(
            window =>
            then.Meets(
            new TrueInterval(TrueInterval.Nanoseconds(window.From), TrueInterval.Nanoseconds(window.To) - 1)))
            ? Root.Rehearsal : Root.Public;
    }

    /// <summary>
    /// Whether a corte lies in the future: held, and counting for nothing. Without a bound nothing new is judged
    /// future, and what was stays so.
    /// </summary>
    public static bool IsFuture(Corte corte, ClockBound? bound, bool wasFuture) =>
        bound is { } known ? corte.At > known.Latest + FutureAfter : wasFuture;

    /// <summary>
    /// <c>corte-outside-window</c>: a test's, or stale. Only for deliveries of the public root; a rehearsal has its own
    /// stamps.
    /// </summary>
    public bool IsOutsideWindow(Corte corte) =>
        corte.At < profile.FirstCorte || corte.At > profile.KeepUntil + UsefulAfterKeep;
}
