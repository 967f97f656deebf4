using System.Net;
using System.Text.RegularExpressions;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Configuration;

/// <summary>
/// The table of all keys of agent.yaml with their ranges. Names and defaults are those of <see cref="Settings"/>; the
/// sentences are in Texts/settings.json.
/// </summary>
static partial class SettingsShape
{
    /// <summary>
    /// Returns the shape of a file in <paramref name="folder"/>; relative paths are below that folder.
    /// </summary>
    public static MapShape<Settings> In(string folder)
    {
        var path = Shapes.Path(folder);
        return new MapShape<Settings>(new Settings { Election = "" })
        {
            { "election", Election, it => it.Election, (it, value) => it with { Election = value }, Presence.Required },
            { "paths", Paths(path), it => it.Paths, (it, value) => it with { Paths = value } },
            { "drop", Drop, it => it.Drop, (it, value) => it with { Drop = value } },
            { "hashes", Hashes, it => it.Hashes, (it, value) => it with { Hashes = value } },
            { "limits", Limits, it => it.Limits, (it, value) => it with { Limits = value } },
            { "clock", Clock, it => it.Clock, (it, value) => it with { Clock = value } },
            { "publication", Publication(path), it => it.Publication, (it, value) => it with { Publication = value } },
            { "quarantine", Quarantine, it => it.Quarantine, (it, value) => it with { Quarantine = value } },
            { "sentinel", Sentinel, it => it.Sentinel, (it, value) => it with { Sentinel = value } },
            { "notify", Notify(path), it => it.Notify, (it, value) => it with { Notify = value } },
            { "syslog", Syslog(path), it => it.Syslog, (it, value) => it with { Syslog = value } },
            { "language", Languages, it => it.Language, (it, value) => it with { Language = value } },
        };
    }

    /// <summary>Returns whether <c>election</c> names a file, and not a profile's id.</summary>
    public static bool IsPath(string election) =>
        election.Contains('/', StringComparison.Ordinal) || election.EndsWith(".yaml", StringComparison.Ordinal);

    /// <summary>Returns whether a text may be a profile's id.</summary>
    public static bool IsId(string text) => ProfileId().IsMatch(text);

    public static Shape<string> Series { get; } = Shapes.Text(
        "config.series", text => text.Length is > 0 and <= 128 && !text.Contains('/', StringComparison.Ordinal));

    static readonly Shape<string> Election =
        Shapes.Text("config.election", text => text.Length is > 0 and <= 4000 && (IsPath(text) || IsId(text)));

    static readonly Shape<Language> Languages = Shapes.OneOf(("es", Language.Es), ("en", Language.En));

    static MapShape<PathSettings> Paths(Shape<string> path) => new(new PathSettings(), CheckPaths)
    {
        { "drop", path, it => it.Drop, (it, value) => it with { Drop = value } },
        { "receipts", Shapes.OrNull(path), it => it.Receipts, (it, value) => it with { Receipts = value } },
        { "state", path, it => it.State, (it, value) => it with { State = value } },
        { "run", path, it => it.Run, (it, value) => it with { Run = value } },
    };

    static readonly MapShape<DropSettings> Drop = new(new DropSettings(), CheckDrop)
    {
        { "layout", Shapes.OneOf(("packages", DropLayout.Packages), ("tree", DropLayout.Tree)),
        it => it.Layout, (it, value) => it with { Layout = value } },
        { "settle", Shapes.Duration("0s", "1h"), it => it.Settle, (it, value) => it with { Settle = value } },
        { "give_up", Shapes.Duration("0s", "24h"), it => it.GiveUp, (it, value) => it with { GiveUp = value } },
        { "keep", Shapes.OrNone(Shapes.Duration("0s", "8760h")), it => it.Keep, (it, value) =>
            it with { Keep = value } },
        { "at_once", Shapes.Integer(1, 64), it => it.AtOnce, (it, value) => it with { AtOnce = value } },
        { "series", Shapes.OrNull(Series), it => it.Series, (it, value) => it with { Series = value } },
        { "leftovers",
            Shapes.List(Shapes.Text("config.leftover", LeftoverNames.IsPattern, pattern: LeftoverPattern), 0, 64),
        it => it.Leftovers.Further, (it, value) => it with { Leftovers = new LeftoverNames(value) } },
    };

