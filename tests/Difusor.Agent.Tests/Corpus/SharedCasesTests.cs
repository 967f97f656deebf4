using System.Text.RegularExpressions;
using Difusor.Agent.Linux.PackageFiles;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Corpus;

/// <summary>
/// The packages of tests/data/cases, byte for byte as a tool made them, verified as <c>verify</c> does. EXPECTED beside
/// each says the answer, the warnings that it names and the corte.
/// </summary>
public sealed partial class SharedCasesTests
{
    static readonly string Folder = Path.Combine(Repository.Root, "tests/data/cases");

    public static TheoryData<string> Cases =>
        [.. Directory.EnumerateDirectories(Folder).Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal)];

    [Fact]
    public void TheCasesAreThere() => Assert.InRange(Cases.Count, 17, 1000);

    [Theory, MemberData(nameof(Cases))]
    public void ThePackageIsWhatItsCaseExpects(string name)
    {
        var expected = File.ReadAllText(Path.Combine(Folder, name, "EXPECTED"));
        Assert.StartsWith("accepted", expected, StringComparison.Ordinal);
        // `accepted as .tar.gz`: what is beside it in another form is refused.
        var only = Only().Match(expected) is { Success: true } form ? form.Groups[1].Value : "";
        foreach (var package in Directory.EnumerateFileSystemEntries(Path.Combine(Folder, name)))
        {
            if (Path.GetFileName(package) == "EXPECTED") continue;
            var verdict = Judge(package);
            Assert.True(
                verdict.Accepted == package.EndsWith(only, StringComparison.Ordinal),
                $"{package}: {string.Join("; ", verdict.Reasons)}");
            if (!verdict.Accepted) continue;
            var warned = verdict.Warnings.Select(warning => warning.Code).ToHashSet();
            foreach (Match warning in Warning().Matches(expected)) Assert.Contains(warning.Groups[1].Value, warned);
            if (CorteOf().Match(expected) is { Success: true } corte)
                Assert.StartsWith(corte.Groups[1].Value, verdict.Corte.ToString(), StringComparison.Ordinal);
        }
    }

    static Verdict Judge(string package)
    {
        using var opened = PackageReader.Open(
            package, extra: null, VerificationRules.Default.Limits, new ReadingProgress(measured: false));
        return Verifier.Judge(opened.Offer, opened.Contents, VerificationRules.Default);
    }

    [GeneratedRegex(@"accepted as (\.[a-z.]+[a-z])")]
    private static partial Regex Only();

    [GeneratedRegex("warning ([a-z]+(?:-[a-z]+)*)")]
    private static partial Regex Warning();

    [GeneratedRegex("corte ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})")]
    private static partial Regex CorteOf();
}
