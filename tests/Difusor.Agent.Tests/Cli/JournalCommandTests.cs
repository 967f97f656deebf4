using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Difusor.Agent.Cli;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.Tests.Cli;

public sealed class JournalCommandTests : IDisposable
{
    const string Corte = "2021-06-06T20:20:00-05:00";
    readonly TemporaryFolder folder = new();
    readonly Hearing hearing = new();

    public JournalCommandTests()
    {
        folder.Write("agent.yaml", "election: ieem-2021\npaths: {drop: d, receipts: r, state: s, run: run}\n");
        using var journal = JournalFile.Open(folder["s/journal"]);
        journal.Append(
            EventShapes.Event(EventCode.GateOpened, new() { ["opens_at"] = "2021-06-06T20:00:00-05:00" }), At(0),
            At(0));
        journal.Append(EventShapes.Event(EventCode.PackageRejected, new()
        {
            ["package"]
            = "<b>x</b>\e[31m",
            ["reasons"] = new JsonArray(new JsonObject { ["code"] = "no-html", ["path"] = null, ["detail"] = "" }),
        }), At(10), At(10));
        journal.Append(EventShapes.Event(EventCode.CortePublished, new()
        {
            ["corte"] = Corte, ["release"] = "20210606-2020-0001", ["package"] = "PREP", ["files"] = 3, ["bytes"] = 9,
            ["manifest_sha256"] = new string('a', 64),
        }), At(25), At(25));
        journal.Append(EventShapes.Event(EventCode.CortePublished, new()
        {
            ["corte"] = "2021-06-01T10:00:00-05:00", ["release"] = "20210601-1000-0002", ["package"] = "PRUEBA",
            ["files"] = 1, ["bytes"] = 1, ["manifest_sha256"] = new string('b', 64), ["root"] = "rehearsal",
        }), null, At(30));
    }

