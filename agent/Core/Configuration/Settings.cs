using Difusor.Agent.Texts;

namespace Difusor.Agent.Configuration;

/// <summary>
/// The whole of agent.yaml, as the contract's section 5 lists it. The defaults are here and nowhere else; the ranges
/// are in <c>SettingsShape</c>. A property's name is its key in snake case. Paths are absolute once read; sizes are in
/// bytes.
/// </summary>
public sealed record Settings
{
    /// <summary>
    /// Gets a profile's id, or a path relative to the file's folder. There is no default: the operator must name the
    /// election.
    /// </summary>
    public required string Election { get; init; }
    public PathSettings Paths { get; init; } = new();
    public DropSettings Drop { get; init; } = new();
    public HashSettings Hashes { get; init; } = new();
    public LimitSettings Limits { get; init; } = new();
    public ClockSettings Clock { get; init; } = new();
    public PublicationSettings Publication { get; init; } = new();
    public QuarantineSettings Quarantine { get; init; } = new();
    public SentinelSettings Sentinel { get; init; } = new();
    public NotifySettings Notify { get; init; } = new();
    public SyslogSettings Syslog { get; init; } = new();
    public Language Language { get; init; } = Language.Es;
}

public sealed record PathSettings
{
    public string Drop { get; init; } = "/srv/difusor/entrega";
    /// <summary>Gets the folder for acuses; null: none are written.</summary>
    public string? Receipts { get; init; } = "/srv/difusor/acuses";
    public string State { get; init; } = "/var/lib/difusor-agent";
    public string Run { get; init; } = "/run/difusor-agent";
}

/// <summary>Whether each entry of the drop is a package, or the drop itself is one.</summary>
public enum DropLayout { Packages, Tree }

public sealed record DropSettings
{
    public DropLayout Layout { get; init; } = DropLayout.Packages;
    /// <summary>
    /// Gets how long a delivery must be quiet before it is judged as it is, even if it does not match yet.
    /// </summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>Gets how long the agent waits for an unfinished delivery that does not change.</summary>
    public TimeSpan GiveUp { get; init; } = TimeSpan.FromMinutes(10);
    /// <summary>Gets how long after its last change a judged delivery is removed from the drop; null: never.</summary>
    public TimeSpan? Keep { get; init; } = TimeSpan.FromHours(1);
    /// <summary>Gets how many deliveries are staged at the same time; the rest wait their turn.</summary>
    public int AtOnce { get; init; } = 8;
    /// <summary>Gets the series that is accepted; null: any, by the rules of the contract's section 6.</summary>
    public string? Series { get; init; }
    /// <summary>Gets the names of what systems and transfer tools leave behind: the built-in ones and those
    /// named.</summary>
    public LeftoverNames Leftovers { get; init; } = LeftoverNames.BuiltIn;
}

public sealed record HashSettings
{
    public IReadOnlySet<DigestAlgorithm> Algorithms { get; init; } =
        new HashSet<DigestAlgorithm> { DigestAlgorithm.Sha256, DigestAlgorithm.Sha384, DigestAlgorithm.Sha512 };
    /// <summary>
    /// Gets whether every file must be covered. If false, a file that no HASH covers is published too, and listed in
    /// the verdict.
    /// </summary>
    public bool RequireFullCoverage { get; init; } = true;
    public bool RequireHtml { get; init; } = true;
    /// <summary>
    /// Gets how a list is read that has none of the built-in forms; null: as the election's profile says, if it does.
    /// </summary>
    public HashLine? Line { get; init; }
}

public sealed record ClockSettings
{
    /// <summary>Gets the servers, each as host or host:port.</summary>
    public IReadOnlyList<string> Servers { get; init; } =
        ["0.pool.ntp.org", "1.pool.ntp.org", "2.pool.ntp.org", "3.pool.ntp.org"];
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(64);
    /// <summary>Gets how many servers' intervals must agree; always also more than half of those that answer.</summary>
    public int Quorum { get; init; } = 2;
    /// <summary>
    /// Gets how far the system clock may be from the bound; beyond that the gate is closed (clock-drift).
    /// </summary>
    public TimeSpan MaxOffset { get; init; } = TimeSpan.FromSeconds(1);
    /// <summary>Gets the largest half width of the bound with which the opening can be proven.</summary>
    public TimeSpan MaxUncertainty { get; init; } = TimeSpan.FromMilliseconds(500);
    /// <summary>
    /// Gets how fast the bound widens, in parts per million, once this clock's rate has been measured; before that it
    /// is 500.
    /// </summary>
    public double DriftPpm { get; init; } = 50;
}

