using Difusor.Agent.Packages;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Configuration;

/// <summary>
/// The whole of agent.yaml, as the contract's section 5 lists it: the one place of keys, defaults and ranges. A
/// property's name is its key in snake case. Paths are absolute once read; sizes are bytes.
/// </summary>
public sealed record Settings
{
    /// <summary>
    /// A profile's id, or a path relative to the file's folder. There is no default: the operator names the election.
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
    /// <summary>Where acuses are written; null: none are.</summary>
    public string? Receipts { get; init; } = "/srv/difusor/acuses";
    public string State { get; init; } = "/var/lib/difusor-agent";
    public string Run { get; init; } = "/run/difusor-agent";
}

/// <summary>Each entry of the drop is a package, or the drop itself is one.</summary>
public enum DropLayout { Packages, Tree }

public sealed record DropSettings
{
    public DropLayout Layout { get; init; } = DropLayout.Packages;
    /// <summary>Quiet time after which what does not match yet is judged as it stands.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>How long an unfinished delivery without any change is waited for.</summary>
    public TimeSpan GiveUp { get; init; } = TimeSpan.FromMinutes(10);
    /// <summary>A judged delivery is removed from the drop after this long without a change; null: never.</summary>
    public TimeSpan? Keep { get; init; } = TimeSpan.FromHours(1);
    /// <summary>Deliveries that are staged at the same time; the rest wait their turn.</summary>
    public int AtOnce { get; init; } = 8;
    /// <summary>The series that is accepted; null: any, by the rules of the contract's section 6.</summary>
    public string? Series { get; init; }
}

public sealed record HashSettings
{
    public IReadOnlySet<DigestAlgorithm> Algorithms { get; init; } =
        new HashSet<DigestAlgorithm> { DigestAlgorithm.Sha256, DigestAlgorithm.Sha384, DigestAlgorithm.Sha512 };
    /// <summary>False: a file that no HASH covers is published too, listed in the verdict.</summary>
    public bool RequireFullCoverage { get; init; } = true;
    public bool RequireHtml { get; init; } = true;
}

public sealed record ClockSettings
{
    /// <summary>host or host:port.</summary>
    public IReadOnlyList<string> Servers { get; init; } =
        ["0.pool.ntp.org", "1.pool.ntp.org", "2.pool.ntp.org", "3.pool.ntp.org"];
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(64);
    /// <summary>Servers whose intervals must agree; always also more than half of those that answer.</summary>
    public int Quorum { get; init; } = 2;
    /// <summary>System clock against the bound: beyond it, the gate is closed (clock-drift).</summary>
    public TimeSpan MaxOffset { get; init; } = TimeSpan.FromSeconds(1);
    /// <summary>Half the width of the bound: beyond it the opening is not proven.</summary>
    public TimeSpan MaxUncertainty { get; init; } = TimeSpan.FromMilliseconds(500);
    /// <summary>
    /// How fast the bound widens, in parts per million, once this clock's rate has been measured; 500 before that.
    /// </summary>
    public double DriftPpm { get; init; } = 50;
}

public sealed record PublicationSettings
{
    /// <summary>Past the profile's cadence, before a corte is overdue.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(5);
    public int KeepReleases { get; init; } = 8;
}

public sealed record QuarantineSettings
{
    public int Keep { get; init; } = 20;
    public long Size { get; init; } = 2L << 30;
}

/// <summary>A URL that is fetched every so often: a probe of the published site, or the heartbeat.</summary>
public sealed record UrlEvery(Uri Url, TimeSpan Every);

public sealed record SentinelSettings
{
    public TimeSpan Rescan { get; init; } = TimeSpan.FromMinutes(5);
    public bool Heal { get; init; } = true;
    public IReadOnlyList<UrlEvery> Probes { get; init; } = [];

    /// <summary>
    /// Returns how a probe's address is shown: without what may be secret, and still unlike every other's.
    /// </summary>
    public string Shown(Uri url)
    {
        var shown = Secrets.InText(url.ToString());
        var others = Probes.TakeWhile(probe => probe.Url != url);
        var before = others.Count(probe => Secrets.InText(probe.Url.ToString()) == shown);
        return before == 0 ? shown : $"{shown} ({before + 1})";
    }
}

public sealed record NotifySettings
{
    /// <summary>Run on a change of state for the worse and back, the event as JSON on standard input.</summary>
    public string? Command { get; init; }
    /// <summary>A file of lines NAME=value for the command, where its secrets live; null: none.</summary>
    public string? Environment { get; init; }
    public UrlEvery? Heartbeat { get; init; }
}

public enum SyslogFormat { Auto, Rfc5424, Local }

public sealed record SyslogSettings
{
    /// <summary><c>unix:/path</c>, <c>udp://host:514</c>, <c>tcp://host:601</c> or <c>tls://host:6514</c>.</summary>
    public string Target { get; init; } = "unix:/dev/log";
    public string Facility { get; init; } = "local0";
    /// <summary>
    /// Auto: RFC 5424, but the local format (RFC 3164) to /dev/log, which is journald's and reads no RFC 5424.
    /// </summary>
    public SyslogFormat Format { get; init; } = SyslogFormat.Auto;
    /// <summary>The SD-ID of the one SD-ELEMENT of each message.</summary>
    public string SdId { get; init; } = "difusor@32473";
}
