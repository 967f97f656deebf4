using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Conformity;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Tests.Gate;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>
/// Rules of <c>check</c> on facts that are made up: they need neither root nor Apache, as a prepared host does.
/// </summary>
public sealed class ConformityRulesTests
{
    const string Chroot = "/srv/difusor";
    internal static readonly Configured Defaults =
        new("agent.yaml", new Settings { Election = "ieem-2021" }, VirtualHost.Profile);

    /// <summary>A host of which nothing is known.</summary>
    internal static readonly HostFacts Nothing = new()
    {
        Now = VirtualHost.Opens.AddDays(-1),
        System = OsRelease.Read("ID=debian\n"),
        Hardware = new HardwareFacts("", 1, 0, 0),
        Web = default,
        Readers = default,
        Certificate = default,
        Ssh = default,
        SshForAccount = default,
        Listening = default,
        Firewall = default,
        Folders = new Dictionary<string, Fact<FolderFacts>>(),
        DropAccess = default,
        ReceiptsAccess = default,
        Time = new TimeFacts(null, false, null, default, null, false, null),
        Syslog = new SyslogFacts(null, null, default, null, default),
        Storage = new StorageFacts([], 0, new Dictionary<string, string>(), []),
        SELinux = default,
        Agent = new AgentFacts(false, null, "", null),
        Addresses = [],
    };

    /// <summary>An election that is left at the last one opens the gate at once.</summary>
    [Theory]
    [InlineData(-1, Standing.Pass), InlineData(1, Standing.Pass), InlineData(3, Standing.Fail)]
    public void AnElectionThatIsOverFailsAndItsKeyIsNamed(int days, Standing expected)
    {
        var rows = PublicationRules.Rows(Nothing with { Now = VirtualHost.Opens.AddDays(days) }, Defaults).ToList();
        Expect(expected, "opening", rows);
        if (expected == Standing.Fail)
            Assert.Contains(
                "election:", rows.Single(row => row.Id == "opening").Mend!.In(Language.Es), StringComparison.Ordinal);
    }

    /// <summary>A stopped agent heals nothing and reads nothing back, whatever its configuration says.</summary>
    [Theory]
    [InlineData("heal"), InlineData("probes"), InlineData("troubles")]
    public void WhatOnlyARunningAgentCanTellIsNotPassedWithoutOne(string id)
    {
        var probed = Defaults with { Settings = Defaults.Settings with { Sentinel = Probed } };
        Expect(Standing.ByHand, id, LiveRules.Rows(Nothing, probed));
        Expect(Standing.Pass, id, LiveRules.Rows(With(Status), probed));
    }

    /// <summary>No trouble is no proof while no probe has had an answer.</summary>
    [Fact]
    public void WhatAProbeHasNotReadYetIsNotPassed()
    {
        var probed = Defaults with { Settings = Defaults.Settings with { Sentinel = Probed } };
        var unread = Status with { Sentinel = Status.Sentinel with { ProbesGood = 0 } };
        Expect(Standing.ByHand, "probes", LiveRules.Rows(With(unread), probed));
    }

