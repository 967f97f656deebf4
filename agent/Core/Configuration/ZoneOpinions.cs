using NodaTime;
using NodaTime.TimeZones;

namespace Difusor.Agent.Configuration;

/// <summary>How the offset that a profile writes compares with the zone data.</summary>
public enum ZoneStanding
{
    Agrees,
    /// <summary>The program's data have it, and the host's have not.</summary>
    HostDiffers,
    /// <summary>No data have it, or only such as are older than those that have not.</summary>
    Wrong,
}

/// <summary>
/// What is known about a time zone: by this host's tzdata, as TimeZoneInfo reads it, and by the program's own, which is
/// as old as NodaTime's package. Either may lack the zone.
/// </summary>
public sealed class ZoneOpinions
{
    static readonly TzdbDateTimeZoneSource Tzdb = TzdbDateTimeZoneSource.Default;

    readonly DateTimeZone? program;

    /// <param name="host">The zone by the host's data; null if these lack it.</param>
    /// <param name="hostVersion">Their version (<c>2026a</c>); null if it is not known.</param>
    internal ZoneOpinions(string id, TimeZoneInfo? host, string? hostVersion)
    {
        (Id, Host) = (id, host);
        program = Tzdb.CanonicalIdMap.ContainsKey(id) ? Tzdb.ForId(id) : null;
        // The letter counts the versions of a year.
        HostIsNewer = string.CompareOrdinal(hostVersion, ProgramVersion) > 0;
    }

    /// <summary>Gets the version of the program's own data.</summary>
    public static string ProgramVersion => Tzdb.TzdbVersion;

    public string Id { get; }

    /// <summary>Gets the zone by the host's data; null if these lack it.</summary>
    public TimeZoneInfo? Host { get; }

    /// <summary>Gets whether the host's data are known to be newer than the program's.</summary>
    public bool HostIsNewer { get; }

    public bool IsKnown => Host is not null || program is not null;

    /// <summary>Returns both opinions about a zone.</summary>
    public static ZoneOpinions Of(string id, string? hostVersion = null) => new(
        id, id.Length > 0 && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var host) ? host : null, hostVersion);

    /// <summary>
    /// Judges an instant by the offset that it is written with. Where the host's data agree and the program's would
    /// have it later, an opening would be an hour early if the host's were the older ones: so these must be the newer.
    /// </summary>
    public ZoneStanding Judge(DateTimeOffset written)
    {
        var ours = program?.GetUtcOffset(Instant.FromDateTimeOffset(written)).ToTimeSpan();
        if (Host?.GetUtcOffset(written) != written.Offset)
            return ours == written.Offset ? ZoneStanding.HostDiffers : ZoneStanding.Wrong;
        return ours < written.Offset && !HostIsNewer ? ZoneStanding.Wrong : ZoneStanding.Agrees;
    }

    /// <summary>Returns the same local time by the newer data that have the zone.</summary>
    /// <exception cref="InvalidOperationException">None have it.</exception>
    public DateTimeOffset Right(DateTimeOffset written)
    {
        if (!IsKnown) throw new InvalidOperationException($"no zone data have {Id}");
        var ours = program?.AtLeniently(LocalDateTime.FromDateTime(written.DateTime)).Offset.ToTimeSpan();
        var theirs = ByHost(written)?.Offset;
        return new DateTimeOffset(written.DateTime, (HostIsNewer ? theirs ?? ours : ours ?? theirs)!.Value);
    }

    /// <summary>Returns the same local time by the host's data; null if these lack the zone.</summary>
    public DateTimeOffset? ByHost(DateTimeOffset written) =>
        Host is { } host ? new DateTimeOffset(written.DateTime, host.GetUtcOffset(written.DateTime)) : null;
}
