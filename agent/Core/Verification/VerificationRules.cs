using Difusor.Agent.Configuration;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Verification;

/// <summary>By what a package is judged: the configuration's and the profile's part in it, as values.</summary>
public sealed record VerificationRules
{
    /// <summary>What <c>verify</c> uses where nothing is configured: contract, section 6.</summary>
    public static VerificationRules Default { get; } = new();

    public HashSettings Hashes { get; init; } = new();
    public LimitSettings Limits { get; init; } = new();

    /// <summary>The profile's zone, by whose rules a header's digits are read; null: any offset is believed.</summary>
    public TimeZoneInfo? Zone { get; init; }

    /// <summary>The offset of digits that name none, where there is no zone.</summary>
    public TimeSpan Offset { get; init; } = TimeSpan.FromHours(-6);

    /// <summary>The profile's cadence; headers less than half of it apart are one corte.</summary>
    public TimeSpan Cadence { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>The only series that is accepted; null: any. The daemon's rule, not that of <c>verify</c>.</summary>
    public string? Series { get; init; }

    /// <summary>The rules of an election as the daemon applies them.</summary>
    /// <exception cref="TimeZoneNotFoundException">The host's time zone data lack the profile's zone.</exception>
    public static VerificationRules Of(Settings settings, ElectionProfile profile) => OfProfile(profile) with
    {
        Hashes = settings.Hashes,
        Limits = settings.Limits,
        Series = settings.Drop.Series ?? profile.Series,
    };

    /// <summary>What a profile says of any package of its election, as <c>verify --profile</c> applies it.</summary>
    /// <exception cref="TimeZoneNotFoundException">The host's time zone data lack the profile's zone.</exception>
    public static VerificationRules OfProfile(ElectionProfile profile) => new()
    {
        Zone = TimeZoneInfo.FindSystemTimeZoneById(profile.TimeZone),
        Cadence = profile.Cadence,
    };
}