    static readonly MapShape<HashSettings> Hashes = new(new HashSettings())
    {
        { "algorithms",
            Shapes.Set(
            Shapes.OneOf([.. Enum.GetValues<DigestAlgorithm>().Select(algorithm => (algorithm.Name(), algorithm))]),
            1, 5),
        it => it.Algorithms, (it, value) => it with { Algorithms = value } },
        { "require_full_coverage", Shapes.Boolean, it => it.RequireFullCoverage, (it, value) =>
            it with { RequireFullCoverage = value } },
        { "require_html", Shapes.Boolean, it => it.RequireHtml, (it, value) => it with { RequireHtml = value } },
        { "line", Shapes.OrNull(HashLineShape.Whole), it => it.Line, (it, value) => it with { Line = value } },
    };

    static readonly MapShape<LimitSettings> Limits = new(new LimitSettings())
    {
        { "files", Shapes.Integer(1, 10_000_000), it => it.Files, (it, value) => it with { Files = value } },
        { "file_size", Shapes.Size("1B", "1TiB"), it => it.FileSize, (it, value) => it with { FileSize = value } },
        { "package_size", Shapes.Size("1B", "16TiB"), it => it.PackageSize, (it, value) =>
            it with { PackageSize = value } },
        { "path_length", Shapes.Integer(1, 4000), it => it.PathLength, (it, value) => it with { PathLength = value } },
        { "path_depth", Shapes.Integer(1, 256), it => it.PathDepth, (it, value) => it with { PathDepth = value } },
        { "compression_ratio", Shapes.Integer(1, 100_000), it => it.CompressionRatio, (it, value) =>
            it with { CompressionRatio = value } },
        { "hash_text", Shapes.Size("1B", "1GiB"), it => it.HashText, (it, value) => it with { HashText = value } },
        { "path_text", Shapes.Size("1B", "1GiB"), it => it.PathText, (it, value) => it with { PathText = value } },
        { "min_free", Shapes.Size("0B", "1024TiB"), it => it.MinFree, (it, value) => it with { MinFree = value } },
        { "future_releases", Shapes.Integer(0, 1000), it => it.FutureReleases, (it, value) =>
            it with { FutureReleases = value } },
        { "denied_extensions",
            Shapes.Set(
            Shapes.Text("config.extension", text => Extension().IsMatch(text), pattern: ExtensionPattern), 0, 1000,
            StringComparer.OrdinalIgnoreCase),
        it => it.DeniedExtensions, (it, value) => it with { DeniedExtensions = value } },
    };

    static readonly MapShape<ClockSettings> Clock = new(new ClockSettings(), CheckQuorum)
    {
        { "servers", Shapes.List(Shapes.Text("config.server", IsServer), 1, 32),
        it => it.Servers, (it, value) => it with { Servers = value } },
        { "poll", Shapes.Duration("100ms", "1h"), it => it.Poll, (it, value) => it with { Poll = value } },
        { "quorum", Shapes.Integer(1, 32), it => it.Quorum, (it, value) => it with { Quorum = value } },
        { "max_offset", Shapes.Duration("1ms", "1h"), it => it.MaxOffset, (it, value) =>
            it with { MaxOffset = value } },
        { "max_uncertainty", Shapes.Duration("1ms", "1m"), it => it.MaxUncertainty, (it, value) =>
            it with { MaxUncertainty = value } },
        { "drift_ppm", Shapes.Number(0.1, 500), it => it.DriftPpm, (it, value) => it with { DriftPpm = value } },
    };

    static readonly Shape<string> Command =
        Shapes.Text("config.command", text => text.Length is > 0 and <= 4000, Secrets.Command);

    static MapShape<HookSettings> Hook(Shape<string> path) => new(new HookSettings("", null, TimeSpan.FromMinutes(1)))
    {
        { "command", Command, it => it.Command, (it, value) => it with { Command = value }, Presence.Required },
        { "environment", Shapes.OrNull(path), it => it.Environment, (it, value) => it with { Environment = value } },
        { "timeout", Shapes.Duration("1s", "1h"), it => it.Timeout, (it, value) => it with { Timeout = value } },
    };

