using Difusor.Agent.Setup;
using static Difusor.Agent.Tests.Setup.SetupScene;

namespace Difusor.Agent.Tests.Setup;

public class SetupPlanTests
{
    [Theory, InlineData(true), InlineData(false)]
    public void ASecondRunChangesNothing(bool debian)
    {
        var host = Host(debian) with { Firewalld = "public (active)\n  services: ssh" };
        var plan = SetupPlan.Of(Wish, First, host);
        Assert.NotEmpty(plan);
        Assert.Empty(SetupPlan.Of(Wish, First, After(host, First, plan)));
    }

    /// <summary><c>check</c> says <c>setup --dry-run</c>, which then asked for the site.</summary>
    [Theory, InlineData("agent"), InlineData("ine")]
    public void ALaterSetupTakesSiteAndAddressesFromTheOneBefore(string name)
    {
        var instance = new SetupInstance(name);
        var wish = Wish with { Election = "ieem-2024", Addresses = ["203.0.113.7", "2001:db8::/48"] };
        var host = Fresh();
        Assert.Equal((null, 0), Before(host));
        var done = After(host, instance, SetupPlan.Of(wish, instance, host));
        var former = FormerSetup.Of(instance, done.Files);
        Assert.Equal(wish.Site, former.Site);
        Assert.Equal(wish.Addresses, former.Addresses);
        var again = new SetupWish(former.Site!, former.Addresses, null, false, null, null, null);
        Assert.Null(SetupPlan.Problem(again, instance, done));
        Assert.Empty(SetupPlan.Of(again, instance, done));
        Assert.Equal((null, 0), Before(After(done, instance, UndoPlan.Of(instance, done))));

        (string?, int) Before(HostFacts host) =>
            FormerSetup.Of(instance, host.Files) is var none ? (none.Site, none.Addresses.Count) : default;
    }

    [Theory, InlineData(true), InlineData(false)]
    public void UndoGivesTheHostBackAsItWas(bool debian)
    {
        var host = Host(debian) with { Firewalld = "public (active)\n  services: ssh" };
        var done = After(host, First, SetupPlan.Of(Wish, First, host));
        var undone = After(done, First, UndoPlan.Of(First, done));
        Assert.Equal(host.Files.OrderBy(file => file.Key), undone.Files.OrderBy(file => file.Key));
        Assert.Equal(host.Enabled, undone.Enabled);
        Assert.Equal(host.Firewalld, undone.Firewalld);
        Assert.Empty(UndoPlan.Of(First, undone));
    }

    [Fact]
    public void WhereNoSshdHasRunSinceTheHostWasStartedItsChangesAreProvedAllTheSame()
    {
        var host = Host() with { SshdFolderMissing = true };
        var plan = SetupPlan.Of(Wish, First, host);
        Assert.Contains("install -d -m 0755 /run/sshd", Commands(plan));
        var done = After(host, First, plan);
        Assert.Empty(SetupPlan.Of(Wish, First, done));
        Assert.Contains("install -d -m 0755 /run/sshd", Commands(UndoPlan.Of(First, done)));
    }

    [Fact]
    public void AModuleThatWasEnabledBeforeStaysEnabledAfterUndo()
    {
        var host = Host() with { Enabled = ["ssl", "rewrite"] };
        var done = After(host, First, SetupPlan.Of(Wish, First, host));
        Assert.Equal(
            ["headers", "mime", "rewrite", "setenvif", "site:difusor-agent", "socache_shmcb", "ssl"],
            done.Enabled.Order());
        Assert.Equal(["rewrite", "ssl"], After(done, First, UndoPlan.Of(First, done)).Enabled.Order());
    }

    [Theory, InlineData(true), InlineData(false)]
    public void ApacheStartsWithTheHostAfterUndoOnlyWhereItDidBefore(bool before)
    {
        var host = Host(debian: false) with { ApacheStarts = before };
        var done = After(host, First, SetupPlan.Of(Wish, First, host));
        Assert.True(done.ApacheStarts);
        Assert.Equal(before, After(done, First, UndoPlan.Of(First, done)).ApacheStarts);
    }

    [Fact]
    public void ModulesThatAnotherSiteNeedsAreTakenBackWhenThatIsGone()
    {
        var done = After(Host(), First, SetupPlan.Of(Wish, First, Host())) is var host
            ? host with { Enabled = host.Enabled.Add("site:difusor-agent-ine") } : null!;
        var undone = After(done, First, UndoPlan.Of(First, done));
        Assert.Contains("ssl", undone.Enabled);
        Assert.DoesNotContain("site:difusor-agent", undone.Enabled);
        var alone = undone with { Enabled = undone.Enabled.Remove("site:difusor-agent-ine") };
        Assert.Empty(After(alone, First, UndoPlan.Of(First, alone)).Enabled);
    }

