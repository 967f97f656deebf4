using System.Text.Json;
using System.Text.Json.Nodes;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Night;
using Difusor.Agent.Tests.Linux;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests;

/// <summary>
/// A package with more that is wrong than anybody can read: what is kept and what is told is bounded, each code
/// appears, and the number is right.
/// </summary>
[Collection(nameof(Linux.Injection))] // alone: it reads how much memory the process holds
public sealed class ManyFindingsTests
{
    const string Name = "20210606_2020_PREP_MEX";

    static string Line(string name) => $"{new string('0', 64)}  {name}\n";

    /// <summary>So many absent files, one uncovered page, one forbidden name.</summary>
    static Verdict VerdictWith(int absent, string stem = "absent")
    {
        var contents = new MemoryContents();
        contents.Place(RelativePath.Own("index.html"), "<p>PREP</p>"u8.ToArray());
        contents.Place(RelativePath.Own(".htaccess"), "x"u8.ToArray());
        contents.Place(
            RelativePath.Own("SHA256SUMS"),
            Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Range(0, absent).Select(number => Line($"{stem}{number}.html")))));
        return Verifier.Judge(new PackageOffer(Name, []), contents, VerificationRules.Default);
    }

    [Fact]
    public void TwentyThousandAbsentFilesAreCountedAndTenThousandKept()
    {
        var verdict = VerdictWith(20_000);
        Assert.InRange(verdict.Reasons.Length, 9_000, 10_000);
        Assert.Equal(20_000 + 2 + 1, verdict.ReasonsTotal); // uncovered twice, forbidden
        Assert.Equal(
            ["forbidden-name", "missing-file", "uncovered-file"],
            verdict.Reasons.Select(reason => reason.Code).Distinct().Order());
    }

    [Fact]
    public void TheTextOfAllThatIsKeptIsBounded()
    {
        var verdict = VerdictWith(12_000, string.Join('/', Enumerable.Repeat(new string('a', 200), 4)) + "/");
        Assert.InRange(verdict.Reasons.Sum(reason => reason.Path?.Length ?? 0), 2 << 20, (4 << 20) + 10_000);
        Assert.Equal(12_003, verdict.ReasonsTotal);
    }

    [Fact]
    public void EachCodeIsToldAmongTwoHundred()
    {
        var told = Told.Of(VerdictWith(20_000).Reasons);
        Assert.Equal(200, told.Length);
        Assert.Equal(
            ["forbidden-name", "missing-file", "uncovered-file"],
            told.Select(reason => reason.Code).Distinct().Order());
    }

    [Fact]
    public void WhatIsToldHasSomeKilobytesOnly()
    {
        var long1 = new string('á', 5000);
        var told = Told.Of(
            [.. Enumerable.Range(0, 500).Select(number => new Finding("missing-file", $"{number}{long1}", long1)),
            new Finding("no-corte", null, "x")]);
        Assert.Contains("no-corte", told.Select(finding => finding.Code));
        Assert.InRange(told.Sum(finding => finding.Detail.Length + (finding.Path?.Length ?? 0)), 1, 80 << 10);
        Assert.All(told, finding => Assert.InRange(finding.Detail.Length, 1, Told.LongestText));
    }

    [Fact]
    public void AFewFindingsAreToldAsTheyAre()
    {
        ImmutableArrayOf(out var findings);
        Assert.Equal(findings, Told.Of(findings));
    }

    static void ImmutableArrayOf(out System.Collections.Immutable.ImmutableArray<Finding> findings) =>
        findings = [new Finding("b", "x", "1"), new Finding("a", null, "2"), new Finding("b", "y", "3")];

    [Fact]
    public void TheVerdictsLineSaysHowManyThereAre()
    {
        using var written = new MemoryStream();
        VerdictJson.Write(written, VerdictWith(20_000));
        var line = JsonNode.Parse(written.ToArray())!;
        Assert.Equal(20_003, (int)line["reasons_total"]!);
        Assert.InRange(((JsonArray)line["reasons"]!).Count, 9_000, 10_000);
        Assert.Equal(0, (int)line["warnings_total"]!);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void TheAcuseOfARehearsalSaysSo(bool isRehearsal)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["acuses"]);
        new Receipts(fault => Assert.Fail(fault.Message)) { Folder = folder["acuses"] }.Write(
            Name, PackageState.Rejected, VerdictWith(1), DateTimeOffset.UnixEpoch, isRehearsal);
        var acuse = JsonNode.Parse(File.ReadAllBytes(folder[$"acuses/{Name}.json"]))!;
        Assert.Equal(isRehearsal, (bool?)acuse["rehearsal"] == true);
    }

    [Fact]
    public void TheAcuseHasTwoHundredReasonsAndTheirNumber()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["acuses"]);
        new Receipts(fault => Assert.Fail(fault.Message)) { Folder = folder["acuses"] }.Write(
            Name, PackageState.Rejected, VerdictWith(20_000), DateTimeOffset.UnixEpoch, isRehearsal: false);
        var bytes = File.ReadAllBytes(folder[$"acuses/{Name}.json"]);
        Assert.InRange(bytes.Length, 1000, 100_000);
        var acuse = JsonNode.Parse(bytes)!;
        Assert.Equal((200, 20_003), (((JsonArray)acuse["reasons"]!).Count, (int)acuse["reasons_total"]!));
    }

    [Fact]
    public void TheSentenceAndSyslogCountWhatIsNotTold()
    {
        var fields =
            new JsonObject { ["package"] = Name,
            ["reasons"]
            = JsonSerializer.SerializeToNode(Told.Of(VerdictWith(20_000).Reasons), JsonSerializerOptions.Web),
            ["reasons_total"] = 20_003 };
        Assert.Contains(
            "(and 20000 more)", EventCatalogue.Sentence(Difusor.Agent.Texts.Language.En, "PACKAGE_REJECTED", fields),
            StringComparison.Ordinal);
        var pairs = SyslogFields.Of(
            new JournalRecord(
                1, null, DateTimeOffset.UnixEpoch, "PACKAGE_REJECTED", fields, new string('0', 64),
                new string('0', 64)),
            new SyslogIdentity(16, null, 1, TimeZoneInfo.Utc, "x@1", Difusor.Agent.Texts.Language.En), 8000);
        Assert.Equal("20003", Assert.Single(pairs, pair => pair.Name == "reasons_total").Value);
    }

    [Fact]
    public void AwaitedPathsAreTheFirstTwoHundredAndTheirNumber()
    {
        var awaited = ToldNames.Of(Enumerable.Range(0, 60_000).Select(number => $"{number:d6}"));
        Assert.Equal((200, 60_000, "000000"), (awaited.Names.Length, awaited.Total, awaited.Names[0]));
    }

    [Fact]
    public void UnsafeNamesInAHashFileAreCounted()
    {
        var hash = HashFile.Parse(
            RelativePath.Own("SHA256SUMS"),
            Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 30_000).Select(number => Line($"../{number}")))))
            .File!;
        Assert.InRange(hash.Findings.Count, 9_000, 10_000);
        Assert.Equal(30_000, hash.Findings.Count + hash.MoreFindings);
    }

    [Fact]
    public void AbsentNamesTakeNoMoreMemoryThanTheirLines()
    {
        var path = string.Join('/', Enumerable.Repeat(new string('b', 240), 4));
        var text = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Range(0, 30_000).Select(number => Line($"{number}/{path}"))));
        var contents = new MemoryContents();
        contents.Place(RelativePath.Own("index.html"), "x"u8.ToArray());
        contents.Place(RelativePath.Own("SHA256SUMS"), text);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var completeness = Completeness.Of(new PackageOffer(Name, []), contents, VerificationRules.Default, []);
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Equal(30_000, completeness.Missing.Count);
        Assert.InRange(kept, long.MinValue, 8 << 20);
        GC.KeepAlive(contents);
        Assert.Equal($"0/{path}", completeness.Missing.First());
    }
}
