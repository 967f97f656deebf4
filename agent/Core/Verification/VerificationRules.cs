using Difusor.Agent.Configuration;

namespace Difusor.Agent.Verification;

/// <summary>The rules by which a package is judged: values taken from the configuration and the profile.</summary>
public sealed record VerificationRules
{
    /// <summary>Gets the rules that <c>verify</c> uses when nothing is configured (contract, section 6).</summary>
    public static VerificationRules Default { get; } = new();

    public HashSettings Hashes { get; init; } = new();
    public LimitSettings Limits { get; init; } = new();

    /// <summary>Gets the names of what systems and transfer tools leave behind.</summary>
    public LeftoverNames Leftovers { get; init; } = LeftoverNames.BuiltIn;

    /// <summary>
    /// Gets the profile's zone, whose rules decide how a header's local time is read; null: any offset is accepted.
    /// </summary>
    public TimeZoneInfo? Zone { get; init; }

    /// <summary>Gets the offset of a local time that states none, used if there is no zone.</summary>
    public TimeSpan Offset { get; init; } = TimeSpan.FromHours(-6);

    /// <summary>Gets the profile's cadence; what is less than half of it apart belongs to one corte.</summary>
    public TimeSpan Cadence { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Gets where else JSON has the corte, as the profile says.</summary>
    public IReadOnlyList<CorteInJson> CorteInJson { get; init; } = [];

    /// <summary>Gets the only series that is accepted; null: any. A rule of the daemon, not of <c>verify</c>.</summary>
    public string? Series { get; init; }

    /// <summary>Returns the rules of an election as the daemon applies them.</summary>
    /// <exception cref="TimeZoneNotFoundException">The host's time zone data lack the profile's zone.</exception>
    public static VerificationRules Of(Settings settings, ElectionProfile profile) =>
        OfProfile(profile).With(settings) with { Series = settings.Drop.Series ?? profile.Series };

    /// <summary>
    /// Returns what a profile says about any package of its election, as <c>verify --profile</c> applies it.
    /// </summary>
    public static VerificationRules OfProfile(ElectionProfile profile) => new()
    {
        Zone = ZoneAgreement.Zone(profile),
        Cadence = profile.Cadence,
        CorteInJson = profile.CorteInJson,
        Hashes = WithLine(new HashSettings(), profile.HashLine),
    };

    /// <summary>Returns these rules with what agent.yaml asks of HASH files, its limits and its leftovers.</summary>
    public VerificationRules With(Settings settings) => this with
    {
        Hashes = WithLine(settings.Hashes, Hashes.Line), Limits = settings.Limits, Leftovers = settings.Drop.Leftovers,
    };

    /// <summary>Adds the profile's description of a line, where agent.yaml has none.</summary>
    static HashSettings WithLine(HashSettings hashes, HashLine? line) => hashes with { Line = hashes.Line ?? line };
}
