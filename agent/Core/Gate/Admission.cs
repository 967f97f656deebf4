using Difusor.Agent.Configuration;

namespace Difusor.Agent.Gate;

/// <summary>Decides from the time what may happen to one delivery and its corte.</summary>
public sealed class Admission(ElectionProfile profile)
{
    /// <summary>A corte that is later than the bound by more than this is a typing error or a test.</summary>
    public static readonly TimeSpan FutureAfter = TimeSpan.FromMinutes(5);
    /// <summary>A corte that is later than keep_until by more than this is useless.</summary>
    public static readonly TimeSpan UsefulAfterKeep = TimeSpan.FromHours(24);
    /// <summary>
    /// The rate used across a suspend. Only CLOCK_BOOTTIME goes on during one, and it is slewed by up to 8.3 %
    /// (chrony's maxslewrate).
    /// </summary>
    static readonly RawRate SlewedRate = new(0, 0.1);

    /// <summary>
    /// Returns the only root that a delivery may go to; null while that is unknown, and then it goes to neither. If its
    /// first byte may have come in a rehearsal, nothing of it can reach the public root. Calculates from the bound at
    /// <paramref name="now"/> back to when the first byte came. For a delivery found at start pass the reading of the
    /// start, as if it had come then.
    /// </summary>
    /// <param name="proven">
    /// Whether the opening has been proven. Without a bound, a delivery after the proof came after every rehearsal that
    /// ends by the opening, so silent servers hold nothing back. With a bound, the bound decides: a delivery that came
    /// in a rehearsal and waited for the time to be known stays a rehearsal's.
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
    /// Returns whether a corte is in the future; such a corte is held and does not count. Without a bound nothing new
    /// is judged to be in the future, and a corte that was judged so before stays so.
    /// </summary>
    public static bool IsFuture(Corte corte, ClockBound? bound, bool wasFuture) =>
        bound is { } known ? corte.At > known.Latest + FutureAfter : wasFuture;

    /// <summary>
    /// Returns whether a corte is <c>corte-outside-window</c>: from a test, or stale. Only for deliveries to the public
    /// root; a rehearsal has its own stamps.
    /// </summary>
    public bool IsOutsideWindow(Corte corte) =>
        corte.At < profile.FirstCorte || corte.At > profile.KeepUntil + UsefulAfterKeep;
}