    static MapShape<PublicationSettings> Publication(Shape<string> path) => new(new PublicationSettings())
    {
        { "grace", Shapes.Duration("0s", "24h"), it => it.Grace, (it, value) => it with { Grace = value } },
        { "keep_releases", Shapes.Integer(2, 10_000), it => it.KeepReleases, (it, value) =>
            it with { KeepReleases = value } },
        { "after", Shapes.OrNull(Hook(path)), it => it.After, (it, value) => it with { After = value } },
    };

    static readonly MapShape<QuarantineSettings> Quarantine = new(new QuarantineSettings())
    {
        { "keep", Shapes.Integer(0, 10_000), it => it.Keep, (it, value) => it with { Keep = value } },
        { "size", Shapes.Size("0B", "16TiB"), it => it.Size, (it, value) => it with { Size = value } },
    };

    static readonly MapShape<UrlEvery> Probe = Every(Shapes.Url(Secrets.Url, named: true));
    static readonly MapShape<UrlEvery> Heartbeat = Every(Shapes.Url(Secrets.Host));

    static MapShape<UrlEvery> Every(Shape<Uri> url) =>
        new(new UrlEvery(new Uri("about:blank"), TimeSpan.FromMinutes(1)))
    {
        { "url", url, it => it.Url, (it, value) => it with { Url = value }, Presence.Required },
        { "every", Shapes.Duration("100ms", "24h"), it => it.Every, (it, value) =>
            it with { Every = value }, Presence.Required },
    };

    static readonly MapShape<SentinelSettings> Sentinel = new(new SentinelSettings())
    {
        { "rescan", Shapes.Duration("100ms", "24h"), it => it.Rescan, (it, value) => it with { Rescan = value } },
        { "heal", Shapes.Boolean, it => it.Heal, (it, value) => it with { Heal = value } },
        { "probes", Shapes.List(Probe, 0, 32), it => it.Probes, (it, value) => it with { Probes = value } },
    };

    static MapShape<NotifySettings> Notify(Shape<string> path) => new(new NotifySettings())
    {
        { "command", Shapes.OrNull(Command), it => it.Command, (it, value) => it with { Command = value } },
        { "environment", Shapes.OrNull(path), it => it.Environment, (it, value) => it with { Environment = value } },
        { "heartbeat", Shapes.OrNull(Heartbeat), it => it.Heartbeat, (it, value) => it with { Heartbeat = value } },
    };

    static MapShape<SyslogSettings> Syslog(Shape<string> path) => new(new SyslogSettings(), CheckSyslog)
    {
        // What is shown must read back: the list has the target, where both are in the file.
        { "target", Shapes.Text("config.target", IsTarget),
        it => it.All.Contains(it.Target) ? it.Target : it.All[0], (it, value) => it with { Target = value } },
        { "targets", Shapes.OrNull(Shapes.List(Shapes.Text("config.target", IsTarget), 1, 8)),
        it => it.Targets, (it, value) => it with { Targets = value } },
        { "ca", Shapes.OrNull(path), it => it.Ca, (it, value) => it with { Ca = value } },
        { "certificate", Shapes.OrNull(path), it => it.Certificate, (it, value) => it with { Certificate = value } },
        { "key", Shapes.OrNull(path), it => it.Key, (it, value) => it with { Key = value } },
        { "facility", Shapes.OneOf([.. Facilities.Select(name => (name, name))]),
        it => it.Facility, (it, value) => it with { Facility = value } },
        { "format",
            Shapes.OneOf(("auto", SyslogFormat.Auto), ("rfc5424", SyslogFormat.Rfc5424), ("local", SyslogFormat.Local)),
        it => it.Format, (it, value) => it with { Format = value } },
        { "sd_id", Shapes.Text("config.sd-id", text => SdId().IsMatch(text), pattern: SdIdPattern),
        it => it.SdId, (it, value) => it with { SdId = value } },
    };

    static IEnumerable<string> Facilities =>
        ["kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
            .. Enumerable.Range(0, 8).Select(number => $"local{number}")];

    /// <summary>Returns whether a text is host, host:port, an IPv4 or IPv6 address, or [IPv6]:port.</summary>
    static bool IsServer(string text) =>
        IPAddress.TryParse(text, out _)
            || (HostPort().Match(text) is { Success: true } match && IsPort(match.Groups["port"])
            && IsHost(match.Groups["host"].Value));