    [Theory]
    [InlineData("PROBE_MISMATCH", "probes", Standing.Fail), InlineData("PROBE_STALE", "probes", Standing.Warn)]
    [InlineData("STORAGE_FAILED", "troubles", Standing.Fail), InlineData("CORTE_OVERDUE", "troubles", Standing.Warn)]
    [InlineData("STORAGE_FAILED", "probes", Standing.Pass)]
    public void AnOpenTroubleIsToldInWords(string code, string id, Standing expected)
    {
        var probed = Defaults with { Settings = Defaults.Settings with { Sentinel = Probed } };
        var entry = TroubleCatalogue.All.Single(row => row.Begins.Contains(EventCatalogue.Named(code)!.Code));
        var fields = new JsonObject { ["error"] = "EIO" };
        var open = new TroubleStatus(code, entry.Name, VirtualHost.Opens, "x", "df -h", fields);
        var rows = LiveRules.Rows(With(Status with { Troubles = [open] }), probed).ToList();
        Expect(expected, id, rows);
        if (expected == Standing.Pass) return;
        var found = rows.Single(row => row.Id == id).Found;
        Assert.Contains(entry.Told(Language.Es, fields), found.In(Language.Es), StringComparison.Ordinal);
        Assert.Contains(entry.Told(Language.En, fields), found.In(Language.En), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("healing"), InlineData("tampered")]
    public void NothingIsHealedWhileItIsAltered(string state) => Expect(
        Standing.Fail, "heal",
        LiveRules.Rows(With(Status with { Sentinel = new SentinelStatus(state, null, 0) }), Defaults));

    /// <summary>
    /// 2 GiB stay free; 8 releases are kept and one arrives, each of 1 GiB and twice; the quarantine may take 2 GiB.
    /// </summary>
    [Theory]
    [InlineData(22, Standing.Pass), InlineData(21, Standing.Warn), InlineData(13, Standing.Warn),
        InlineData(1, Standing.Fail)]
    public void TheDiskHoldsEachKeptReleaseTwiceAndTheQuarantine(long gibibytes, Standing expected)
    {
        var state = new DiskRoom(Defaults.Settings.Paths.State, gibibytes << 30, 2L << 30);
        var storage = Nothing.Storage with { Disks = [state], LargestRelease = 1L << 30 };
        Expect(expected, "disk-space", StorageRules.Rows(Nothing with { Storage = storage }, Defaults));
    }

    [Theory]
    [InlineData(0b111_101_101u, Standing.Pass), InlineData(0b111_111_101u, Standing.Fail),
        InlineData(0b111_101_111u, Standing.Fail)]
    public void SshdLetsNobodyIntoAChrootThatAnotherThanRootWrites(uint mode, Standing expected) => Expect(
        expected, "ssh-chroot", SshRules.Rows(
            Nothing with
            {
                SshForAccount = new SshdSettings(
                    "difusor-entrega", $"chrootdirectory {Chroot}\nforcecommand internal-sftp", null),
                Folders = new Dictionary<string, Fact<FolderFacts>>
                {
                    [Chroot] = new FolderFacts(Chroot, mode, "root", "root", 0, true),
                },
            },
            Defaults));

    [Theory]
    [InlineData(0, Standing.Pass), InlineData(1, Standing.Warn), InlineData(2, Standing.Warn)]
    public void AnNtpServerThatIsSilentIsToldThoughTheOthersAgree(int silent, Standing expected)
    {
        ImmutableArray<ServerReply> replies = [.. Defaults.Settings.Clock.Servers.Select((name, at) =>
            new ServerReply(name, name, at < silent ? ReplyKind.Silent : ReplyKind.Answered))];
        var time = new TimeFacts(
            "chrony", true, null, default, new NtpPoll(replies, default, default), Agreed: true, "2024a");
        Expect(expected, "ntp-servers", TimeRules.Rows(Nothing with { Time = time }, Defaults));
    }

    /// <summary>Apache merges by depth, not by the order of the text (docs/2.4/sections.html).</summary>
    [Theory]
    [InlineData("/", Standing.Pass), InlineData("/var/lib/difusor-agent/public/current", Standing.Fail)]
    public void AFolderThatComesLaterInTheTextOverrulesTheSitesOnlyIfItIsDeeper(string folder, Standing expected) =>
        Expect(expected, "allow-override", OfSite("", $"<Directory {folder}>\nAllowOverride All\n</Directory>"));

    /// <summary>The agent's own site was right all the time, and readers got Apache's default page.</summary>
    [Theory]
    [InlineData(null, Standing.Pass), InlineData(ProbeTrouble.Certificate, Standing.Pass),
        InlineData(ProbeTrouble.NoAnswer, Standing.Fail), InlineData(ProbeTrouble.Rewritten, Standing.Fail),
        InlineData(ProbeTrouble.Stale, Standing.Fail), InlineData(ProbeTrouble.Redirect, Standing.Fail)]
    public void TheSiteIsRightOnlyIfAReaderGetsWhatIsPublished(ProbeTrouble? trouble, Standing expected) => Expect(
        expected, "site-root", OfSite("", "", Views(trouble, ProbeTrouble.NoAnswer), byMap: true));

    [Theory]
    [InlineData(null, Standing.Pass), InlineData(ProbeTrouble.NoAnswer, Standing.ByHand),
        InlineData(ProbeTrouble.Stale, Standing.Warn), InlineData(ProbeTrouble.Login, Standing.Fail)]
    public void ThePublicNameIsJudgedByWhatItShows(ProbeTrouble? trouble, Standing expected) =>
        Expect(expected, "site-public", OfSite("", "", Views(null, trouble)));

    /// <summary>The cause is Apache here, and not the DNS or a CDN.</summary>
    [Theory]
    [InlineData(ProbeTrouble.Rewritten, "check.served-here-too"), InlineData(null, "check.served-name-mend")]
    public void ANameThatShowsTheSameWrongPageAsThisHostSendsNobodyToTheDns(ProbeTrouble? here, string mend) =>
        Assert.Equal(
            mend, OfSite("", "", Views(here, ProbeTrouble.Rewritten)).Single(row => row.Id == "site-public").Mend!.Key);

    [Fact]
    public void WhatNobodyHasReadIsNotSaidToBeRight()
    {
        var rows = OfSite("", "", readers: default(Fact<SiteViews>), byMap: true).ToList();
        Expect(Standing.ByHand, "site-root", rows);
        Expect(Standing.ByHand, "site-public", rows);
    }

    [Theory]
    [InlineData("*:443", "ServerName PREP.example.mx", true), InlineData("*:443", "ServerAlias *.example.mx", true)]
    [InlineData("192.0.2.1:443", "ServerName other.mx", true), InlineData("*:443", "ServerName other.mx", false)]
    [InlineData("*:80", "ServerName prep.example.mx", false)]
    public void TheSiteThatTakesTheNameIsNamed(string address, string line, bool named)
    {
        var other = $"<VirtualHost {address}>\n{line}\nDocumentRoot /var/www/html\n</VirtualHost>";
        var row = OfSite("", other, Views(ProbeTrouble.Rewritten, null), byMap: true)
            .Single(row => row.Id == "site-root");
        Assert.Equal(named ? "check.served-rival" : "check.served-mend", row.Mend!.Key);
        Assert.Contains("index.html", row.Found.In(Language.Es), StringComparison.Ordinal);
    }

    [Fact]
    public void EachThingThatAReaderMayGetHasWords() => Assert.All(
        Enum.GetValues<ProbeTrouble>(), trouble =>
        Assert.True(Messages.Has($"check.served-{KebabCase.Of(trouble.ToString())}"), trouble.ToString()));

    /// <summary>A certificate that was renewed on disk is not the one that readers get until Apache reads it.</summary>
    [Theory]
    [InlineData(300, Standing.Pass), InlineData(10, Standing.Fail), InlineData(null, Standing.Pass)]
    public void TheCertificateThatReadersGetIsTheOneInTheFile(int? days, Standing expected)
    {
        var until = VirtualHost.Opens.AddDays(300);
        var views = Views(null, null).Seen!;
        var host = Nothing with
        {
            Web = Web("", "", byMap: true), Listening = ImmutableHashSet.Create(443),
            Certificate = new SiteCertificate(
                ["prep.example.mx"], VirtualHost.Opens.AddDays(-9), until, false, "/etc/ssl/prep.pem"),
            Readers = views with
            {
                ByLoopback = views.ByLoopback with
                {
                    CertificateUntil = days is { } left ? VirtualHost.Opens.AddDays(left) : null,
                },
            },
        };
        Expect(expected, "certificate-dates", SiteRules.Rows(host, Defaults));
    }

    [Theory]
    [InlineData("", Standing.Pass), InlineData("ScriptAlias /cgi-bin/ /usr/lib/cgi-bin/", Standing.Pass),
        InlineData("ScriptAlias / /usr/lib/cgi-bin/", Standing.Fail)]
    public void ASiteOfWhichEveryPageWouldBeRunIsFound(string line, Standing expected) =>
        Expect(expected, "cgi", OfSite(line, ""));

    [Theory]
    [InlineData("100.63.255.255", true), InlineData("100.64.0.1", false), InlineData("100.127.255.255", false),
        InlineData("100.128.0.1", true)]
    [InlineData("10.0.0.1", false), InlineData("172.15.0.1", true), InlineData("172.16.0.1", false),
        InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false), InlineData("169.254.1.1", false), InlineData("198.18.0.1", false),
        InlineData("198.20.0.1", true)]
    [InlineData("203.0.113.1", false), InlineData("8.8.8.8", true), InlineData("2001:db8::1", true),
        InlineData("fe80::1", false), InlineData("x", false)]
    public void AnAddressThatOthersReachIsNeitherPrivateNorSharedNorForDocumentation(string address, bool expected) =>
        Assert.Equal(expected, NetworkRules.IsPublic(address));