    [Theory]
    [InlineData("2 3 4", "--since", "2021-06-06T20:05")]
    [InlineData("1 2", "--until", "2021-06-06T20:10-05:00")]
    [InlineData("3", "--corte", Corte)]
    [InlineData("3", "--corte", "2021-06-06T19:20:00-06:00")]
    [InlineData("3", "--corte", "20210606-2020-0001")]
    [InlineData("2", "--event", "PACKAGE_REJECTED")]
    [InlineData("1 2", "--event", "PACKAGE_REJECTED", "--event", "GATE_OPENED")]
    [InlineData("3 4", "--last", "2")]
    [InlineData("4", "--event", "CORTE_PUBLISHED", "--last", "1")]
    public void OnlyTheRecordsThatWereAskedForAreShown(string seqs, params string[] filter)
    {
        Assert.Equal(ExitCode.Done, Run(["journal", "show", .. filter]));
        Assert.Equal(
            seqs.Split(' '),
            hearing.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Trim().Split(' ')[0]));
    }

    [Theory]
    [InlineData("--since", "yesterday"), InlineData("--corte", "20:20"), InlineData("--event", "NO_SUCH"),
        InlineData("--last", "0")]
    public void AFilterThatIsNoneIsBadUsage(params string[] filter) =>
        Assert.Equal(ExitCode.Usage, Run(["journal", "show", .. filter]));

    [Fact]
    public void WhatASenderNamedMovesNoCursor()
    {
        Run(["journal", "show"]);
        Assert.DoesNotContain('\e', hearing.Output);
    }

    [Fact]
    public void AsJsonTheRecordIsTheJournalsOwnLine()
    {
        Run(["journal", "show", "--json"]);
        Assert.Equal(File.ReadAllText(folder["s/journal/000001.jsonl"]), hearing.Output);
    }

    [Fact]
    public void TheAnswerOfVerifyIsItsExitCode()
    {
        Assert.Equal(ExitCode.Done, Run(["journal", "verify"]));
        File.WriteAllText(
            folder["s/journal/000001.jsonl"],
            File.ReadAllText(folder["s/journal/000001.jsonl"]).Replace("no-html", "no-hash"));
        Assert.Equal(ExitCode.No, Run(["journal", "verify"]));
        Assert.Contains(
            "000001.jsonl, line 2 (record 2): it was altered; 000001.jsonl:3 contradicts it.", hearing.Output,
            StringComparison.Ordinal);
        Assert.Equal(ExitCode.Environment, Run(["journal", "verify", "--from", folder["nowhere"]]));
        Assert.Equal(ExitCode.Environment, Run(["journal", "verify", "--syslog", folder["nowhere"]]));
    }

    [Fact]
    public void WithoutTheHeadMarkTheEndIsNotCalledProven()
    {
        Assert.Equal(ExitCode.Done, Run(["journal", "verify"]));
        Assert.DoesNotContain("Nothing proves", hearing.Output, StringComparison.Ordinal);
        File.Delete(folder[$"s/journal/{HeadMark.FileName}"]);
        Assert.Equal(ExitCode.Done, Run(["journal", "verify"]));
        Assert.Contains("Nothing proves that it ends here", hearing.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AJournalThatWasEmptiedHasItsSentence()
    {
        File.WriteAllText(folder["s/journal/000001.jsonl"], "");
        Assert.Equal(ExitCode.No, Run(["journal", "verify"]));
        Assert.Contains("no record is left, and at least 1 is missing", hearing.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("line 0", hearing.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ASyslogFileWithoutOurMessagesConfirmsNothing()
    {
        var file = folder.Write("messages", "Jun  6 20:00:00 host sshd[1]: seq=\"1\" head=\"\"\n");
        Assert.Equal(ExitCode.No, Run(["journal", "verify", "--syslog", file]));
    }

    [Fact]
    public void TheEvidenceIsWholeAndSaysWhatHappened()
    {
        folder.Write("s/quarantine/PREP.php.zip/verdict.json", "{}");
        // Verdicts that a sender, and a hand that altered a tree, would like to hand to the institute.
        folder.Write("s/quarantine/PREP.php.zip/package/verdict.json", "{\"status\":\"accepted\"}");
        folder.Write("s/quarantine/20210607T010000-altered-R1-3/verdict.json", "{\"status\":\"accepted\"}");
        folder.Write("s/sealed/R1.json", "{}");
        folder.Write("r/PREP.php.zip.json", "{\"state\":\"rejected\"}");
        folder.Write("r/ultimo.json", "{}");
        Assert.Equal(ExitCode.Done, Run(["journal", "export", "--out", folder["out"]]));
        var bundle = Directory.GetDirectories(folder["out"]).Single();
        Assert.Equal("20210606_2030_EVIDENCIA_IEEM_2021", Path.GetFileName(bundle));
        var sums = File.ReadAllLines(Path.Combine(bundle, "SHA256SUMS"))
            .ToDictionary(line => line[66..], line => line[..64]);
        var files = Directory.GetFiles(bundle, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(bundle, file)).Where(file => file != "SHA256SUMS");
        Assert.Equal(files.Order(StringComparer.Ordinal), sums.Keys);
        Assert.All(
            sums, sum =>
            Assert.Equal(
            sum.Value,
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(bundle, sum.Key))))));
        Assert.Equal(
            ["verdicts/0001.json"], sums.Keys.Where(path => path.StartsWith("verdicts/", StringComparison.Ordinal)));
        Assert.Contains("sealed/R1.json", sums.Keys);
        Assert.Equal(
            ["acuses/0001.json"], sums.Keys.Where(path => path.StartsWith("acuses/", StringComparison.Ordinal)));
        var page = File.ReadAllText(Path.Combine(bundle, "index.html"));
        Assert.Contains("&lt;b&gt;x&lt;/b&gt;", page, StringComparison.Ordinal);
        // One corte was published: once in the timeline of the night, and once among the delays.
        Assert.Equal(2, System.Text.RegularExpressions.Regex.Count(page, "class=\"dot\""));
        Assert.DoesNotMatch("(src|href)=", page);
        Assert.Equal(ExitCode.Environment, Run(["journal", "export", "--out", folder["out"]]));
    }

    [Fact]
    public void EachPublishedCorteHasItsHuellaAndARehearsalsSaysSo()
    {
        Assert.Equal(ExitCode.Done, Run(["huellas"]));
        Assert.StartsWith($"{Corte}\t{new string('a', 64)}\t3\t9\n", hearing.Output, StringComparison.Ordinal);
        Assert.EndsWith($"\t{new string('b', 64)}\t1\t1\trehearsal\n", hearing.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("spelling: wrong\n"), InlineData("drop: {settle: 10s\n"), InlineData("clock: {poll: soon}\n")]
    public void AMistakeInTheConfigurationIsToldInOneLineAndTheJournalIsReadAllTheSame(string mistake)
    {
        File.AppendAllText(folder["agent.yaml"], mistake);
        Assert.Equal(ExitCode.Done, Run(["journal", "verify"]));
        Assert.Contains("agent.yaml:", Assert.Single(hearing.Errors.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, Run(["journal", "show", "--since", "2021-06-06T20:05"]));
        Assert.Equal(ExitCode.Done, Run(["huellas"]));
    }

    ExitCode Run(string[] arguments) => hearing.Run([.. arguments, "--config", folder["agent.yaml"]]);

    static DateTimeOffset At(int minutes) => new DateTimeOffset(2021, 6, 7, 1, 0, 0, TimeSpan.Zero).AddMinutes(minutes);

    public void Dispose() => folder.Dispose();
}