    static bool IsTarget(string text)
    {
        if (text.StartsWith("unix:/", StringComparison.Ordinal)) return text.Length is > 6 and <= 113;
        var end = text.IndexOf("://", StringComparison.Ordinal);
        return end > 0 && text[..end] is "udp" or "tcp" or "tls"
            && HostPort().Match(text[(end + 3)..]) is { Success: true } match
            && IsPort(match.Groups["port"]) && IsHost(match.Groups["host"].Value);
    }

    static bool IsPort(Group port) =>
        !port.Success
        || (int.TryParse(port.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number is >= 1 and <= 65535);
    static bool IsHost(string host) => host[0] == '[' ? IPAddress.TryParse(host[1..^1], out _) : host.Length <= 253;

    /// <summary>
    /// Checks that none of the drop, the state and the receipts is inside another. Otherwise the sender's files and the
    /// agent's would mix.
    /// </summary>
    static void CheckPaths(PathSettings paths, string place, Problems problems)
    {
        var named = new List<(string Key, string Path)> { ("drop", paths.Drop), ("state", paths.State) };
        if (paths.Receipts is not null) named.Add(("receipts", paths.Receipts));
        foreach (var (key, path) in named)
            foreach (var (other, above) in named)
                if (key != other
                    && (path == above
                    ? string.CompareOrdinal(key, other) > 0
                    : path.StartsWith(above.TrimEnd('/') + "/", StringComparison.Ordinal)))
                    problems.Add(
                        problems.Of($"{place}.{key}", $"{place}.{other}"), "config.overlap", ("key", $"{place}.{key}"),
                        ("path", path), ("other", $"{place}.{other}"), ("above", above));
    }

    static void CheckDrop(DropSettings drop, string place, Problems problems)
    {
        if (drop.GiveUp < drop.Settle)
            problems.Add(
                problems.Of($"{place}.give_up", $"{place}.settle"), "config.give-up",
                ("give_up", Quantity.Show(drop.GiveUp)), ("settle", Quantity.Show(drop.Settle)));
    }

    static void CheckSyslog(SyslogSettings syslog, string place, Problems problems)
    {
        CheckTargets(syslog, place, problems);
        CheckCertificate(syslog, place, problems);
    }

    static void CheckCertificate(SyslogSettings syslog, string place, Problems problems)
    {
        if (syslog.Certificate is null != syslog.Key is null)
            problems.Add(problems.Of($"{place}.certificate", $"{place}.key"), "config.certificate-key");
    }

    static void CheckQuorum(ClockSettings clock, string place, Problems problems)
    {
        if (clock.Quorum > clock.Servers.Count)
            problems.Add(
                problems.Of($"{place}.quorum", $"{place}.servers"), "config.quorum", ("quorum", clock.Quorum),
                ("servers", clock.Servers.Count));
    }

    /// <summary>
    /// Checks that no target is named in vain: where both keys are in the file, the list is in effect.
    /// </summary>
    static void CheckTargets(SyslogSettings syslog, string place, Problems problems)
    {
        if (syslog.Targets is { } targets && problems.Places.ContainsKey($"{place}.target")
            && !targets.Contains(syslog.Target))
            problems.Add(problems.Of($"{place}.target"), "config.targets", ("target", syslog.Target));
    }

    /// <summary>Printable ASCII but for both slashes; one slash may be at the end.</summary>
    const string LeftoverPattern = "^[ -.0-\\[\\]-~]{1,100}/?$";

    const string ExtensionPattern = "^[A-Za-z0-9_+-]{1,32}$", SdIdPattern = "^[A-Za-z0-9._-]{1,20}@[0-9.]{1,11}$";

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,63}\\z")]
    private static partial Regex ProfileId();

    [GeneratedRegex(@"^(?<host>\[[0-9a-fA-F:.]{1,64}\]|[A-Za-z0-9]([A-Za-z0-9._-]{0,253}[A-Za-z0-9])?\.?)(:(?<port>"
        + @"[0-9]{1,5}))?\z")]
    private static partial Regex HostPort();

    [GeneratedRegex(ExtensionPattern)]
    private static partial Regex Extension();

    [GeneratedRegex(SdIdPattern)]
    private static partial Regex SdId();
}