    [Fact]
    public void APublishedSiteOutlivesUndo()
    {
        var done = After(Host(), First, SetupPlan.Of(Wish, First, Host())) with { Published = true };
        var undone = After(done, First, UndoPlan.Of(First, done));
        Assert.Contains("site:difusor-agent", undone.Enabled);
        Assert.Contains(First.ApacheNames, undone.Files.Keys);
        Assert.DoesNotContain(First.SshDropIn, undone.Files.Keys);
        var withdrawn = undone with { Published = false };
        Assert.Equal(
            Host().Files.Keys.Order(), After(withdrawn, First, UndoPlan.Of(First, withdrawn)).Files.Keys.Order());
    }

    [Fact]
    public void OnlyTheInstitutesAccountIsNarrowedToItsAddress()
    {
        var text = FileOf(
            SetupPlan.Of(Wish with { Addresses = ["203.0.113.7", "2001:db8::/48"] }, First, Host()), First.SshDropIn);
        var lines = text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToList();
        Assert.Equal("Match User difusor-entrega", lines[0]);
        Assert.All(lines.Skip(1), line => Assert.StartsWith("    ", line, StringComparison.Ordinal));
        Assert.Contains("    AllowUsers difusor-entrega@203.0.113.7 difusor-entrega@2001:db8::/48", lines);
    }

    [Fact]
    public void AnInstituteThatDoesNotPushHasNoWayIn()
    {
        var wish = Wish with { Addresses = [], Keys = null, NoPush = true };
        Assert.Null(SetupPlan.Problem(wish, First, Host()));
        var host = Host() with { Firewalld = "public (active)\n  services: ssh" };
        var plan = SetupPlan.Of(wish, First, host);
        Assert.DoesNotContain(plan, stage => stage.Name is "ssh" or "account");
        Assert.Equal(["firewall"], plan.Where(stage => stage.Changes.OfType<CommandChange>().Any(
            change => change.Run[0] == "firewall-cmd")).Select(stage => stage.Name));
        Assert.DoesNotContain(Commands(plan), command => command.Contains("rich-rule", StringComparison.Ordinal));
        Assert.Empty(SetupPlan.Of(wish, First, After(host, First, plan)));
    }

    [Fact]
    public void AnInstituteThatNoLongerPushesLosesItsWayIn()
    {
        var done = After(Host(), First, SetupPlan.Of(Wish, First, Host()));
        var plan = SetupPlan.Of(Wish with { Addresses = [], Keys = null, NoPush = true }, First, done);
        var ssh = plan.Single(stage => stage.Name == "ssh");
        Assert.Equal("sshd -t", string.Join(' ', Assert.Single(ssh.Proofs).Run));
        Assert.DoesNotContain(First.SshDropIn, After(done, First, plan).Files.Keys);
    }

    [Fact]
    public void SshdAndApacheAreProvenBeforeTheyAreReloaded()
    {
        var plan = SetupPlan.Of(Wish, First, Host());
        Assert.Equal("sshd -t", string.Join(' ', plan.Single(stage => stage.Name == "ssh").Proofs[0].Run));
        Assert.Equal("chrootdirectory /srv/difusor", plan.Single(stage => stage.Name == "ssh").Proofs[1].Says);
        Assert.Equal(
            "apachectl configtest", string.Join(' ', plan.Single(stage => stage.Name == "apache").Proofs.Single().Run));
    }

    [Fact]
    public void NothingOutsideItsOwnFilesIsWritten()
    {
        foreach (var instance in new[] { First, Second })
        {
            var plan = SetupPlan.Of(
                Wish with { Election = "ieem-2024" }, instance,
                instance.IsFirst ? Host() : Host() with { AccountExists = false, AgentRuns = false, Settings = null });
            Assert.All(
                plan.SelectMany(stage => stage.Changes).OfType<FileChange>(), change =>
                Assert.Contains(change.Path, instance.Files(debian: true)));
            Assert.All(
                instance.Files(debian: true), path =>
                Assert.True(
                path.StartsWith("/etc/difusor-agent/", StringComparison.Ordinal)
                || path.Contains("difusor-agent-", StringComparison.Ordinal), path));
        }
    }

    [Fact]
    public void WhatTheSysadminHasChosenInTheConfigurationStays()
    {
        var own =
            "election: ieem-2021\nsyslog: {target: \"tcp://siem:601\", facility: local3}\nsentinel: {probes: [{url: "
            + "\"https://mine/\", every: 1m}]}\n";
        Assert.DoesNotContain(
            SetupPlan.Of(Wish, First, Host(config: own)), stage =>
            stage.Changes.OfType<FileChange>().Any(change => change.Path == First.Config));
    }

    [Fact]
    public void AnotherSitesNameReplacesItsOwnProbe()
    {
        var done = After(Host(), First, SetupPlan.Of(Wish, First, Host()));
        var moved = After(done, First, SetupPlan.Of(Wish with { Site = "prep2.ejemplo.mx" }, First, done));
        Assert.Equal(
            "https://prep2.ejemplo.mx@127.0.0.1/", Assert.Single(moved.Settings!.Sentinel.Probes).Url.OriginalString);
        Assert.Equal(["unix:/dev/log", "unix:/var/lib/difusor-syslog/dev/log"], moved.Settings.Syslog.All);
    }

