using System.Security.Cryptography;
using Difusor.Agent.Cli;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.Publication;
using Difusor.Agent.Report;
using Difusor.Agent.Tests.Cli;
using Difusor.Agent.Tests.Gate;
using Difusor.Agent.Tests.Linux;
using Difusor.Agent.Texts;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Report;

/// <summary>What the institute gets: the evidence proves itself, and never shows a rehearsal as the election.</summary>
public sealed class EvidenceTests : IDisposable
{
    static readonly DateTimeOffset Opens = new(2021, 6, 6, 20, 0, 0, TimeSpan.FromHours(-5));
    static readonly IReadOnlyList<ReleaseFile> Files =
    [
        .. new[] { "HASH.txt", "a/\uE000.html", "a/\U0001F5F3.html", "índice.html" }.Select((path, at) =>
            new ReleaseFile(
                RelativePath.Own(path), 3,
                new Digest(DigestAlgorithm.Sha256, SHA256.HashData(new[] { (byte)(at / 3) })), 0)),
    ];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheListOfACorteHasItsHuella() =>
        Assert.Equal(
            PackageHuella.Of([.. Files.Select(file => new ContentEntry(file.Path, file.Size, file.Sha256))]),
            Convert.ToHexStringLower(SHA256.HashData(HuellaList.Of(Files))));

    [Fact]
    public void TheEvidenceProvesItselfWithSha256sumAndJqAloneAndEachChangeIsFound()
    {
        Assert.SkipWhen(!File.Exists("/usr/bin/jq"), "jq is not installed");
        var bundle = Export();
        var (code, said, errors) = Verify(bundle);
        Assert.True(code == 0, said + errors);
        Assert.Contains("BIEN / GOOD  4. cortes: 1", said, StringComparison.Ordinal);

        foreach (var (file, from, to, found) in new[]
        {
            ("index.html", "<h1>", "<h1 >", "1. SHA256SUMS"),
            ("journal/000001.jsonl", "\"files\":4", "\"files\":5", "2. journal"),
            ("huellas.tsv", "\t4\t", "\t5\t", "3. huellas.tsv"),
            ("cortes/20210606-2020-0001.txt", "a/", "b/", "4. cortes/20210606-2020-0001.txt"),
        })
        {
            var path = Path.Combine(bundle, file);
            var good = File.ReadAllText(path);
            Assert.Contains(from, good, StringComparison.Ordinal);
            File.WriteAllText(path, good.Replace(from, to, StringComparison.Ordinal));
            (code, said, _) = Verify(bundle);
            Assert.Equal(1, code);
            Assert.Contains($"MAL / BAD    {found}", said, StringComparison.Ordinal);
            File.WriteAllText(path, good);
        }
    }

    [Theory]
    [InlineData(Language.Es, "no abrió"), InlineData(Language.En, "it did not open")]
    public void ARehearsalIsNowhereTheElections(Language language, string notOpened)
    {
        var profile = VirtualHost.Profile;
        var rehearsal = profile.Rehearsals[0];
        AgentEvent[] events =
        [
            new GateOpened(rehearsal.From, rehearsal, null, default),
            Published(rehearsal.From.AddHours(1), "20210531-1000-0001", Root.Rehearsal, new string('c', 64)),
            new PackageRejected("P", null, null, null, null, null, null, [], 0),
            new TamperDetected("R", null, [], 1, "watch"),
        ];
        var night = ReportedNight.Of(
            events.Select((happened, at) => RecordLine.Write(
                happened, at + 1, JournalRecord.Genesis, rehearsal.From.AddHours(at), rehearsal.From.AddHours(at))
                .Record), profile);
        var report = new NightPage(night, language).Write("", whole: true, "0", 0);
        var constancia = new ConstanciaPage(night, language).Write(
            "host", null, "0", null, new JournalStatus(2, "00"), "00");
        foreach (var page in new[] { report, constancia })
            Assert.Contains(System.Net.WebUtility.HtmlEncode(notOpened), page, StringComparison.Ordinal);
        Assert.DoesNotContain("ccccc", constancia, StringComparison.Ordinal);
        Assert.Contains(language == Language.Es ? "vistas: 0;" : "seen: 0;", constancia, StringComparison.Ordinal);
        Assert.DoesNotContain("<td>1</td>", constancia, StringComparison.Ordinal);
        Assert.DoesNotContain("<svg", report, StringComparison.Ordinal);
        Assert.Contains(
            language == Language.Es ? "cortes publicados: 0;" : "cortes published: 0;", report,
            StringComparison.Ordinal);
    }

    string Export()
    {
        var huella = Convert.ToHexStringLower(SHA256.HashData(HuellaList.Of(Files)));
        folder.Write("agent.yaml", "election: ieem-2021\npaths: {drop: d, receipts: r, state: s, run: run}\n");
        using (var journal = JournalFile.Open(folder["s/journal"]))
            foreach (var happened in new AgentEvent[]
            {
                new GateOpened(Opens, null, true, default), new DeliverySeen("PREP\\ ñ"),
                Published(Opens.AddMinutes(20), "20210606-2020-0001", Root.Public, huella),
                Published(Opens.AddMinutes(40), "20210606-2040-0002", Root.Rehearsal, new string('d', 64)),
            }) journal.Append(happened, Opens.AddMinutes(45), Opens.AddMinutes(45));
        var record = new System.Buffers.ArrayBufferWriter<byte>();
        RecordFormat.Write(
            new ReleaseRecord(
                new Release(
                    ReleaseId.Read("20210606-2020-0001")!.Value, 1, "PREP", new Corte(Opens.AddMinutes(20)), null,
                    huella, Files.Count, 12, Root.Public, false, 0, Opens, []), Files), record);
        Directory.CreateDirectory(folder["s/sealed"]);
        File.WriteAllBytes(folder["s/sealed/20210606-2020-0001.json"], record.WrittenSpan.ToArray());
        var hearing = new Hearing();
        Assert.Equal(
            ExitCode.Done,
            hearing.Run("journal", "export", "--out", folder["out"], "--config", folder["agent.yaml"]));
        return Directory.GetDirectories(folder["out"]).Single();
    }

    static (int ExitCode, string Output, string Errors) Verify(string bundle) =>
        Bounded.Run("sh", Path.Combine(bundle, "verify.sh"));

    static CortePublished Published(DateTimeOffset corte, string release, Root root, string huella) => new(
        new Corte(corte), ReleaseId.Read(release)!.Value, "PREP", null, 4, 12, huella, 0.5, root, null);
}
