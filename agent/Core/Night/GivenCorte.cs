using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Night;

/// <summary>
/// Reads the corte that an operator gives to a package that states none, <c>publish --corte</c>, and says why it cannot
/// be that.
/// </summary>
sealed class GivenCorte(NightClock clock)
{
    /// <summary>Returns the corte in the profile's zone; null if the stamp is none.</summary>
    internal Corte? Read(string? stamp)
    {
        if (stamp is null) return null;
        var zone = ZoneAgreement.Zone(clock.Profile);
        return Corte.Read(stamp, zone) is { } corte ? new Corte(TimeZoneInfo.ConvertTime(corte.At, zone)) : null;
    }

    /// <summary>
    /// Returns the answer to a stamp that is none, or of no corte of this election; null if it will do. In a rehearsal
    /// any does.
    /// </summary>
    internal OperatorReply? WhyNot(string stamp, ClockReading now)
    {
        if (Read(stamp) is not { } corte) return Refused("no-stamp", ("stamp", Told.Short(stamp)));
        if (!clock.Admission.IsOutsideWindow(corte)
            || clock.Admission.RootOf(now, clock.State, now, clock.OpeningProven) == Root.Rehearsal) return null;
        return Refused(
            "corte-outside", ("given", corte.ToString()),
            ("first", new Corte(clock.Profile.FirstCorte).ToString()),
            ("last", new Corte(clock.Profile.KeepUntil + Admission.UsefulAfterKeep).ToString()));
    }

    /// <summary>Returns the answer where a package states a corte other than the given; null else.</summary>
    internal static OperatorReply? WhyNot(Arrival arrival) =>
        arrival.Given is { } given && arrival.Verdict.Corte is { } own && own != given
            ? Refused(
                "corte-of-its-own", ("package", arrival.Verdict.Package), ("own", own.ToString()),
                ("given", given.ToString()))
            : null;

    static OperatorReply Refused(string message, params (string Name, string Value)[] values) =>
        OperatorReply.Of(OperatorOutcome.Refused, message, values);
}