    [Fact]
    public void ASecondInstanceHasItsOwnAccountFoldersSiteAndSocket()
    {
        var host = Host() with { AccountExists = false, AgentRuns = false, Settings = null, Places = null };
        var plan = SetupPlan.Of(Wish with { Election = "ieem-2024" }, Second, host);
        Assert.Null(SetupPlan.Problem(Wish with { Election = "ieem-2024" }, Second, host));
        Assert.Contains("u difusor-ine -", FileOf(plan, Second.Sysusers), StringComparison.Ordinal);
        Assert.Contains(
            "Define DIFUSOR_PUBLIC /var/lib/difusor-agent-ine/public", FileOf(plan, Second.ApacheNames),
            StringComparison.Ordinal);
        Assert.Contains("Match User difusor-ine", FileOf(plan, Second.SshDropIn), StringComparison.Ordinal);
        Assert.Contains(
            "/var/lib/difusor-syslog-ine/dev/log", FileOf(plan, Second.RsyslogDropIn), StringComparison.Ordinal);
        var read = WithConfig(host, Second, FileOf(plan, Second.Config)).Settings!;
        Assert.Equal(
            ("ieem-2024", "/srv/difusor/ine/entrega", "/run/difusor-agent-ine"),
            (read.Election, read.Paths.Drop, read.Paths.Run));
    }

    [Theory]
    [InlineData("prep.ejemplo.mx\nDefine X", "bad-site"), InlineData("PREP.mx", "bad-site"),
        InlineData("203.0.113.9", "bad-site"), InlineData("", "bad-site")]
    public void ASiteThatApacheWouldReadAsMoreIsRefused(string site, string problem) =>
        Assert.Equal("setup." + problem, SetupPlan.Problem(Wish with { Site = site }, First, Host())!.Key);

    [Theory]
    [InlineData("*"), InlineData("203.0.113.7 *"), InlineData("fe80::1%eth0"), InlineData("ieem.org.mx"),
        InlineData("203.0.113.0/33")]
    public void AnAddressThatSshdWouldReadAsMoreIsRefused(string address) =>
        Assert.Equal("setup.bad-address", SetupPlan.Problem(Wish with { Addresses = [address] }, First, Host())!.Key);

    [Theory]
    [InlineData("command=\"/bin/sh\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8m0Jp8m6z1ZkGzNn1z00"),
        InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nabc"), InlineData(""), InlineData("# nothing")]
    public void AKeyFileThatHoldsMoreThanPublicKeysIsRefused(string keys) =>
        Assert.Equal("setup.bad-key", SetupPlan.Problem(Wish with { Keys = keys }, First, Host())!.Key);

    [Fact]
    public void WhatIsMissingOnTheHostIsNamed()
    {
        string? Of(SetupWish wish, HostFacts host, SetupInstance? instance = null) =>
            SetupPlan.Problem(wish, instance ?? First, host)?.Key;
        Assert.Null(Of(Wish, Host()));
        Assert.Equal("setup.no-address", Of(Wish with { Addresses = [] }, Host()));
        Assert.Equal("setup.push-or-not", Of(Wish with { NoPush = true }, Host()));
        Assert.Equal("setup.push-or-not", Of(Wish with { Addresses = [], NoPush = true }, Host()));
        Assert.Equal("setup.no-credential", Of(Wish with { Keys = null }, Host()));
        Assert.Equal("setup.no-certificate", Of(Wish with { Certificate = null, Key = null }, Host()));
        Assert.Equal("setup.certificate-and-key", Of(Wish with { Key = null }, Host()));
        Assert.Equal("setup.no-file", Of(Wish with { Key = "/etc/ssl/other.key" }, Host()));
        Assert.Equal("setup.bad-path", Of(Wish with { Key = "/etc/ssl/a b" }, Host()));
        Assert.Equal("setup.no-apache", Of(Wish, Host() with { ApacheInstalled = false }));
        Assert.Equal("setup.no-account", Of(Wish, Host() with { AccountExists = false }));
        Assert.Equal("setup.bad-config", Of(Wish, Host(config: "election: [\n")));
        Assert.Equal("setup.no-election", Of(Wish, Host() with { Settings = null }, Second));
    }

    [Theory]
    [InlineData("/etc/difusor-agent/agent.yaml", "agent"), InlineData("/etc/difusor-agent/ine.yaml", "ine"),
        InlineData("/etc/difusor-agent/entrega.yaml", null), InlineData("/etc/difusor-agent/agent-fetch.yaml", null)]
    [InlineData("/root/agent.yaml", null), InlineData("/etc/difusor-agent/../x.yaml", null),
        InlineData("/etc/difusor-agent/A.yaml", null), InlineData("/etc/difusor-agent/elections/x.yaml", null)]
    public void AnInstanceIsNamedByItsConfiguration(string path, string? name) =>
        Assert.Equal(name, SetupInstance.Of(path)?.Name);
}
