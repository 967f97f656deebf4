using Difusor.Agent.Texts;

namespace Difusor.Agent.Configuration;

/// <summary>An instant whose offset is wrong, or an unknown zone. Key is as in the profile's YAML.</summary>
public sealed record ZoneProblem(string Key, Said What);

/// <summary>
/// Holds a profile's offsets against its time zone, by the rules in force on each date: Mexico had daylight saving time
/// in June 2021, and has had none since October 2022. The profile is the truth: it is wrong only where neither the
/// host's zone data nor the program's own agree with it.
/// </summary>
public static class ZoneAgreement
{
    /// <summary>Returns what is wrong with the profile, each with the right offset.</summary>
    public static IReadOnlyList<ZoneProblem> Check(ElectionProfile profile, ZoneOpinions zone) => zone.IsKnown
        ? [.. Instants(profile).Where(instant => zone.Judge(instant.At) == ZoneStanding.Wrong)
            .Select(instant => new ZoneProblem(
                instant.Key,
                new Said(
                    // As it is to be written in the file.
                    "config.zone-disagrees", ("key", instant.Key), ("zone", zone.Id),
                    ("written", TextFile.Show(instant.At)), ("right", TextFile.Show(zone.Right(instant.At))))))]
        : [new ZoneProblem("time_zone", new Said("config.zone-unknown", ("zone", zone.Id)))];

    /// <summary>
    /// Returns the first instant that the host's zone data have at another offset; null if there is none. Then they are
    /// old, and the profile's offsets are used.
    /// </summary>
    public static DateTimeOffset? HostDiffers(ElectionProfile profile, ZoneOpinions zone) =>
        Instants(profile).Select(instant => (DateTimeOffset?)instant.At)
            .FirstOrDefault(at => zone.Judge(at!.Value) == ZoneStanding.HostDiffers);

    /// <summary>
    /// Returns the zone by which local times of an election are read and shown: the host's, or one of the profile's own
    /// offset at the opening where the host's has not all of its offsets.
    /// </summary>
    public static TimeZoneInfo Zone(ElectionProfile profile) => Zone(profile, ZoneOpinions.Of(profile.TimeZone));

    internal static TimeZoneInfo Zone(ElectionProfile profile, ZoneOpinions zone) =>
        zone.Host is { } host && Instants(profile).All(instant => host.GetUtcOffset(instant.At) == instant.At.Offset)
            ? host
            : TimeZoneInfo.CreateCustomTimeZone(
                profile.TimeZone, profile.Opens.Offset, profile.TimeZone, profile.TimeZone);

    static IEnumerable<(string Key, DateTimeOffset At)> Instants(ElectionProfile profile) =>
        new[]
        {
            ("publication.opens", profile.Opens), ("publication.keep_until", profile.KeepUntil),
            ("publication.first_corte", profile.FirstCorte), ("publication.last_corte", profile.LastCorte),
        }.Concat(
            profile.Rehearsals.SelectMany(
            (window, at) =>
            new[] { ($"rehearsals[{at}].from", window.From), ($"rehearsals[{at}].to", window.To) }));
}
