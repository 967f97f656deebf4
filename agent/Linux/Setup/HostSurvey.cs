using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Conformity;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Setup;
using Difusor.Agent.Texts;
using HostFacts = Difusor.Agent.Setup.HostFacts;

namespace Difusor.Agent.Linux.Setup;

/// <summary>Reads the host's state for setup, and changes nothing.</summary>
static class HostSurvey
{
    static readonly BoundedProgram Programs = BoundedProgram.OfHost();

    /// <param name="wish">What the operator asks for; null to undo everything.</param>
    public static HostFacts Of(SetupInstance instance, SetupWish? wish)
    {
        var (debian, files) = (IsDebian, Files(instance));
        var reading = files.ContainsKey(instance.Config) ? ConfigurationFiles.Load(instance.Config) : null;
        var settings = reading?.Value?.Settings;
        var named = wish?.Election ?? settings?.Election;
        var election = named is null ? null : ConfigurationFiles.LoadProfile(named, instance.Config, Position.Start);
        return new HostFacts
        {
            Debian = debian,
            Files = files,
            Places = reading?.Places,
            Settings = settings,
            Now = DateTimeOffset.UtcNow,
            Election = election?.Value,
            ElectionProblem = election is { Value: null, Problems: [var problem, ..] } ? problem : null,
            Elections = [.. ConfigurationFiles.BuiltIn],
            AccountExists = Syscall.getpwnam(instance.Account) is not null,
            ApacheInstalled = Programs.Find("apachectl") is not null,
            ApacheTakesAllow3F = wish is not null && new ApacheProgram(Programs).TakesUnsafeAllow3F,
            ApacheStarts = Answer("systemctl", "is-enabled", debian ? "apache2.service" : "httpd.service") is not null,
            SshdInstalled = Programs.Find("sshd") is not null,
            SshdFolderMissing = debian && !Directory.Exists(HostFacts.SshdFolder),
            RsyslogDropInExists = Programs.Find("rsyslogd") is not null
                && File.Exists("/etc/rsyslog.d/30-difusor-agent.conf"),
            Enabled = debian ? Enabled() : [],
            Present = wish is null ? [] : Present(wish, files.GetValueOrDefault(instance.ApacheNames, "")),
            Firewalld = Answer("firewall-cmd", "--state") is null ? null
                : Answer("firewall-cmd", "--permanent", "--list-all") ?? "",
            Ufw = Answer("ufw", "status")?.Contains("Status: active", StringComparison.Ordinal) == true
                ? Answer("ufw", "show", "added") ?? "" : null,
            SshPort = SshReading.OfHost()?.Ports is [var port, ..] ? port.ToString(CultureInfo.InvariantCulture) : "22",
            SiteResolves = wish is not null && Resolves(wish.Site),
            CertificateProblem = wish?.Certificate is { } certificate && File.Exists(certificate)
                && File.Exists(wish.Key) ? Mismatch(certificate, wish.Key, wish.Site) : null,
            Published = new FileInfo($"{settings?.Paths.State ?? instance.State}/public/current")
                .LinkTarget?.StartsWith("releases/", StringComparison.Ordinal) == true,
            AgentRuns = Answer("systemctl", "is-active", instance.Unit) is not null,
            AgentStarts = Answer("systemctl", "is-enabled", instance.Unit) is not null,
            SyslogSocketExists = File.Exists(instance.SyslogSocket),
        };
    }

    /// <summary>Returns what an earlier setup of the instance was given.</summary>
    public static FormerSetup Former(SetupInstance instance) => FormerSetup.Of(instance, Files(instance));

    static bool IsDebian => File.Exists("/etc/debian_version");

    /// <summary>Returns the texts of those files that setup may change and that exist, by path.</summary>
    static ImmutableDictionary<string, string> Files(SetupInstance instance) =>
        instance.Files(IsDebian).Append(SetupInstance.SharedSite(IsDebian)).Where(File.Exists)
            .ToImmutableDictionary(path => path, File.ReadAllText);

    /// <summary>Returns a program's output; null if the program is missing or fails.</summary>
    static string? Answer(string program, params string[] arguments) =>
        Programs.Run(program, arguments) is { Succeeded: true } answer ? answer.Output + answer.Errors : null;

    static ImmutableHashSet<string> Enabled() =>
        [.. Names("/etc/apache2/mods-enabled", "*.load"),
            .. Names("/etc/apache2/sites-enabled", "*.conf").Select(name => "site:" + name)];

    static IEnumerable<string> Names(string folder, string pattern) =>
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, pattern).Select(path => Path.GetFileNameWithoutExtension(path)) : [];

    /// <summary>Returns which candidate files for certificate and key exist.</summary>
    static ImmutableHashSet<string> Present(SetupWish wish, string names)
    {
        string?[] candidates = [
            wish.Certificate, wish.Key, $"/etc/letsencrypt/live/{wish.Site}/fullchain.pem",
            $"/etc/letsencrypt/live/{wish.Site}/privkey.pem"];
        return [.. candidates.OfType<string>().Concat(names.Split([' ', '\n']))
            .Where(path => path.StartsWith('/') && File.Exists(path))];
    }

    /// <summary>
    /// Checks that certificate and key belong together, and that the certificate is for the site. Apache's own
    /// configuration test does not check this; Apache would fail at the reload.
    /// </summary>
    static Said? Mismatch(string certificate, string key, string site)
    {
        try
        {
            using var pair = X509Certificate2.CreateFromPemFile(certificate, key);
            return pair.MatchesHostname(site) ? null
                : new Said("setup.other-name", ("path", certificate), ("site", site));
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            return new Said("setup.no-pair", ("path", certificate), ("key", key), ("fault", fault.Message));
        }
    }

    static bool Resolves(string site)
    {
        try { return Dns.GetHostAddresses(site).Length > 0; }
        catch (SocketException) { return false; }
    }
}
