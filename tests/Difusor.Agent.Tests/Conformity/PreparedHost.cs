using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Difusor.Agent.Configuration;
using Difusor.Agent.Conformity;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Conformity;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Tests.Linux;
using Difusor.Agent.Texts;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>
/// A host on the eve of the election, as the packages leave it, in a folder: its files, a real Apache and a real sshd
/// with configurations of their own, NTP servers on loopback, and stand-ins for the programs that would tell of this
/// machine (nft, chronyc, systemctl). Texts may be changed, and files taken away, before <see cref="Rows"/> looks.
/// </summary>
sealed class PreparedHost : IDisposable
{
    public const string Account = "difusor-entrega";
    const int AccountId = 61234;
    public static readonly DateTimeOffset Eve = new(2021, 6, 5, 12, 0, 0, TimeSpan.FromHours(-5));

    readonly TemporaryFolder folder = new();
    readonly List<LoopbackNtp> servers =
        [LoopbackNtp.Honest(), LoopbackNtp.Honest(), LoopbackNtp.Honest(), LoopbackNtp.Honest()];
    readonly Socket syslog = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public PreparedHost()
    {
        Root = folder["root"];
        Files("etc/os-release",
            "ID=ubuntu\nVERSION_ID=\"24.04\"\nPRETTY_NAME=\"Ubuntu 24.04.1 LTS\"\nID_LIKE=debian\n");
        Files("etc/passwd",
            $"root:x:0:0::/root:/bin/sh\n{Account}:x:{AccountId}:{AccountId}::{folder["srv"]}:/usr/sbin/nologin\n");
        Files("etc/group", $"root:x:0:\n{Account}:x:{AccountId}:\n");
        Files("proc/cpuinfo", "model name\t: Tester\n");
        Files("proc/meminfo", "MemTotal:        4000000 kB\n");
        Files("proc/net/tcp",
            "  sl  local_address rem_address   st\n   0: 00000000:01BB 00000000:0000 0A 0\n   1: 00000000:0016 "
            + "00000000:0000 0A 0\n");
        Files("proc/self/mountinfo", "1 0 8:1 / / rw - ext4 /dev/vda1 rw\n");
        foreach (var (pid, name) in new[] { (1, "systemd"), (10, "apache2"), (11, "sshd"), (12, "chronyd"),
            (13, "rsyslogd"), (14, "difusor-agent") }) Files($"proc/{pid}/comm", name + "\n");
        Files("usr/share/zoneinfo/America/Mexico_City", "TZif");
        Files("usr/share/zoneinfo/tzdata.zi", "# version 2024a\n");
        Files("var/log/difusor-agent.log", LogLine(Status.Journal.Head));
        Files("etc/rsyslog.d/90-out.conf",
            "action(type=\"omfwd\" target=\"siem.example.mx\" port=\"6514\" protocol=\"tcp\")\n");
        Files("bin/true", "");
        Assert.Equal(0, Syscall.chmod(Path.Combine(Root, "bin/true"), (FilePermissions)0b111_101_101));
        Directory.CreateDirectory(Path.Combine(Root, "run/systemd/system"));
        Directory.CreateSymbolicLink(
            Path.Combine(Root, folder.Path.TrimStart('/').Split('/')[0]),
            "/" + folder.Path.TrimStart('/').Split('/')[0]);
        Folders();
        syslog.Bind(new UnixDomainSocketEndPoint(folder["log"]));
        Certificate("prep.example.mx", new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Apache = File.ReadAllText(Path.Combine(Repository.Root, "packaging/apache/difusor-agent.conf"));
        Program("nft", "cat " + folder["nft.json"]);
        Nft = """{"nftables": [{"chain": {"family": "inet", "table": "filter", "name": "input", "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}}, RULES]}""";
        Program("chronyc", """case "$*" in *tracking) echo "Leap status     : Normal";; *) echo "^,*,pool.ntp.org,2,6,377,1,0,0,0";; esac""");
        Program("systemctl", "echo enabled");
        Program("find", "");
        Status = Status with { Syslog = [new SyslogStatus($"unix:{folder["log"]}", 0)] };
    }

    public string Root { get; }
    /// <summary>The shipped site, to be spoiled.</summary>
    public string Apache { get; set; }
    /// <summary>Whether an sshd has run since the host was started; else only ssh.socket listens (Ubuntu).</summary>
    public bool SshdHasRun { get; set; } = true;

    /// <summary>The institute's account in sshd_config, to be spoiled.</summary>
    public string Sshd { get; set; } =
        $"Match User {Account}\n  ChrootDirectory %h\n  ForceCommand internal-sftp\n  DisableForwarding yes\n  "
        + $"AllowTcpForwarding no\n  X11Forwarding no\n  PasswordAuthentication no\n";
    /// <summary>What readers get instead of what is published; null, or a null answer: what is published.</summary>
    public Func<Uri, ProbeAnswer?>? Readers { get; set; }
    /// <summary>What the running agent says of itself.</summary>
    public AgentStatus Status { get; set; } = new()
    {
        Version = "1.0", Pid = 14, WrittenAt = Eve, Election = "ieem-2021",
        Gate = new GateStatus("closed", "before-opening", Eve.AddDays(1)),
        Clock = new ClockStatus(true, Eve, Eve, 0),
        Sentinel = new SentinelStatus("intact", null, 0) { Probes = 1, ProbesGood = 1 },
        Journal = new JournalStatus(1, new string('a', 64)), Notify = new NotifyStatus(Eve),
    };
    /// <summary>What Apache says of itself; null: the truth.</summary>
    public string? ApacheVersion { get; set; }
    public string Nft { get; set; }
    public string NftRules { get; set; } = Accept("443") + ", " + AcceptFrom("203.0.113.7", "22");
    public string Settings { get; set; } =
        "sentinel: {probes: [{url: \"https://localhost/\", every: 60s}]}\nnotify: {command: /bin/true}\n";
    public string Election { get; init; } = "ieem-2021";
    public string State => folder["state"];
    public string Drop => folder["srv/entrega"];
    public string Acuses => folder["srv/acuses"];
    public string Chroot => folder["srv"];

    public static string Accept(string port) =>
        "{\"rule\": {\"family\": \"inet\", \"table\": \"filter\", \"chain\": \"input\", \"expr\": [" + Port(port)
        + ", {\"accept\": null}]}}";
    public static string AcceptFrom(string address, string port) =>
        "{\"rule\": {\"family\": \"inet\", \"table\": \"filter\", \"chain\": \"input\", \"expr\": [{\"match\": "
            + "{\"op\": \"==\", \"left\": {\"payload\": {\"protocol\": \"ip\", \"field\": \"saddr\"}}, \"right\": \""
            + address + "\"}}, " + Port(port) + ", {\"accept\": null}]}}";

    /// <summary>As firewalld has it at the top of its input chain.</summary>
    public static string AcceptForwarded() =>
        "{\"rule\": {\"family\": \"inet\", \"table\": \"filter\", \"chain\": \"input\", \"expr\": [{\"match\": "
            + "{\"op\": \"in\", \"left\": {\"ct\": {\"key\": \"status\"}}, \"right\": \"dnat\"}}, "
            + "{\"accept\": null}]}}";

    static string Port(string port) =>
        "{\"match\": {\"op\": \"==\", \"left\": {\"payload\": {\"protocol\": \"tcp\", \"field\": \"dport\"}}, "
        + "\"right\": " + port + "}}";

    public static string LogLine(string head) =>
        $"<133>1 2021-06-05T12:00:00-05:00 host difusor-agent 14 AGENT_STARTED [x seq=\"1\" head=\"{head}\"]\n";

    public void Files(string relative, string text) => folder.Write("root/" + relative, text);

    /// <summary>Writes the profile of <see cref="Election"/>, where the packages bring none.</summary>
    public void WriteProfile(string text) => folder.Write($"etc/elections/{Election}.yaml", text);

    public void Without(string relative) => File.Delete(Path.Combine(Root, relative));

    public void Replace(string relative, string from, string to) =>
        Files(relative, File.ReadAllText(Path.Combine(Root, relative)).Replace(from, to));

    /// <summary>
    /// A stand-in for a program: a link to one script that is never written, which reads another. A script that was
    /// just written cannot be run while a child of another test, between fork and exec, still has the descriptor that
    /// it was written by (ETXTBSY).
    /// </summary>
    public void Program(string name, string script)
    {
        folder.Write($"bin/{name}.script", script + "\n");
        if (!File.Exists(folder["bin/" + name]))
            File.CreateSymbolicLink(folder["bin/" + name], Path.Combine(Repository.Root, "tests/tools/stand-in"));
    }

    public void SilenceOneServer() => servers[0].Dispose();

    public void SilenceServers() => servers.ForEach(server => server.Dispose());

    public void SilenceSyslog() => File.Delete(folder["log"]);

    public void Certificate(string name, DateTimeOffset until)
    {
        using ECDsa ours = ECDsa.Create(ECCurve.NamedCurves.nistP256),
        theirs = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var from = new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var authority = new CertificateRequest("CN=Autoridad", theirs, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var signer = authority.CreateSelfSigned(from, new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var request = new CertificateRequest($"CN={name}", ours, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(signer, from, until, [1, 2, 3]);
        folder.Write("site.crt", certificate.ExportCertificatePem());
        folder.Write("site.key", ours.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Looks at the host, by the real reader and the real rules.</summary>
    public IReadOnlyList<ConformityRow> Rows() => Report().Rows;

    /// <summary>The whole report, as root would have it, or as somebody who cannot see all.</summary>
    public ConformityReport Report(bool asRoot = true)
    {
        var (facts, configured) = Facts();
        return ConformityReport.Of(facts, configured, "1.0", asRoot);
    }

    /// <summary>What the real reader sees of the host.</summary>
    public (HostFacts Facts, Configured Configured) Facts()
    {
        Directory.CreateDirectory(folder["run"]);
        if (File.Exists(Path.Combine(Root, "proc/14/comm")))
            File.WriteAllBytes(folder["run/status.json"], Status.ToJson());
        folder.Write("nft.json", Nft.Replace("RULES", NftRules));
        WriteApache();
        WriteSshd();
        var named = string.Join(", ", servers.Select(server => $"\"{NameOf(server)}\""));
        var config = folder.Write(
            "etc/agent.yaml",
            $"election: {Election}\npaths: {{drop: {Drop}, receipts: {Acuses}, state: {State}, run: {folder["run"]}}}\n"
            + $"clock: {{servers: [{named}]}}\nsyslog: {{target: \"unix:{folder["log"]}\"}}\n{Settings}");
        var reading = ConfigurationFiles.Load(config);
        Assert.Empty(reading.Problems.Select(problem => problem.In(Language.En)));
        var host = new HostReading(
            Root, new BoundedProgram([folder["bin"]]), reading.Value!,
            (site, path, _) => Readers?.Invoke(site) ?? Served(path?.Value ?? "index.html"))
        { Patience = TimeSpan.Zero };
        return (host.Read(Eve, askServers: true), reading.Value!);
    }

    /// <summary>Nobody listens on port 443 here: this is what an Apache with the shipped site would send.</summary>
    ProbeAnswer Served(string path) =>
        Answer(File.ReadAllBytes(Path.Combine(State, "public/current", path)));

    public static ProbeAnswer Answer(byte[] body) => new(
        200, null, "text/html", null, body.Length, new Digest(DigestAlgorithm.Sha256, SHA256.HashData(body)), null,
        null);

    readonly Dictionary<LoopbackNtp, string> names = [];

    /// <summary>A server that is gone has no name any more.</summary>
    string NameOf(LoopbackNtp server) => names.TryGetValue(server, out var name) ? name : names[server] = server.Name;

    public void RememberServers() => servers.ForEach(server => NameOf(server));

    void Folders()
    {
        foreach (var each in new[] { "held", "staging", "vault", "quarantine", "journal", "sealed" })
            Directory.CreateDirectory(Path.Combine(State, each), (UnixFileMode)0b111_000_000);
        Directory.CreateDirectory(Path.Combine(State, "public/notice"));
        folder.Write("state/public/current.map", "release notice\n");
        folder.Write("state/public/notice/index.html", "<h1>PREP</h1>");
        Directory.CreateSymbolicLink(Path.Combine(State, "public/current"), "notice");
        Directory.CreateDirectory(Drop);
        Directory.CreateDirectory(Acuses);
        File.SetUnixFileMode(Drop, (UnixFileMode)0x5F8);   // 2770
        if (Syscall.chown(Drop, AccountId, AccountId) != 0 || Syscall.chown(Acuses, 0, AccountId) != 0)
            throw new InvalidOperationException("chown");
        File.SetUnixFileMode(Acuses, (UnixFileMode)0x5E8); // 2750
        folder.Write("root/dev/null", "");
    }

    void WriteApache()
    {
        var modules = Directory.Exists("/usr/lib/apache2/modules") ? "/usr/lib/apache2/modules"
            : "/usr/lib64/httpd/modules";
        var lines = new[]
            { "mpm_event", "authz_core", "authz_host", "authn_core", "auth_basic", "alias", "dir", "mime", "rewrite",
            "ssl", "headers", "filter", "deflate", "substitute", "include", "proxy" }
            .Select(module => $"LoadModule {module}_module {modules}/mod_{module}.so").ToList();
        if (File.Exists($"{modules}/mod_unixd.so")) lines.Add($"LoadModule unixd_module {modules}/mod_unixd.so");
        lines.AddRange(
            ["ServerName host", $"PidFile {folder["pid"]}", "ErrorLog /dev/stderr", "Listen 443", "Listen 80",
            "TypesConfig /etc/mime.types",
            "<Directory />", "AllowOverride None", "Require all denied", "</Directory>",
            "Define DIFUSOR_NAME prep.example.mx", $"Define DIFUSOR_PUBLIC {State}/public",
            $"Define DIFUSOR_CERTIFICATE {folder["site.crt"]}", $"Define DIFUSOR_KEY {folder["site.key"]}"]);
        var config = folder.Write("httpd.conf", string.Join('\n', lines) + "\n" + Apache);
        Program("apache2ctl",
            (ApacheVersion is null ? "" : $"[ \"$1\" != -v ] || exec echo Apache/{ApacheVersion}\n")
            + $"exec {new[] { "/usr/sbin/apache2", "/usr/sbin/httpd" }.First(File.Exists)} -d {folder.Path} -f "
            + $"{config} \"$@\"");
    }

    void WriteSshd()
    {
        if (!File.Exists(folder["host_key"]))
            Bounded.Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder["host_key"]);
        var config = folder.Write("sshd_config", $"Port 22\nHostKey {folder["host_key"]}\n{Sshd}");
        Directory.CreateDirectory("/run/sshd"); // its unit makes it; a machine without systemd has none
        var unstarted =
            "[ $1 != -T ] || { echo Missing privilege separation directory: /run/sshd >&2; exit 255; }; [ $1 != -G ] "
            + "|| { shift; set -- -T \"$@\"; }\n";
        Program("sshd", $"{(SshdHasRun ? "" : unstarted)}exec /usr/sbin/sshd -f {config} \"$@\"");
    }

    public void Dispose()
    {
        servers.ForEach(server => server.Dispose());
        syslog.Dispose();
        // the link, not what it leads to
        Directory.Delete(Path.Combine(Root, folder.Path.TrimStart('/').Split('/')[0]));
        folder.Dispose();
    }
}