public sealed record PublicationSettings
{
    /// <summary>Gets how long after the profile's cadence a corte becomes overdue.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(5);
    public int KeepReleases { get; init; } = 8;
    /// <summary>Gets what is run after each swap, for instance to purge a CDN; null: nothing.</summary>
    public HookSettings? After { get; init; }
}

/// <summary>A command that is run after a swap, with what has changed as JSON on standard input.</summary>
/// <param name="Environment">A file of lines NAME=value for it, which is where its secrets are; null: none.</param>
/// <param name="Timeout">How long it may take.</param>
public sealed record HookSettings(string Command, string? Environment, TimeSpan Timeout);

public sealed record QuarantineSettings
{
    public int Keep { get; init; } = 20;
    public long Size { get; init; } = 2L << 30;
}

/// <summary>
/// A URL that is fetched at a fixed interval: a probe of the published site, or the heartbeat. Two are the same if they
/// are written the same: <see cref="Uri"/> itself takes those of two sites at one address for equal, for it leaves out
/// what is before the @.
/// </summary>
public sealed record UrlEvery(Uri Url, TimeSpan Every)
{
    public bool Equals(UrlEvery? other) => other is not null && Every == other.Every && IsOf(other.Url);
    public override int GetHashCode() => HashCode.Combine(Url.OriginalString, Every);

    /// <summary>Returns whether it has this URL.</summary>
    public bool IsOf(Uri url) => Url.OriginalString == url.OriginalString;
}

public sealed record SentinelSettings
{
    public TimeSpan Rescan { get; init; } = TimeSpan.FromMinutes(5);
    public bool Heal { get; init; } = true;
    public IReadOnlyList<UrlEvery> Probes { get; init; } = [];

    /// <summary>
    /// Returns how a probe's address is shown: without possible secrets, and still different from every other one.
    /// </summary>
    public string Shown(Uri url)
    {
        var shown = Secrets.InText(url.ToString());
        var others = Probes.TakeWhile(probe => !probe.IsOf(url));
        var before = others.Count(probe => Secrets.InText(probe.Url.ToString()) == shown);
        return before == 0 ? shown : $"{shown} ({before + 1})";
    }
}

public sealed record NotifySettings
{
    /// <summary>
    /// Gets the command to run when the state becomes worse or recovers, with the event as JSON on standard input.
    /// </summary>
    public string? Command { get; init; }
    /// <summary>Gets a file of lines NAME=value for the command, which is where its secrets are; null: none.</summary>
    public string? Environment { get; init; }
    public UrlEvery? Heartbeat { get; init; }
}

public enum SyslogFormat { Auto, Rfc5424, Local }

public sealed record SyslogSettings
{
    /// <summary>
    /// Gets <c>unix:/path</c>, <c>udp://host:514</c>, <c>tcp://host:601</c> or <c>tls://host:6514</c>.
    /// </summary>
    public string Target { get; init; } = "unix:/dev/log";
    /// <summary>
    /// Gets several targets, each with its own place in the journal; null: only <see cref="Target"/>.
    /// </summary>
    public IReadOnlyList<string>? Targets { get; init; }
    /// <summary>Gets the targets in effect.</summary>
    public IReadOnlyList<string> All => Targets ?? [Target];
    /// <summary>Gets the PEM file with the authorities that count for TLS; null: those that the host trusts.</summary>
    public string? Ca { get; init; }
    /// <summary>Gets the PEM file with the client's certificate and its chain; null: none is shown.</summary>
    public string? Certificate { get; init; }
    /// <summary>Gets the PEM file with the key of <see cref="Certificate"/>.</summary>
    public string? Key { get; init; }
    public string Facility { get; init; } = "local0";
    /// <summary>
    /// Gets the format. Auto: RFC 5424, except to /dev/log, which is journald's and cannot read RFC 5424: it gets the
    /// local format (RFC 3164), or the fields if journald has a socket of its own.
    /// </summary>
    public SyslogFormat Format { get; init; } = SyslogFormat.Auto;
    /// <summary>Gets the SD-ID of each message's only SD-ELEMENT.</summary>
    public string SdId { get; init; } = "difusor@32473";
}
