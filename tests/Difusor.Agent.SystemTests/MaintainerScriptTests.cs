using System.Text.RegularExpressions;
using Difusor.Agent.SystemTests.Harness;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.SystemTests;

/// <summary>
/// The package's scripts as root, with an /etc, a /var/lib and a /run of their own, where the agent's account has
/// prepared its folder for them.
/// </summary>
public sealed class MaintainerScriptTests : IDisposable
{
    const int AgentsAccount = 61300;
    const string State = "var/lib/difusor-agent", Site = "etc/apache2/sites-available/difusor-agent.conf";

    readonly TemporaryFolder folder = new();

    public MaintainerScriptTests()
    {
        Assert.SkipUnless(Environment.UserName == "root", "maintainer scripts run as root");
        foreach (var each in new[]
            { "etc/cron.d", "etc/apache2/sites-enabled", "etc/difusor-agent", "run", $"{State}/journal" })
            Directory.CreateDirectory(folder[each]);
        foreach (var each in new[] { "etc/passwd", "etc/group", "etc/nsswitch.conf" })
            File.Copy("/" + each, folder[each]);
        folder.Write(Site, "the site");
        folder.Write($"{State}/journal/000001.jsonl", "evidence");
        foreach (var script in new[] { "postinst", "prerm", "postrm" }) folder.Write(script, Filled(script));
    }

    public void Dispose()
    {
        if (Environment.UserName == "root") Run("chattr", "-R", "-f", "-i", "-a", folder.Path);
        folder.Dispose();
    }

    [Fact]
    public void ARemovalWritesThroughNoLinkOfTheAgentsAccount()
    {
        Publish();
        File.CreateSymbolicLink(folder[$"{State}/kept"], "/etc/cron.d");
        BelongsToTheAgent();
        Assert.Equal(0, Script("postrm", "remove").Exit);
        Assert.Empty(Directory.GetFileSystemEntries(folder["etc/cron.d"]));
    }

    [Fact]
    public void APurgeGivesApacheBackItsOwnSiteAndNotOneThatTheAgentsAccountWrote()
    {
        Publish();
        BelongsToTheAgent();
        Assert.Equal(0, Script("postrm", "remove").Exit);
        folder.Write($"{State}/kept/site.conf", "LoadModule forged_module /tmp/forged.so");
        BelongsToTheAgent();
        File.Delete(folder[Site]);    // as dpkg does before it calls the script
        Assert.Equal(0, Script("postrm", "purge").Exit);
        Assert.Equal("the site", File.ReadAllText(folder[Site]));
        Assert.False(Path.Exists(folder["etc/difusor-agent/kept"]));
    }

    [Fact]
    public void APurgeGoesOnWhereAFileMayNotBeDeleted()
    {
        var kept = folder.Write("etc/cron.d/precious", "another's");
        foreach (var each in new[] { "vault/a/1", "public/releases/R1/index.html", "sealed/R1.json", ".hidden/x" })
            folder.Write($"{State}/{each}", "x");
        File.CreateSymbolicLink(folder[$"{State}/vault/away"], "/etc/cron.d");
        File.CreateSymbolicLink(folder[$"{State}/link"], "/etc/cron.d/precious");
        BelongsToTheAgent();
        Assert.SkipUnless(
            Run("chattr", "+i", kept, folder[$"{State}/vault/a/1"], folder[$"{State}/sealed/R1.json"]).Exit == 0,
            "this file system has no +i");
        Run("chattr", "+a", folder[$"{State}/public/releases/R1"]);
        var (exit, said) = Script("postrm", "purge");
        Assert.True(exit == 0, said);
        Assert.Equal(["journal"], Directory.GetFileSystemEntries(folder[State]).Select(Path.GetFileName));
        Assert.True(File.Exists(folder[$"{State}/journal/000001.jsonl"]), said);
        // What a link leads to is not the package's.
        Assert.Contains("i", Run("lsattr", kept).Said.Split(' ')[0], StringComparison.Ordinal);
    }

