using Difusor.Agent.Configuration;
using Difusor.Agent.Conformity;
using Difusor.Agent.Journal;
using Difusor.Agent.Publication;
using Difusor.Agent.Texts;
using static Difusor.Agent.Tests.Conformity.ConformityRulesTests;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>What the rules of <c>check</c> read of other programs' words, and what they name.</summary>
public sealed class RuleTableTests
{
    static ConformityRow Time(TimeFacts facts, string id) =>
        TimeRules.Rows(Nothing with { Time = facts }, Defaults).Single(row => row.Id == id);

    static TimeFacts Facts(string client, bool synchronized, params string[] sources) =>
        new(client, synchronized, null, ImmutableList.Create(sources), null, false, "2024a");

    [Theory]
    [InlineData("chrony", "chronyc sources"), InlineData("ntpd", "ntpq -pn")]
    [InlineData("systemd-timesyncd", "timedatectl timesync-status")]
    public void AClientOfNtpIsNamedWithTheCommandThatShowsIt(string client, string command)
    {
        Assert.Equal(command, Time(Facts(client, false), "ntp-sync").Command);
        Assert.Contains(client, Time(Facts(client, true), "ntp-sync").Found.In(Language.En), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pool.ntp.org", true), InlineData("POOL.ntp.org", true), InlineData("2.MX.Pool.NTP.org", true)]
    [InlineData("notpool.ntp.org", false), InlineData("pool.ntp.org.example", false), InlineData("time.example", false)]
    public void OnlyThePoolIsThePool(string name, bool isPool) => Assert.Equal(
        isPool ? Standing.Pass : Standing.Warn, Time(Facts("chrony", true, "a.example", name), "ntp-pool").Standing);

    [Fact]
    public void EachKindOfFileSystemIsNamedOnce()
    {
        var kinds = new Dictionary<string, string> { ["/a"] = "ext4", ["/b"] = "xfs", ["/c"] = "ext4" };
        var row = StorageRules.Rows(Nothing with { Storage = new StorageFacts([], 0, kinds, []) }, Defaults)
            .Single(row => row.Id == "local-files");
        Assert.Contains("ext4, xfs", row.Found.In(Language.En), StringComparison.Ordinal);
    }

    static readonly DiskRoom Roomy = new(Defaults.Settings.Paths.State, 1L << 40, 1 << 30, 1000);

    static ConformityRow Space(params DiskRoom[] disks) => StorageRules.Rows(
        Nothing with { Storage = new StorageFacts(disks, 0, new Dictionary<string, string>(), []) }, Defaults)
        .Single(row => row.Id == "disk-space");

    /// <summary>What the running agent tells of a disk, check tells too: of each disk, and by the same rule.</summary>
    [Theory]
    [InlineData("df -h"), InlineData("df -i"), InlineData("findmnt -T")]
    public void ADiskThatTheAgentTellsOfFailsWhicheverItIs(string command)
    {
        foreach (var path in new[] { Roomy.Path, "/srv/difusor/acuses" })
        {
            var good = Roomy with { Path = path };
            var bad = command switch
            {
                "df -h" => good with { Free = good.Least - 1 },
                "df -i" => good with { FreeFiles = 999 },
                _ => good with { IsReadOnly = true },
            };
            Assert.True(bad.IsLow || bad.IsReadOnly);
            Assert.Equal(Standing.Pass, Space(Roomy, good).Standing);
            var row = path == Roomy.Path ? Space(bad) : Space(Roomy, bad);
            Assert.Equal((Standing.Fail, $"{command} {path}"), (row.Standing, row.Command));
        }
    }

    [Fact]
    public void ASmallDiskIsNotFullBecauseItIsSmall()
    {
        Assert.Equal(1 << 20, DiskRoom.LeastElsewhere(20 << 20));
        Assert.Equal(64 << 20, DiskRoom.LeastElsewhere(long.MaxValue));
    }

    [Fact]
    public void TheDayOfTheRegistrationIsSaid()
    {
        var profile = Defaults.Profile with { Registration = new Registration(new DateOnly(2021, 6, 1), "F", "C") };
        var row = PaperRules.Rows(Defaults with { Profile = profile }).Single(row => row.Id == "notice-to-institute");
        Assert.Contains("2021-06-01", row.Mend!.In(Language.Es), StringComparison.Ordinal);
    }

    [Fact]
    public void AQuoteInAQuotedWordOfApacheIsAPartOfIt()
    {
        var read = ApacheConfiguration.Read(
            """
            # In file: /etc/x.conf
            ServerName "a \"b\" \\c" 'd\'e' f\"g "open
            """);
        Assert.Equal(
            ["a \"b\" \\c", "d'e", "f\\\"g", "open"], Assert.Single(read.Directives).Arguments.AsEnumerable());
    }

    [Fact]
    public void WhoIsNotRootIsToldOnThePage()
    {
        foreach (var asRoot in new[] { true, false })
        {
            var report = new ConformityReport([], Nothing, Defaults, "1.0", asRoot);
            var page = ConformityPage.Write(report, Language.Es);
            Assert.Equal(
                !asRoot, page.Contains(
                    HtmlReport.Encoded(Messages.Say(Language.Es, "check.not-root")), StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(0, 1), InlineData(1, 0)]
    public void AFileOfEightMebibytesIsAskedForAndALargerOneIsNot(long more, int asked) =>
        Assert.Equal(asked, ReaderSample.Of([new ReleaseFile(
            RelativePath.Own("a.zip"), (8 << 20) + more, new Digest(DigestAlgorithm.Sha256, new byte[32]), 0)]).Count);

    /// <summary>A chain is its table's own, whatever other tables call theirs.</summary>
    [Theory]
    [InlineData("inet", "filter", "Everyone"), InlineData("inet", "nat", "Nobody")]
    [InlineData("ip", "filter", "Nobody")]
    public void AJumpStaysInItsTable(string family, string table, string web)
    {
        foreach (var way in new[] { "jump", "goto" })
        {
            var ruleset = NftRuleset.Read($$$"""
                {"nftables": [
                  {"chain": {"family": "inet", "table": "filter", "name": "input", "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}},
                  {"chain": {"family": "{{{family}}}", "table": "{{{table}}}", "name": "web"}},
                  {"rule": {"family": "inet", "table": "filter", "chain": "input", "expr": [{"{{{way}}}": {"target": "web"}}]}},
                  {"rule": {"family": "{{{family}}}", "table": "{{{table}}}", "chain": "web", "expr": [{"accept": null}]}}]}
                """);
            Assert.Equal((way, web), (way, $"{ruleset.Of(443).Reach}"));
        }
    }
}
