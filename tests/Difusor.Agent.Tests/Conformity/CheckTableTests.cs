using Difusor.Agent.Configuration;
using Difusor.Agent.Conformity;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Tests.Gate;
using Difusor.Agent.Texts;
using static Difusor.Agent.Tests.Conformity.ConformityRulesTests;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>
/// The rows of <c>check</c> on a host where all is right, and those that change where one thing is not: standing,
/// words, mend and command.
/// </summary>
public sealed partial class CheckTableTests
{
    static DiskRoom[] Room(long free, long? files = null) => [new DiskRoom(Paths.State, free, 2L << 30, files)];

    static readonly Said Hidden = new("check.boot-unseen");
    static readonly PathSettings Paths = Defaults.Settings.Paths;
    static readonly string Drop = Paths.Drop, Chroot = Drop[..Drop.LastIndexOf('/')];

    static FolderFacts Folder(
        string path, uint mode, string owner = "difusor-agent", string group = "difusor-entrega") =>
        new(path, mode, owner, group, owner == "root" ? 0u : 990u, true);

    static readonly HostFacts Good = Nothing with
    {
        System = OsRelease.Read("ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n"),
        Hardware = new HardwareFacts("Xeon", 4, 8L << 30, 100L << 30),
        Web = Web("", "", byMap: true),
        Readers = Views(null, null),
        Certificate = new SiteCertificate(
            ["prep.example.mx"], VirtualHost.Opens.AddDays(-9), VirtualHost.Opens.AddDays(300), false,
            "/etc/ssl/prep.pem"),
        Ssh = new SshServer("OpenSSH_9.6p1", [22]) { HostKeys = ["SHA256:abc (ED25519)"] },
        SshForAccount = Sshd("forcecommand internal-sftp", "disableforwarding yes", "passwordauthentication no"),
        Listening = ImmutableHashSet.Create(443, 22),
        Firewall = new Firewall("ufw", PortReach.Everyone, new PortReach(Reach.Some, ["203.0.113.7"])),
        Folders = new Dictionary<string, Fact<FolderFacts>>
        {
            [Drop] = Folder(Drop, 0b010_111_111_000, "difusor-entrega", "difusor-agent"),
            [Chroot] = Folder(Chroot, 0b111_101_101, "root", "root"),
            [$"{Paths.State}/held"] = Folder($"{Paths.State}/held", 0b111_000_000),
            [$"{Paths.State}/staging"] = Folder($"{Paths.State}/staging", 0b111_000_000),
            [$"{Paths.State}/vault"] = Folder($"{Paths.State}/vault", 0b111_000_000),
            [$"{Paths.State}/quarantine"] = Folder($"{Paths.State}/quarantine", 0b111_000_000),
            [$"{Paths.State}/journal"] = Folder($"{Paths.State}/journal", 0b111_000_000),
            ["/srv/acuses"] = Folder("/srv/acuses", 0b010_111_101_000),
        },
        Institute = "difusor-entrega",
        DropAccess = new AgentAccess("difusor-agent", "difusor-agent", null),
        ReceiptsAccess = new AgentAccess("difusor-agent", "difusor-agent", null),
        Time = Times(0, ImmutableList.Create("a.example.mx", "b.example.mx")),
        Syslog = new SyslogFacts(
            "rsyslogd", null, "/var/log/difusor-agent.log", true, ImmutableList.Create("siem.example.mx:6514")),
        Storage = new StorageFacts(
            Room(90L << 30), 1L << 30, new Dictionary<string, string> { ["/var/lib/difusor-agent"] = "ext4" }, []),
        SELinux = Labelled(true),
        Agent = new AgentFacts(true, true, "1.0", "difusor-agent", Told, ModesAreKept: true),
        Addresses = ["8.8.8.8"],
    };

    static AgentStatus Told => Status with
    {
        Syslog = [new SyslogStatus("unix:/dev/log", 0), new SyslogStatus("tls://siem.example.mx", 0)],
        Notify = new NotifyStatus(VirtualHost.Opens.AddDays(-1)),
    };

    static readonly Configured Set = Defaults with
    {
        Settings = Defaults.Settings with
        {
            Paths = Paths with { Receipts = "/srv/acuses" },
            Notify = Defaults.Settings.Notify with { Command = "/bin/true --token x" },
        },
    };