    static readonly SentinelSettings Probed = new()
    {
        Probes = [new UrlEvery(new Uri("https://localhost/"), TimeSpan.FromMinutes(1))],
    };

    internal static readonly AgentStatus Status = new()
    {
        Version = "1.0", Pid = 14, WrittenAt = VirtualHost.Opens, Election = "ieem-2021",
        Gate = new GateStatus("open", null, VirtualHost.Opens), Clock = new ClockStatus(true, null, null, 0),
        Sentinel = new SentinelStatus("intact", null, 0) { Probes = 1, ProbesGood = 1 },
        Journal = new JournalStatus(1, "00"),
    };

    static HostFacts With(AgentStatus status) =>
        Nothing with { Agent = new AgentFacts(true, true, "1.0", "difusor-agent", status) };

    /// <summary>A site that serves the releases, as Apache prints its configuration in force.</summary>
    static IEnumerable<ConformityRow> OfSite(
        string inHost, string after, Fact<SiteViews>? readers = null, bool byMap = false) => ContentRules.Rows(
            Nothing with { Web = Web(inHost, after, byMap), Readers = readers ?? Views(null, null) }, Defaults);

    internal static WebServer Web(string inHost, string after, bool byMap)
    {
        var folder = $"{Defaults.Settings.Paths.State}/public";
        var root = byMap
            ? $"""
            DocumentRoot {folder}/notice
            RewriteEngine On
            RewriteMap release "txt:{folder}/current.map"
            RewriteRule "^/(.*)$" "{folder}/releases/%1/$1" [L]
            """
            : $"DocumentRoot {folder}/current";
        var configuration = ApacheConfiguration.Read($"""
            # In file: /etc/apache2/sites-enabled/prep.conf
            <VirtualHost *:443>
            ServerName prep.example.mx
            SSLEngine on
            {root}
            <Directory {folder}>
            AllowOverride None
            </Directory>
            {inHost}
            </VirtualHost>
            {after}
            """);
        return new WebServer("2.4.58", true, configuration, null);
    }

    internal static Fact<SiteViews> Views(ProbeTrouble? byLoopback, ProbeTrouble? byName) =>
        new SiteViews(View("https://prep.example.mx@127.0.0.1/", byLoopback), View("https://prep.example.mx/", byName));

    static ReaderView View(string url, ProbeTrouble? trouble) => new(
        url, 2, trouble is { } kind
            ? new ProbeFinding(kind, EventCode.ProbeMismatch, "index.html", null, null, 200, null, "") : null);

    static void Expect(Standing expected, string id, IEnumerable<ConformityRow> rows)
    {
        var row = Assert.Single(rows, row => row.Id == id);
        Assert.True(row.Standing == expected, $"{id}: {row.Found.In(Language.En)}");
    }
}
