using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.Linux.Syslog;
using Difusor.Agent.SystemTests.Harness;
using Difusor.Agent.Texts;

namespace Difusor.Agent.SystemTests;

/// <summary>The journal's way to a real rsyslogd, over each transport.</summary>
public sealed class SyslogTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("difusor-test-").FullName;
    readonly List<string?> changes = [];

    [Theory]
    [InlineData("unix"), InlineData("udp"), InlineData("tcp"), InlineData("tls")]
    public void RsyslogParsesEachField(string transport)
    {
        using var rsyslog = new Rsyslogd(transport == "tls" ? LoopbackCertificate.Trusted : null).Start();
        using var journal = JournalFile.Open(Journal);
        var record = journal.Append(new PackageRejected(
            "a\"b]c\\d ñ.zip", null, null, null, null, null, null,
            [new Finding("digest-mismatch", "índice.html", "altered")], null), DateTimeOffset.UtcNow,
            DateTimeOffset.UtcNow);
        using (Forward(Target(rsyslog, transport)))
        {
            var message = rsyslog.Await(1).Single();
            Assert.Equal(("131", "PACKAGE_REJECTED", "difusor-agent", "host.example.mx", "77"),
                ((string?)message["pri"], (string?)message["msgid"], (string?)message["app"], (string?)message["host"],
                    (string?)message["procid"]));
            Assert.Equal(
                ("1", record.Head, "a\"b]c\\d ñ.zip", "digest-mismatch", "digest-mismatch: índice.html (altered)"),
                (Rsyslogd.Field(message, "seq"), Rsyslogd.Field(message, "head"), Rsyslogd.Field(message, "package"),
                    Rsyslogd.Field(message, "reasons"), Rsyslogd.Field(message, "reason1")));
            Assert.StartsWith(
                "Paquete a\"b]c\\d ñ.zip RECHAZADO: el archivo no tiene el contenido que dice su HASH "
                + "(digest-mismatch): índice.html", (string?)message["msg"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheLocalFormatKeepsItsCodeAndFieldsInTheText()
    {
        using var rsyslog = new Rsyslogd().Start();
        using var journal = JournalFile.Open(Journal);
        var record = journal.Append(Published(1), null, DateTimeOffset.UtcNow);
        using (Forward($"unix:{rsyslog.LocalSocket}", SyslogFormat.Local))
        {
            var message = rsyslog.AwaitMessage();
            Assert.Equal(
                ("133", "difusor-agent", "77"),
                ((string?)message["pri"], (string?)message["app"], (string?)message["procid"]));
            Assert.StartsWith(
                $" CORTE_PUBLISHED seq=\"1\" head=\"{record.Head}\" corte=\"2021-06-06T20:20:00-05:00\"",
                (string?)message["msg"], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("tcp"), InlineData("tls")]
    public void TenThousandEventsSurviveACollectorThatDiesAndAnAgentThatRestarts(string transport)
    {
        using var rsyslog = new Rsyslogd(transport == "tls" ? LoopbackCertificate.Trusted : null).Start();
        var target = Target(rsyslog, transport);
        using var journal = JournalFile.Open(Journal);
        using (var first = Forward(target))
        {
            journal.Appended = first.Wake;
            Append(journal, 1000);
            rsyslog.Await(500);
            Append(journal, 1000);
            rsyslog.Await(2000); // what it has read and not yet written dies with it: no sender can know of that
            rsyslog.Freeze();
            Append(journal, 1000);
            rsyslog.Kill();
            Append(journal, 3000);
            journal.Appended = null;
        }
        using (var second = Forward(target))
        {
            journal.Appended = second.Wake;
            Append(journal, 4000);
            rsyslog.Start();
            var seqs = rsyslog.Await(10_000).Select(Rsyslogd.Seq).ToList();
            Assert.Equal(Enumerable.Range(1, 10_000).Select(seq => (long)seq), seqs.Distinct());
            journal.Appended = null;
        }
        Assert.Contains(changes, change => change is not null);
        Assert.Null(changes[^1]);
        var known = rsyslog.Messages().GroupBy(Rsyslogd.Seq)
            .ToDictionary(group => group.Key, group => Witness.Of(Rsyslogd.Field(group.First(), "head")!, "syslog"));
        var audit = JournalAudit.Of(journal.Folder.Files(), known, journal.Folder.ReadHead());
        Assert.Equal((10_000L, 10_000L, null), (audit.Records, audit.Confirmed, audit.Problem));
    }

    [Fact]
    public void ACertificateForAnotherNameIsNotTrusted()
    {
        using var rsyslog = new Rsyslogd(LoopbackCertificate.Trusted).Start();
        using var journal = JournalFile.Open(Journal);
        journal.Append(Published(1), null, DateTimeOffset.UtcNow);
        using var refused = new ManualResetEvent(initialState: false);
        using (Forward($"tls://127.0.0.1:{rsyslog.Port}", told: problem => { if (problem is not null) refused.Set(); }))
            Bounded.Set(refused, "a refusal of the certificate");
        Assert.Empty(rsyslog.Messages());
    }

    [Theory]
    [InlineData("tcp", SyslogFormat.Rfc5424), InlineData("unix", SyslogFormat.Local)]
    public void JournalVerifyComparesWithWhatRsyslogWroteToItsFile(string transport, SyslogFormat format)
    {
        using var rsyslog = new Rsyslogd().Start();
        using var journal = JournalFile.Open(Journal);
        Append(journal, 20);
        var target = format == SyslogFormat.Local ? $"unix:{rsyslog.LocalSocket}" : Target(rsyslog, transport);
        var file = format == SyslogFormat.Local ? rsyslog.Traditional : rsyslog.Text;
        using (Forward(target, format))
            rsyslog.AwaitLines(file, 20);
        Assert.Equal(0, Binary.Run("journal", "verify", "--from", Journal, "--syslog", file).ExitCode);

        Directory.Delete(Journal, recursive: true);
        using (var forged = JournalFile.Open(Journal)) Append(forged, 20);
        var (code, output, _) = Binary.Run("journal", "verify", "--from", Journal, "--syslog", file, "--json");
        Assert.Equal((1, 1), (code, (int)JsonNode.Parse(output)!["problem"]!["line"]!));
    }

    /// <summary>It was plain TCP to a port of TLS: whoever pasted it sent nothing to anybody.</summary>
    [Fact]
    public void TheExampleOfForwardingReachesACollectorThatTakesTls()
    {
        using var siem = new Rsyslogd(LoopbackCertificate.Trusted).Start();
        using var rsyslog = new Rsyslogd(shipped: true, forwardsTo: siem).Start();
        using var journal = JournalFile.Open(Journal);
        Append(journal, 3);
        using (Forward($"unix:{rsyslog.ShippedSocket}")) siem.Await(3);
    }

    /// <summary>
    /// Where a stranger comes to the socket of the shipped drop-in all the same: neither can they break the audit nor
    /// fill the log.
    /// </summary>
    [Fact]
    public void WhatAStrangerForgesThroughTheShippedSocketIsToldApartAndCut()
    {
        Assert.SkipUnless(Environment.UserName == "root", "another account is needed");
        const int Stranger = 61234, Flood = 30_000;
        using var rsyslog = new Rsyslogd(shipped: true).Start();
        using var journal = JournalFile.Open(Journal);
        Append(journal, 600);
        using (var forwarder = Forward($"unix:{rsyslog.ShippedSocket}"))
        {
            journal.Appended = forwarder.Wake;
            rsyslog.AwaitLines(rsyslog.ShippedLog, 600);
            var forge =
                $"yes forjado 2>/dev/null | head -n {Flood} | logger -u '{rsyslog.ShippedSocket}' --rfc5424 -t "
                + $"difusor-agent --msgid '[sender@32473' "
                + $"--sd-id sender@32473 --sd-param 'uid=\"0\"' --sd-id difusor@32473 --sd-param 'seq=\"7\"' "
                + $"--sd-param 'head=\"{new string('f', 64)}\"'";
            using var stranger = System.Diagnostics.Process.Start("setpriv",
                [$"--reuid={Stranger}", $"--regid={Stranger}", "--clear-groups", "sh", "-c", forge]);
            Assert.True(
                stranger.WaitForExit(TimeSpan.FromMinutes(2)), "the stranger is not at their end after two minutes");
            Assert.Equal(0, stranger.ExitCode);
            Append(journal, 1);
            rsyslog.AwaitText(rsyslog.ShippedLog, " seq=\"601\" ");
            journal.Appended = null;
        }
        using var file = File.OpenRead(rsyslog.ShippedLog);
        var heads = SyslogHeads.Read(new LineReader(file), "log");
        Assert.Equal(601, heads.Messages);
        Assert.Equal(Stranger, Assert.Single(heads.Foreign!.Accounts));
        Assert.InRange(heads.Foreign.Lines, 1, Flood / 2);
        var audit = JournalAudit.Of(journal.Folder.Files(), heads.Heads, journal.Folder.ReadHead());
        Assert.Equal((601L, null, null), (audit.Confirmed, audit.Problem, heads.Conflict));
    }

    string Journal => Path.Combine(folder, "journal");

    static string Target(Rsyslogd rsyslog, string transport) =>
        transport == "unix" ? $"unix:{rsyslog.UnixSocket}" : $"{transport}://localhost:{rsyslog.Port}";

    SyslogForwarder Forward(string target, SyslogFormat format = SyslogFormat.Auto, Action<string?>? told = null)
    {
        var identity = new SyslogIdentity(16, "host.example.mx", 77, TimeZoneInfo.Utc, "difusor@32473", Language.Es);
        var forwarder = new SyslogForwarder(
            new JournalFolder(Journal), Path.Combine(folder, "position"),
            new SyslogSink(SyslogTarget.Read(target)!, format, identity),
            told ?? (change => { lock (changes) changes.Add(change); }));
        forwarder.Start();
        return forwarder;
    }

    static CortePublished Published(long number) => new(
        Corte.Read("2021-06-06T20:20:00-05:00")!.Value, ReleaseId.Read($"20210606-2020-{number:0000}")!.Value,
        $"PREP_MEX_{number}.zip", null, 123, 45678,
        new string('a', 64), null, Root.Public, null);

    static void Append(JournalFile journal, int events)
    {
        for (var i = 0; i < events; i++) journal.Append(Published(journal.Seq + 1), null, DateTimeOffset.UtcNow);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