    static SshdSettings Sshd(params string[] lines) =>
        new("difusor-entrega", string.Join('\n', lines.Append("chrootdirectory " + Chroot)), null);

    static TimeFacts Times(
        int silent, Fact<ImmutableList<string>> sources, bool agreed = true, string? zones = "2024a") =>
        new("chrony", true, TimeSpan.FromMilliseconds(20), sources, new NtpPoll(
            [.. Defaults.Settings.Clock.Servers.Select((name, at) => new ServerReply(
                name, name, at < silent ? ReplyKind.Silent : ReplyKind.Answered, 2))], default, default),
            agreed, zones);

    static HostFacts With(string path, FolderFacts? folder) => Good with
    {
        Folders = new Dictionary<string, Fact<FolderFacts>>(Good.Folders) { [path] = folder },
    };

    static HostFacts Lacking(string lacks) => Good with
    {
        DropAccess = new AgentAccess(
            "difusor-agent", "difusor-agent", Drop, new RefusedEntry("0755", "root", "root"), lacks),
    };

    static HostFacts Shut(ClosedCause cause, string? command) =>
        Good with { Closed = new DropClosed(Drop, cause, Drop, "root", "root", "0755", command) };

    static HostFacts Hides(string path) => Good with
    {
        Folders = new Dictionary<string, Fact<FolderFacts>>(Good.Folders) { [path] = new(null, Hidden) },
    };

    static HostFacts Telling(AgentStatus status) => Good with { Agent = Good.Agent with { Status = status } };

    static HostFacts Site(string inHost, string after = "") => Good with { Web = Web(inHost, after, byMap: true) };

    static HostFacts Walled(Firewall wall) => Good with { Firewall = wall };

    static Configured Settings(Func<Settings, Settings> change) => Set with { Settings = change(Set.Settings) };

