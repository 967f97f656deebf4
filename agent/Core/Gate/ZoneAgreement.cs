using Difusor.Agent.Configuration;

namespace Difusor.Agent.Gate;

/// <summary>
/// A disagreement between a profile and its time zone: an instant whose offset the zone does not have on that date, or
/// an unknown zone. Key is as in the profile's YAML.
/// </summary>
public sealed record ZoneProblem(string Key, string Detail);

/// <summary>
/// Checks that a profile's offsets are those of its time zone by the rules in force on each date: Mexico had daylight
/// saving time in June 2021, and has had none since October 2022. The rules come from the host's own tzdata
/// (/usr/share/zoneinfo, read by TimeZoneInfo), so an outdated tzdata is reported too.
/// </summary>
public static class ZoneAgreement
{
    public static IReadOnlyList<ZoneProblem> Check(ElectionProfile profile)
    {
        if (Zone(profile.TimeZone) is not { } zone)
            return [new ZoneProblem("time_zone",
                $"{profile.TimeZone} is not in this host's tzdata (/usr/share/zoneinfo): a misspelt name, or the "
                + $"package tzdata is not installed")];
        return [.. Instants(profile).Where(instant => zone.GetUtcOffset(instant.At) != instant.At.Offset)
            .Select(instant => Problem(zone, instant.Key, instant.At))];
    }

    /// <summary>Returns the zone; null if the host's tzdata does not have it.</summary>
    public static TimeZoneInfo? Zone(string id) =>
        id.Length > 0 && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;

    static IEnumerable<(string Key, DateTimeOffset At)> Instants(ElectionProfile profile) =>
        new[]
        {
            ("publication.opens", profile.Opens), ("publication.keep_until", profile.KeepUntil),
            ("publication.first_corte", profile.FirstCorte), ("publication.last_corte", profile.LastCorte),
        }.Concat(
            profile.Rehearsals.SelectMany(
            (window, at) =>
            new[] { ($"rehearsals[{at}].from", window.From), ($"rehearsals[{at}].to", window.To) }));

    static ZoneProblem Problem(TimeZoneInfo zone, string key, DateTimeOffset at)
    {
        var there = TimeZoneInfo.ConvertTime(at, zone);
        var meant = new DateTimeOffset(at.DateTime, zone.GetUtcOffset(at.DateTime));
        return new ZoneProblem(
            key,
            $"{Show(at)}: {zone.Id} has {there.ToString("zzz", CultureInfo.InvariantCulture)} on that date by the "
                + $"host's "
            + $"tzdata, where that instant is {Show(there)}; {Show(meant)} if the local time is meant");
    }

    static string Show(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}
