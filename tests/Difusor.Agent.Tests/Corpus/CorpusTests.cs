using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.PackageFiles;
using Difusor.Agent.Texts;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Corpus;

public class CorpusTests
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "corpus");

    public static TheoryData<string> Cases =>
        [.. Directory.EnumerateFiles(Folder, "*.case", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Cases))]
    public void TheVerdictIsTheOneWithinTheCase(string file)
    {
        var test = CorpusCase.Read(Path.Combine(Folder, file));
        var verdict = VerdictOf(test);
        Assert.Equal(
            test.Reasons.Order(StringComparer.Ordinal), verdict.Reasons.Select(Shown).Order(StringComparer.Ordinal));
        Assert.Equal(
            test.Warnings.Order(StringComparer.Ordinal), verdict.Warnings.Select(Shown).Order(StringComparer.Ordinal));
        Assert.Equal(test.Accepted, verdict.Accepted);
        Assert.Equal(file.StartsWith("accepted", StringComparison.Ordinal), verdict.Accepted);
        if (test.Corte is not null) Assert.Equal(test.Corte, verdict.Corte?.ToString() ?? "none");
        if (test.Series is not null) Assert.Equal(test.Series, verdict.Series ?? "none");
        foreach (var finding in verdict.Reasons.Concat(verdict.Warnings))
            Assert.True(Details.Has(finding.Detail), finding.Detail);
        if (test.Algorithm is not null) Assert.Equal(test.Algorithm, verdict.Algorithm?.Name() ?? "none");
    }

    /// <summary>The words of each finding, and what is told of the package beside it.</summary>
    [Fact]
    public void EachVerdictIsToldInTheWordsThatWereReadLast()
    {
        var text = new StringBuilder();
        foreach (var row in Cases)
        {
            var verdict = VerdictOf(CorpusCase.Read(Path.Combine(Folder, row.Data)));
            text.Append($"{row.Data}: {verdict.Corte?.ToString() ?? "no corte"}, {verdict.Series ?? "no series"}, ")
                .Append(verdict.Algorithm?.Name() ?? "no algorithm");
            // Where a limit ends the reading, how far it came depends on the file system's order.
            if (verdict.Accepted)
                text.Append($", {verdict.Files} files, {verdict.Bytes} bytes, {verdict.ManifestSha256}");
            text.Append('\n');
            foreach (var reason in verdict.Reasons) text.Append($"  {Shown(reason)}: {reason.Detail}\n");
            foreach (var warning in verdict.Warnings) text.Append($"  warning {Shown(warning)}: {warning.Detail}\n");
        }
        Golden.Holds("verdicts.txt", text.ToString());
    }

    [Fact]
    public void EachReasonHasACaseOrATestThatNamesIt()
    {
        var seen = Cases.SelectMany(row => CorpusCase.Read(Path.Combine(Folder, row.Data)).Reasons)
            .Select(reason => reason.Split(' ')[0]).ToHashSet();
        // A file that cannot be read is one that root always can, and what the hour says of a corte only the daemon
        // knows.
        var tests = string.Concat(
            new[] { "Linux/PackageFiles/FolderContentsTests.cs", "Night/VerdictTests.cs" }.Select(file =>
                File.ReadAllText(Path.Combine(Repository.Root, "tests/Difusor.Agent.Tests", file))));
        Assert.DoesNotContain(
            Enum.GetValues<ReasonCode>().Select(reason => reason.Code()),
            code => !seen.Contains(code) && !tests.Contains($"\"{code}\"", StringComparison.Ordinal));
    }

    [Fact]
    public void EachLimitOfAPackageHasACase()
    {
        // What else is held, and the disk's room, no single package shows.
        string[] beyondOnePackage = ["future_releases", "min_free"];
        var set = Cases.SelectMany(row => CorpusCase.Read(Path.Combine(Folder, row.Data)).LimitsSet);
        var limits = SettingsWriter.Show(new Settings { Election = "ieem-2021" })["limits"]!.AsObject()
            .Where(limit => limit.Value is not JsonArray).Select(limit => limit.Key);
        Assert.Equal(limits.Except(beyondOnePackage).Order(), set.Distinct().Order());
    }

    static Verdict VerdictOf(CorpusCase test)
    {
        using var package = new CorpusPackage(test);
        using var opened =
            PackageReader.Open(package.Path, extra: null, test.Rules.Limits, new ReadingProgress(measured: false));
        return Verifier.Judge(opened.Offer, opened.Contents, test.Rules);
    }

    static string Shown(Finding finding) => finding.Path is null ? finding.Code : $"{finding.Code} {finding.Path}";
}