    static readonly (string Name, HostFacts Host, Configured Configured)[] Others =
    [
        ("Red Hat",
            Good with { System = OsRelease.Read("ID=rhel\nVERSION_ID=\"9.4\"\nPRETTY_NAME=\"RHEL 9.4\"\n") }, Set),
        ("Ubuntu", Good with { System = OsRelease.Read("ID=ubuntu\nVERSION_ID=\"24.04\"\nPRETTY_NAME=U\n") }, Set),
        ("Mint", Good with { System = OsRelease.Read("ID=mint\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=22\n") }, Set),
        ("Arch", Good with { System = OsRelease.Read("ID=arch\nPRETTY_NAME=Arch\n") }, Set),
        ("out of support", Good with { System = OsRelease.Read("ID=ubuntu\nVERSION_ID=\"18.04\"\n") with
            { SupportEnd = new DateOnly(2019, 7, 18) } }, Set),
        ("no Apache", Good with { Web = default(Fact<WebServer>) }, Set),
        ("no Apache on Red Hat", Good with { Web = default(Fact<WebServer>),
            System = OsRelease.Read("ID=rhel\nVERSION_ID=\"9.4\"\n") }, Set),
        ("Apache hidden", Good with { Web = new(null, Hidden) }, Set),
        ("Apache 2.2", Good with { Web = Good.Web.Seen! with { Version = "2.2.34" } }, Set),
        ("Apache stopped", Good with { Web = Good.Web.Seen! with { Running = false } }, Set),
        ("Apache's error", Good with { Web = Good.Web.Seen! with { Problem = "AH00526" } }, Set),
        ("no sshd", Good with { Ssh = default(Fact<SshServer>) }, Set),
        ("sshd hidden", Good with { Ssh = new(null, Hidden) }, Set),
        ("sshd stopped", Good with { Listening = ImmutableHashSet.Create(443) }, Set),
        ("deaf", Good with { Listening = ImmutableHashSet.Create(22) }, Set),
        ("ports hidden", Good with { Listening = new(null, Hidden) }, Set),
        ("no account", Good with { SshForAccount = default(Fact<SshdSettings>) }, Set),
        ("a shell", Good with { SshForAccount = Sshd("forcecommand /bin/sh -c x") }, Set),
        ("sftp-server", Good with { SshForAccount = Sshd("forcecommand /usr/lib/openssh/sftp-server -e") }, Set),
        ("forwarding", Good with { SshForAccount = Sshd(
            "forcecommand internal-sftp", "allowtcpforwarding yes", "x11forwarding yes", "gatewayports no") }, Set),
        ("a password", Good with { SshForAccount = Sshd(
            "forcecommand internal-sftp", "disableforwarding yes", "passwordauthentication yes") }, Set),
        ("a key and a password", Good with { SshForAccount = Sshd("forcecommand internal-sftp",
            "disableforwarding yes", "passwordauthentication yes", "authenticationmethods publickey") }, Set),
        ("no chroot", Good with { SshForAccount = new SshdSettings("difusor-entrega",
            "forcecommand internal-sftp\nchrootdirectory none", null) }, Set),
        ("another chroot", Good with { SshForAccount = new SshdSettings("difusor-entrega",
            "forcecommand internal-sftp\nchrootdirectory /srv/acuses", null) }, Set),
        ("no such chroot", With(Chroot, null), Set),
        ("an open chroot", With(Chroot, Folder(Chroot, 0b111_111_101, "root", "root")), Set),
        ("chroot hidden", Hides(Chroot), Set),
        ("no drop", With(Drop, null), Set), ("drop hidden", Hides(Drop), Set),
        ("root's drop", With(Drop, Folder(Drop, 0b111_111_000, "root", "root")), Set),
        ("an open drop", With(Drop, Folder(Drop, 0b111_111_111, "difusor-entrega")), Set),
        ("a drop refused",
            Good with { DropAccess = new AgentAccess("difusor-agent", "difusor-agent", Drop) }, Set),
        ("nothing to enter", Lacking("x"), Set), ("nothing to read", Lacking("r"), Set),
        ("nothing to write", Lacking("w"), Set), ("only to enter", Lacking("rw"), Set),
        ("only to read", Lacking("wx"), Set), ("nothing at all", Lacking("rwx"), Set),
        ("a closed drop", Shut(ClosedCause.NoWriting, "chown a b"), Set),
        ("a closed way", Shut(ClosedCause.NoEntry, "chmod a+x c"), Set),
        ("a read-only drop", Shut(ClosedCause.ReadOnly, null), Set),
        ("an immutable drop", Shut(ClosedCause.Immutable, "chattr -i d"), Set),
        ("an entry refused",
            Good with { DropAccess = new AgentAccess("difusor-agent", "difusor-agent", Drop + "/x") }, Set),
        ("nobody to open it", Good with { DropAccess = default(Fact<AgentAccess>) }, Set),
        ("modes not kept", Good with { Agent = Good.Agent with { ModesAreKept = false } }, Set),
        ("no acuses", Good, Settings(it => it with { Paths = Paths with { Receipts = null } })),
        ("no such acuses", With("/srv/acuses", null), Set), ("acuses hidden", Hides("/srv/acuses"), Set),
        ("acuses refused", Good with { ReceiptsAccess = new AgentAccess("difusor-agent", "g", "/srv/acuses") }, Set),
        ("open acuses", With("/srv/acuses", Folder("/srv/acuses", 0b010_111_101_101)), Set),
        ("closed acuses", With("/srv/acuses", Folder("/srv/acuses", 0b111_000_000)), Set),
        .. SELinuxCases,
        ("held is open", With($"{Paths.State}/vault", Folder($"{Paths.State}/vault", 0b111_000_100)), Set),
        ("held is missing", With($"{Paths.State}/journal", null), Set),
        ("held is hidden", Hides($"{Paths.State}/staging"), Set),
        ("coverage", Good, Settings(it => it with { Hashes = it.Hashes with { RequireFullCoverage = false } })),
        ("no notices", Good, Settings(it => it with { Notify = it.Notify with { Command = null } })),
        ("notices untried", Telling(Told with { Notify = null }), Set),
        ("notices fail",
            Telling(Told with { Notify = new NotifyStatus(null, VirtualHost.Opens, 3, "no route") }), Set),
        ("agent stopped", Good with { Agent = Good.Agent with { Running = false, Enabled = false } }, Set),
        ("agent of another", Telling(Told with { Election = "otra" }), Set),
        ("boot unseen", Good with { Agent = Good.Agent with { Enabled = null } }, Set),
        ("over", Good with { Now = VirtualHost.Opens.AddDays(40) }, Set),
        ("no time client", Good with { Time = Good.Time with { Client = null, Synchronized = false } }, Set),
        ("time not set", Good with { Time = Good.Time with { Synchronized = false, MaxError = null } }, Set),
        ("servers unasked", Good with { Time = Good.Time with { Answers = null } }, Set),
        ("one server silent", Good with { Time = Times(1, Good.Time.Sources) }, Set),
        ("servers disagree", Good with { Time = Times(0, Good.Time.Sources, agreed: false) }, Set),
        ("all silent", Good with { Time = Times(9, Good.Time.Sources, agreed: false) }, Set),
        ("no sources", Good with { Time = Times(0, default) }, Set),
        ("sources hidden", Good with { Time = Times(0, new(null, Hidden)) }, Set),
        ("no zones", Good with { Time = Times(0, Good.Time.Sources, zones: null) }, Set),
        ("old zones", Good with { Time = Times(0, Good.Time.Sources, zones: "2021a") }, Set),
        ("zones unknown", Good with { Time = Times(0, Good.Time.Sources, zones: "?") }, Set),
        ("syslog deaf", Good with { Syslog = Good.Syslog with { Deaf = "unix:/dev/log" } }, Set),
        ("no syslog", Good with { Syslog = Good.Syslog with { Daemon = null } }, Set),
        ("no file", Good with { Syslog = Good.Syslog with { File = default(Fact<string>) } }, Set),
        ("no journald", Good with { Syslog = Good.Syslog with { Journald = false } }, Set),
        ("nothing forwards", Telling(Told with { Syslog = [new SyslogStatus("unix:/dev/log", 0)] }) with
            { Syslog = Good.Syslog with { Forwards = default(Fact<ImmutableList<string>>) } }, Set),
        ("forwarded by rsyslog", Telling(Told with { Syslog = [new SyslogStatus("udp://127.0.0.1", 0)] }), Set),
        ("a target away", Telling(Told with { Syslog =
            [new SyslogStatus("tls://siem.example.mx", 7, "untrusted", VirtualHost.Opens)] }), Set),
        ("a target behind", Telling(Told with { Syslog = [new SyslogStatus("tcp://siem.example.mx", 7)] }), Set),
        ("little room", Good with { Storage = Good.Storage with { Disks = Room(1 << 20) } }, Set),
        ("tight room", Good with { Storage = Good.Storage with { Disks = Room(5L << 30) } }, Set),
        ("room unseen", Good with { Storage = Good.Storage with { Disks = [] } }, Set),
        ("no files", Good with { Storage = Good.Storage with { Disks = Room(90L << 30, files: 7) } }, Set),
        ("little room for acuses", Good with { Storage = Good.Storage with { Disks =
            [.. Room(90L << 30), new DiskRoom("/srv/difusor/acuses", 1 << 20, 64 << 20)] } }, Set),
        ("read-only", Good with { Storage = Good.Storage with
            { Disks = [Room(90L << 30)[0] with { IsReadOnly = true }] } }, Set),
        ("room unmeasured", Good with { Storage = Good.Storage with { LargestRelease = 0 } }, Set),
        ("NFS", Good with { Storage = Good.Storage with
            { Kinds = new Dictionary<string, string> { ["/srv"] = "nfs4", ["/mnt"] = "fuse.sshfs" } } }, Set),
        ("mounted inside", Good with { Storage = Good.Storage with { MountedInside = ["/var/lib/x"] } }, Set),
        ("no firewall", Walled(new Firewall(null, PortReach.Everyone, PortReach.Everyone)), Set),
        ("firewall hidden", Good with { Firewall = new(null, Hidden) }, Set),
        ("closed", Walled(new Firewall("firewalld", new(Reach.Nobody, []), new(Reach.Nobody, []))), Set),
        ("for some", Walled(new Firewall("nftables", new(Reach.Some, ["10.0.0.1", "10.0.0.2"]), PortReach.Everyone)),
            Set),
        ("unclear", Walled(new Firewall("ufw", new(Reach.Unclear, []), new(Reach.Unclear, []))), Set),
        ("closed by ufw", Walled(new Firewall("ufw", new(Reach.Nobody, []), PortReach.Everyone)), Set),
        ("private", Good with { Addresses = ["10.0.0.1", "fe80::1"] }, Set),
        ("alone", Good with { Addresses = [] }, Set),
        ("certificate over", Good with { Certificate = Good.Certificate.Seen! with
            { Until = VirtualHost.Opens.AddHours(1) } }, Set),
        ("self-signed", Good with { Certificate = Good.Certificate.Seen! with { SelfSigned = true } }, Set),
        ("another name",
            Good with { Certificate = Good.Certificate.Seen! with { Names = ["*.otro.mx", "otro.mx"] } }, Set),
        ("no certificate", Good with { Certificate = default(Fact<SiteCertificate>) }, Set),
        ("old TLS", Site("SSLProtocol all -SSLv3"), Set), ("TLS 1.3 only", Site("SSLProtocol -all +TLSv1.3"), Set),
        ("a login", Site($"<Directory {Paths.State}/public>\nAuthType Basic\n</Directory>"), Set),
        ("granted", Site($"<Directory {Paths.State}/public>\nRequire all granted\n</Directory>"), Set),
        ("some may read", Site($"<Directory {Paths.State}/public>\nRequire ip 192.0.2.0/24\n</Directory>"), Set),
        ("deflate", Site("SetOutputFilter DEFLATE"), Set),
        ("deflate that keeps", Site("SetOutputFilter DEFLATE\nDeflateAlterETag NoChange"), Set),
        ("substitute", Site("AddOutputFilterByType SUBSTITUTE text/html"), Set),
        ("pagespeed", Site("ModPagespeed on"), Set), ("includes", Site("Options +Includes"), Set),
        ("CGI", Site("Options +ExecCGI"), Set), ("charset", Site("AddDefaultCharset iso-8859-1"), Set),
        ("elsewhere", Good with { Web = Good.Web.Seen! with
            { Configuration = ApacheConfiguration.Read("# In file: /etc/x.conf\nServerName x\n") } }, Set),
        ("readers get another", Good with { Readers = Views(ProbeTrouble.Rewritten, ProbeTrouble.Stale) }, Set),
        ("readers get nothing", Good with { Readers = Views(ProbeTrouble.NoAnswer, ProbeTrouble.NoAnswer) }, Set),
        ("nobody read", Good with { Readers = default(Fact<SiteViews>) }, Set),
        ("altered", Telling(Told with { Sentinel = new SentinelStatus("tampered", null, 0) }), Set),
        ("registered", Good, Set with
            { Profile = Set.Profile with { Registration = new(new DateOnly(2021, 6, 1), "Anexo 1", "Anexo 2") } }),
        ("no contact", Good, Set with { Profile = Set.Profile with { Contact = null, Registration = null } }),
    ];