    /// <summary>A mounted file system cannot be deleted, and what is on it is not the package's.</summary>
    [Fact]
    public void APurgeTellsWhatIsLeftAndDeletesAllElse()
    {
        folder.Write($"{State}/vault/a/1", "x");
        folder.Write($"{State}/held/mounted/.keep", "x");
        BelongsToTheAgent();
        var mount =
            $"mount -t tmpfs none /{State}/held/mounted; echo x > \"/{State}/held/mounted/another$(printf "
            + $"'\\033')[31ms\"";
        var (exit, said) = Script("postrm", "purge", mount);
        Assert.True(exit == 0, said);
        Assert.Equal(
            ["held", "journal"],
            Directory.GetFileSystemEntries(folder[State]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains($"/{State}/held/mounted", said, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', said);
    }

    /// <summary>
    /// agent.yaml of 0.1.0 names a socket in the agent's folder; rsyslog has made it in root's since then.
    /// </summary>
    [Fact]
    public void TheFormerSocketLeadsToTheNewOneWhateverLiesInItsPlace()
    {
        folder.Write("etc/difusor-agent/agent.yaml", $"syslog: {{target: \"unix:/{State}/dev/log\"}}\n");
        folder.Write(
            "etc/rsyslog.d/30-difusor-agent.conf",
            File.ReadAllText(Path.Combine(TheRepository, "packaging/rsyslog/difusor-agent.conf")));
        File.AppendAllText(
            folder["etc/passwd"], $"difusor-agent:x:{AgentsAccount}:{AgentsAccount}::/:/usr/sbin/nologin\n");
        File.AppendAllText(folder["etc/group"], $"difusor-agent:x:{AgentsAccount}:\n");
        File.CreateSymbolicLink(folder[$"{State}/dev"], "/etc/cron.d");
        BelongsToTheAgent();
        Lead();
        Assert.Empty(Directory.GetFileSystemEntries(folder["etc/cron.d"]));
        File.Delete(folder[$"{State}/dev"]);
        folder.Write($"{State}/dev/log", "the former socket");
        BelongsToTheAgent();
        Lead();
        Assert.Equal(
            "/var/lib/difusor-syslog/dev/log", File.ResolveLinkTarget(folder[$"{State}/dev/log"], false)!.FullName);

        void Lead()
        {
            folder.Write(
                "lead", "set -e\n" + File.ReadAllText(Path.Combine(TheRepository, "packaging/scripts/common"))
                + "\nlead_to_the_socket\n");
            var (exit, said) = Script("lead", "");
            Assert.True(exit == 0, said);
        }
    }

    [Fact]
    public void TheNextCommandIsSaidInOneLineWhereNothingIsSetUp()
    {
        folder.Write(
            "next", "set -e\n" + File.ReadAllText(Path.Combine(TheRepository, "packaging/scripts/common"))
            + "\nsay_the_next_step\n");
        var (exit, said) = Script("next", "");
        Assert.True(exit == 0, said);
        Assert.Contains("sudo difusor-agent setup --election ID", Assert.Single(said.Trim().Split('\n')));
        folder.Write("etc/difusor-agent/agent.yaml", "election: ieem-2021\n");
        Assert.Equal((0, ""), Script("next", ""));
    }

    /// <summary>
    /// As a conffile it made an upgrade stop at a question, and rpm would put the sysadmin's aside.
    /// </summary>
    [Fact]
    public void ThePackagesBringNoConfigurationAndStartNothing()
    {
        var build = File.ReadAllText(Path.Combine(TheRepository, "packaging/build"));
        Assert.DoesNotContain("$root/etc/difusor-agent/agent.yaml", build, StringComparison.Ordinal);
        Assert.Contains(
            "%ghost %attr(0644,root,root) %config(noreplace) /etc/difusor-agent/agent.yaml", build,
            StringComparison.Ordinal);
        foreach (var script in new[] { "debian/postinst", "rpm/difusor-agent.spec", "scripts/common" })
        {
            var text = File.ReadAllText(Path.Combine(TheRepository, "packaging", script));
            Assert.DoesNotMatch(new Regex(@"(invoke|systemctl) (start|preset|enable) "), text);
        }
    }

    /// <summary>
    /// Copies, writes and changes of mode by root into the state: none is left in what both packages run, nor in the
    /// units.
    /// </summary>
    [Fact]
    public void NothingIsCopiedOrChangedBelowTheStateByRoot()
    {
        var risky = new Regex("""(?:^|[;&|(]|\bthen|\bdo)\s*(?:cp|mv|install|ln|mkdir|touch|tee|chown|chmod|chcon|restorecon|setfacl)\b[^#\n]*(?:\$state|\$folder|/var/lib/difusor-agent|/srv/difusor)""");
        string[] scripts =
            ["scripts/common", "debian/postinst", "debian/prerm", "debian/postrm", "rpm/difusor-agent.spec"];
        var found = scripts.SelectMany(script => File.ReadLines(Path.Combine(TheRepository, "packaging", script))
            .Where(line => risky.IsMatch(line) && !line.Contains("as_the_agent ", StringComparison.Ordinal))
                .Select(line => $"{script}: {line}"));
        Assert.Empty(found);
        foreach (var unit in Directory.GetFiles(Path.Combine(TheRepository, "systemd"), "*.service"))
        {
            var lines = File.ReadAllLines(unit);
            Assert.Contains(lines, line => line.StartsWith("User=difusor-", StringComparison.Ordinal));
            Assert.DoesNotContain(
                lines, line =>
                line.StartsWith("Exec", StringComparison.Ordinal) && line.Contains("=+", StringComparison.Ordinal));
            Assert.DoesNotContain("PermissionsStartOnly=yes", lines);
        }
        // No rule works on all that lies below a folder (Z, R, e).
        var rules = File.ReadLines(Path.Combine(TheRepository, "systemd/difusor-agent.tmpfiles"));
        var kinds = rules.Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ')[0]);
        Assert.Empty(kinds.Except(["d", "a"]));
    }

    static string TheRepository { get; } = WorkingCopy.At("");

    static string Filled(string script)
    {
        var common = File.ReadAllText(Path.Combine(TheRepository, "packaging/scripts/common"));
        return File.ReadAllText(Path.Combine(TheRepository, "packaging/debian", script))
            .Replace("@COMMON@", common, StringComparison.Ordinal);
    }

    void Publish()
    {
        folder.Write($"{State}/public/releases/R1/index.html", "results");
        File.CreateSymbolicLink(folder[$"{State}/public/current"], "releases/R1");
    }

    void BelongsToTheAgent() => Run("chown", "-h", "-R", $"{AgentsAccount}:{AgentsAccount}", folder[State]);

    /// <summary>Runs a script where /etc, /var/lib and /run are this test's; no systemd is booted there.</summary>
    (int Exit, string Said) Script(string name, string action, string before = ":")
    {
        var binds = string.Join(
            "; ", new[] { "etc", "var/lib", "run" }.Select(each => $"mount --bind '{folder[each]}' /{each}"));
        return Run(
            "unshare", "--mount", "--propagation", "private", "sh", "-c",
            $"{binds}; {before}; exec sh '{folder[name]}' {action}");
    }

    static (int Exit, string Said) Run(string program, params string[] arguments)
    {
        var (code, said, errors) = Bounded.Run(program, arguments);
        return (code, said + errors);
    }
}
