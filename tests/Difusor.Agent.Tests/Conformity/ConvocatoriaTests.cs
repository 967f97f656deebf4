using Difusor.Agent.Conformity;
using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>
/// What <c>check</c> says of a prepared host, and of the same host with one condition broken: that row fails, and no
/// other.
/// </summary>
public class ConvocatoriaTests
{
    static readonly Dictionary<string, (string Row, Action<PreparedHost> Break)> Conditions = new()
    {
        ["another operating system"]
        = ("operating-system", host => host.Files("etc/os-release", "ID=arch\nPRETTY_NAME=Arch\n")),
        ["a system out of support"]
        = ("operating-system", host =>
            host.Files(
            "etc/os-release",
            "ID=ubuntu\nVERSION_ID=\"18.10\"\nPRETTY_NAME=\"Ubuntu 18.10\"\nSUPPORT_END=2019-07-18\n")),
        ["Apache stopped"] = ("apache", host => host.Without("proc/10/comm")),
        ["Apache 2.2"] = ("apache", host => host.ApacheVersion = "2.2.34"),
        ["a wrong line in Apache's configuration"] = ("apache-config", host => host.Apache += "\nNoSuchDirective on\n"),
        ["another DocumentRoot"]
        = ("site-root", host =>
            host.Apache = host.Apache.Replace("RewriteEngine On", "RewriteEngine Off")
            .Replace("DocumentRoot ${DIFUSOR_PUBLIC}/notice", "DocumentRoot /usr")
            + "\n<Directory /usr>\nRequire all granted\n</Directory>\n"),
        ["a proxy before the site"]
        = ("site-root", host =>
            host.Apache = host.Apache.Replace("SSLEngine on", "SSLEngine on\nProxyPass / http://localhost:8080/")),
        ["another site of Apache that has the name"]
        = ("site-root", host =>
            host.Readers = site => site.UserInfo.Length > 0 ? PreparedHost.Answer("It works!"u8.ToArray()) : null),
        ["a name that leads elsewhere"]
        = ("site-public", host =>
            host.Readers = site => site.UserInfo.Length == 0 ? PreparedHost.Answer("It works!"u8.ToArray()) : null),
        ["a login"]
        = ("public-access", host =>
            host.Apache =
            host.Apache.Replace("Require all granted", "AuthType Basic\nAuthName x\nRequire all granted")),
        ["addresses that may read"]
        = ("public-access", host =>
            host.Apache = host.Apache.Replace("Require all granted", "Require ip 192.0.2.0/24")),
        [".htaccess allowed"]
        = ("allow-override", host => host.Apache = host.Apache.Replace("AllowOverride None", "AllowOverride All")),
        ["a filter that substitutes"]
        = ("filters", host =>
            host.Apache =
            host.Apache.Replace("SetHandler none", "SetHandler none\nAddOutputFilterByType SUBSTITUTE text/html")),
        ["server-side includes"] = ("includes", host => host.Apache = host.Apache.Replace("-Includes", "+Includes")),
        ["CGI"] = ("cgi", host => host.Apache = host.Apache.Replace("-ExecCGI", "+ExecCGI")),
        ["a handler for pages"]
        = ("cgi", host =>
            host.Apache = host.Apache.Replace(
            "Header set Cache-Control no-cache",
            "<FilesMatch \"\\.html$\">\nSetHandler application/x-httpd-php\n</FilesMatch>")),
        ["a default charset"]
        = ("charset", host =>
            host.Apache = host.Apache.Replace("AddDefaultCharset Off", "AddDefaultCharset ISO-8859-1")),
        ["https on another port"]
        = ("https", host => host.Apache = host.Apache.Replace("DIFUSOR_HTTPS_PORT 443", "DIFUSOR_HTTPS_PORT 8443")),
        ["nobody on 443"] = ("https", host => host.Replace("proc/net/tcp", "00000000:01BB", "0100007F:01BB")),
        ["a certificate that ends too soon"]
        = ("certificate-dates", host =>
            host.Certificate("prep.example.mx", new DateTimeOffset(2021, 6, 7, 0, 0, 0, TimeSpan.Zero))),
        ["another's certificate"]
        = ("certificate-name", host =>
            host.Certificate("www.example.mx", new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero))),
        ["sshd stopped"] = ("ssh", host => host.Replace("proc/net/tcp", "00000000:0016", "00000000:0017")),
        ["a shell for the institute"]
        = ("ssh-account", host => host.Sshd = host.Sshd.Replace("  ForceCommand internal-sftp\n", "")),
        ["tunnels for the institute"]
        = ("ssh-forwarding", host =>
            host.Sshd = host.Sshd.Replace("DisableForwarding yes", "DisableForwarding no")
            .Replace("AllowTcpForwarding no", "AllowTcpForwarding yes")),
        ["a chroot that others write"]
        = ("ssh-chroot", host => File.SetUnixFileMode(host.Chroot, (UnixFileMode)0b111_111_111)),
        ["a chroot that its group writes"]
        = ("ssh-chroot", host => File.SetUnixFileMode(host.Chroot, (UnixFileMode)0b111_111_101)),
        ["all of the site by CGI"]
        = ("cgi", host =>
            host.Apache = host.Apache.Replace("SSLEngine on", "SSLEngine on\nScriptAlias / /usr/lib/cgi-bin/")),
        ["no NTP client"] = ("ntp-client", host => host.Without("proc/12/comm")),
        ["an NTP client that follows nobody"] = ("ntp-sync", host => host.Program("chronyc", """case "$*" in *tracking) echo "Leap status     : Not synchronised";; *) echo "^,?,pool.ntp.org,0,6,0,1,0,0,0";; esac""")),
        ["silent NTP servers"] = ("ntp-servers", host => { host.RememberServers(); host.SilenceServers(); }),
        ["no time zone data"] = ("time-zone", host => host.Without("usr/share/zoneinfo/America/Mexico_City")),
        ["a firewall that closes 443"]
        = ("firewall-https", host => host.NftRules = PreparedHost.AcceptFrom("203.0.113.7", "22")),
        ["a firewall that lets in what is forwarded, and not 443"]
        = ("firewall-https", host =>
            host.NftRules = PreparedHost.AcceptForwarded() + ", " + PreparedHost.AcceptFrom("203.0.113.7", "22")),
        ["443 for some only"]
        = ("firewall-https", host =>
            host.NftRules = PreparedHost.AcceptFrom("203.0.113.7", "443") + ", " + PreparedHost.AcceptFrom(
            "203.0.113.7", "22")),
        ["a firewall that closes SSH"] = ("firewall-ssh", host => host.NftRules = PreparedHost.Accept("443")),
        ["no syslog"] = ("syslog", host => host.SilenceSyslog()),
        ["messages in no file"] = ("syslog-file", host => host.Without("var/log/difusor-agent.log")),
        ["a file that lacks the last event"]
        = ("syslog-file", host => host.Files("var/log/difusor-agent.log", PreparedHost.LogLine(new string('b', 64)))),
        ["a collector that takes nothing"]
        = ("syslog-delivered", host => host.Status = host.Status with
        {
            Syslog =
            [
                .. host.Status.Syslog,
                new SyslogStatus("tls://siem.ejemplo.mx:6514", 7, "untrusted", PreparedHost.Eve),
            ],
        }),
        ["notices that fail"]
        = ("notify", host => host.Status = host.Status with
        {
            Notify = new NotifyStatus(PreparedHost.Eve, PreparedHost.Eve.AddHours(1), 127, "not found"),
        }),
        ["a drop for everybody"] = ("drop-modes", host => File.SetUnixFileMode(host.Drop, (UnixFileMode)0b111_111_111)),
        ["a drop that the agent's account cannot open"]
        = ("drop-modes", host => host.Program("find", "case \"$1\" in */entrega) echo \"2750 root root w $1\";; esac")),
        ["a delivery that the agent's account cannot read"]
        = ("drop-modes", host => host.Program("find", "[ \"$3\" = 0 ] || echo \"600 root root r $1/PREP.zip\"")),
        ["acuses that the agent's account cannot write"]
        = ("receipts", host => host.Program("find", "case \"$1\" in */acuses) echo \"755 root root w $1\";; esac")),
        ["a service that does not run"]
        = ("drop-service", host =>
            host.Program(
            "systemctl", "[ $1 = show ] || exec echo enabled\necho LoadState=loaded\necho ActiveState=failed")),
        ["a drop that is root's"] = ("drop", host => Mono.Unix.Native.Syscall.chown(host.Drop, 0, 0)),
        ["something that is altered"]
        = ("heal", host => host.Status = host.Status with { Sentinel = new SentinelStatus("tampered", null, 0) }),
        ["a trouble of the agent"]
        = ("troubles", host => host.Status = host.Status with
        {
            Troubles = [new TroubleStatus("HEAL_FAILED", "integrity", PreparedHost.Eve, "x", null)],
        }),
        ["a running agent that has another election"]
        = ("agent-running", host => host.Status = host.Status with { Election = "ieem-2018" }),
        ["held results that others read"]
        = ("held-private", host => File.SetUnixFileMode(host.State + "/held", (UnixFileMode)0b111_101_101)),
        ["the state on NFS"]
        = ("local-files", host => host.Files("proc/self/mountinfo", "1 0 8:1 / / rw - nfs4 server:/ rw\n")),
        ["a mount inside of the state"]
        = ("one-file-system", host =>
            host.Files(
            "proc/self/mountinfo",
            $"1 0 8:1 / / rw - ext4 /dev/vda1 rw\n2 1 8:2 / {host.State}/vault rw - ext4 /dev/vdb1 rw\n")),
        ["a full disk"] = ("disk-space", host => host.Settings += "limits: {min_free: 1024TiB}\n"),
        ["SELinux without a label"] = ("selinux", host => host.Files("sys/fs/selinux/enforce", "1")),
        ["an agent that does not run"] = ("agent-running", host => host.Without("proc/14/comm")),
        ["an agent that does not start at boot"]
        = ("agent-at-boot", host => host.Program("systemctl", "echo disabled; exit 1")),
    };

    public static TheoryData<string> Names => [.. Conditions.Keys];

    [Fact]
    public void OnAHostAsThePackagesLeaveItNothingFails()
    {
        Needs();
        using var host = new PreparedHost();
        var rows = host.Rows();
        Assert.Empty(rows.Where(row => row.Standing == Standing.Fail).Select(Shown));
        // What stands by hand is what no program can see; nothing hid.
        Assert.Equal(
            ["bandwidth", "commitment", "contact", "institute-verifies", "notice-to-institute", "registration",
                "rehearsal", "syslog-remote"],
            rows.Where(row => row.Standing == Standing.ByHand && row.Id != "public-address").Select(row => row.Id)
                .Order(StringComparer.Ordinal));
        Assert.Empty(rows.Where(row => row.Standing == Standing.Warn).Select(Shown));
    }

    [Fact]
    public void AnSshdThatHasNotRunSinceTheHostWasStartedIsReadAllTheSame()
    {
        Needs();
        using var host = new PreparedHost { SshdHasRun = false };
        Assert.All(
            host.Rows().Where(row => row.Id.StartsWith("ssh", StringComparison.Ordinal)), row =>
            Assert.True(row.Standing == Standing.Pass, Shown(row)));
    }

    /// <summary>
    /// Debian 12 with ssh.socket alone: sshd says nothing before its folder in /run is there, and what it says then is
    /// not where systemd listens.
    /// </summary>
    [Theory]
    [InlineData(false, "active", 2222), InlineData(true, "active", 2222), InlineData(true, "inactive", 22)]
    public void ThePortOfSshIsThatOfTheSocketWhereSystemdListens(bool sshdHasRun, string state, int expected)
    {
        Needs();
        using var host = new PreparedHost { SshdHasRun = sshdHasRun };
        host.Program("systemctl", $"""
            [ "$1" = show ] || exec echo enabled
            printf 'ActiveState={state}\nListen=0.0.0.0:2222 (Stream)\nListen=[::]:2222 (Stream)\n'
            printf '\nActiveState=inactive\n'
            """);
        Assert.Equal([expected], host.Facts().Facts.Ssh.Seen!.Ports);
    }

    [Theory, MemberData(nameof(Names))]
    public void OneBrokenConditionFailsItsRowAndNoOther(string condition)
    {
        Needs();
        using var host = new PreparedHost();
        Conditions[condition].Break(host);
        var failed = host.Rows().Where(row => row.Standing == Standing.Fail).ToList();
        Assert.True(
            failed.Count == 1 && failed[0].Id == Conditions[condition].Row, string.Join('\n', failed.Select(Shown)));
        Assert.True(failed[0].Mend is not null || failed[0].Command is not null, "it says what mends it");
    }

    /// <summary>As Debian and Ubuntu have it: they compress pages by themselves.</summary>
    [Theory]
    [InlineData("", "", Standing.Pass)]
    [InlineData("RequestHeader", "#", Standing.Warn)]
    [InlineData("RequestHeader", "DeflateAlterETag NoChange\n#", Standing.Pass)]
    public void ASiteThatCompressesMustKnowItsOwnETagsAgain(string line, string instead, Standing expected)
    {
        Needs();
        using var host = new PreparedHost();
        if (line.Length > 0) host.Apache = host.Apache.Replace($"    {line}", instead, StringComparison.Ordinal);
        host.Apache = "AddOutputFilterByType DEFLATE text/html text/plain\n" + host.Apache;
        var row = Assert.Single(host.Rows(), row => row.Id == "not-modified");
        Assert.True(row.Standing == expected, Shown(row));
        Assert.Equal(expected == Standing.Warn, row.Mend is not null);
    }

    [Fact]
    public void OneNtpServerThatIsSilentIsToldThoughTheOthersAgree()
    {
        Needs();
        using var host = new PreparedHost();
        host.RememberServers();
        host.SilenceOneServer();
        var row = Assert.Single(host.Rows(), row => row.Id == "ntp-servers");
        Assert.True(row.Standing == Standing.Warn, Shown(row));
    }

    /// <summary>Apache merges by depth, not by the order of the text (docs/2.4/sections.html).</summary>
    [Fact]
    public void AShallowerFolderThatComesLaterInTheTextDoesNotOverruleTheSites()
    {
        Needs();
        using var host = new PreparedHost();
        host.Apache += "\n<Directory />\nAllowOverride All\n</Directory>\n";
        var row = Assert.Single(host.Rows(), row => row.Id == "allow-override");
        Assert.True(row.Standing == Standing.Pass, Shown(row));
    }

    [Fact]
    public void EachClauseOfTheCallHasARow()
    {
        Needs();
        using var host = new PreparedHost();
        var clauses = host.Rows().Select(row => row.Clause).ToHashSet();
        Assert.Empty(
            new[] { "I.1", "I.2", "I.3", "I.4", "I.5", "I.8", "I.9", "I.10", "I.11", "I.12", "I.13", "II.1.a", "II.1.b",
            "II.1.c", "II.1.d", "II.1.e", "II.2.a", "II.2.b", "II.2.c", "II.3", "III", "IV" }.Except(clauses));
    }

    [Fact]
    public void EveryRowSpeaksBothLanguagesWithoutAMissingText()
    {
        Needs();
        using var host = new PreparedHost();
        foreach (var row in host.Rows())
            foreach (var text in new[] { row.Looked, row.Found, row.Mend }.OfType<Said>())
                Assert.True(Messages.Has(text.Key), text.Key);
    }

    internal static string Shown(ConformityRow row) => $"{row.Id}: {row.Found.In(Language.En)}";

    internal static void Needs()
    {
        Assert.SkipUnless(
            Environment.UserName == "root", "the owners of folders are part of it: only root can prepare them");
        Assert.SkipUnless(
            File.Exists("/usr/sbin/sshd") && (File.Exists("/usr/sbin/apache2") || File.Exists("/usr/sbin/httpd")),
            "needs Apache and sshd (tests/need test)");
    }
}