    [Fact]
    public void EachRowSaysWhatTheTableHas()
    {
        var good = Rows(Good, Set);
        var text = new StringBuilder("# all is right\n").AppendJoin("", good);
        foreach (var (name, host, configured) in Others)
            text.Append($"# {name}\n").AppendJoin("", Rows(host, configured).Except(good));
        Golden.Holds("check.txt", text.ToString());
    }

    [Fact]
    public void TheReportIsAsItWasReadLast()
    {
        var report = ConformityReport.Of(Good with { Listening = ImmutableHashSet.Create(22) }, Set, "1.0", true);
        foreach (var language in Enum.GetValues<Language>())
        {
            Golden.Holds($"check-{language}.json", report.ToJson(language).ToString().ReplaceLineEndings("\n") + "\n");
            Golden.Holds($"check-{language}.html", ConformityPage.Write(report with { AsRoot = false }, language));
        }
    }

    static List<string> Rows(HostFacts host, Configured configured) =>
    [
        .. Convocatoria.Rows(host, configured).Select(row =>
            $"{row.Id} {row.Clause} {row.Standing.Word()}: {row.Looked.In(Language.Es)}: {row.Found.In(Language.Es)}"
            + $" | {row.Mend?.In(Language.Es)} | {row.Command}\n"),
    ];
}
