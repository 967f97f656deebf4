using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Tests.Structure;

/// <summary>Holds the documents that people read to the working copy, to each other and to the program.</summary>
public sealed partial class DocumentTests
{
    /// <summary>Documents in Spanish, and their twins in English. What is not here is in one language.</summary>
    static readonly (string Spanish, string English)[] Twins =
    [
        ("README.es.md", "README.md"), ("packaging/LEEME.md", "packaging/README.md"),
        ("docs/bitacora.md", "docs/journal.md"), ("docs/descarga.md", "docs/fetch.md"),
        ("docs/eventos.md", "docs/events.md"),
        ("docs/kit-piloto.md", "docs/pilot-kit.md"), ("docs/noche-electoral.md", "docs/election-night.md"),
        ("docs/nos-atacaron.md", "docs/attacked.md"), ("docs/para-auditores.md", "docs/for-auditors.md"),
        ("docs/perfil.md", "docs/profile.md"), ("docs/por-que-no-un-script.md", "docs/why-not-a-script.md"),
        ("docs/sin-el-agente.md", "docs/without-the-agent.md"),
    ];

    static readonly string[] Documents =
    [
        .. new[] { "", "docs", "agent", "packaging", "packaging/after", "packaging/monitoring", "packaging/notify" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.md")),
    ];

    public static TheoryData<string, string> TwinDocuments => [.. Twins];

    [Fact]
    public void EachRelativeLinkLeadsSomewhere() =>
        Assert.Empty(
            from document in Documents
            from link in Link().Matches(File.ReadAllText(document)).Select(match => match.Groups[1].Value)
            where !link.Contains("://", StringComparison.Ordinal)
            where !Path.Exists(Path.Combine(Path.GetDirectoryName(document)!, link))
            select $"{document}: {link}");

    /// <summary>A document that says "as this test shows" must not outlive the test.</summary>
    [Fact]
    public void EachTestThatADocumentNamesIsThere()
    {
        var sources = Repository.SourcesBelow("tests").Select(file => (
            Name: Path.GetFileNameWithoutExtension(file), Text: File.ReadAllText(file))).ToList();
        var named = (
            from document in Documents.Where(path => path.Contains("/docs/", StringComparison.Ordinal))
            from Match match in TestName().Matches(File.ReadAllText(document))
            select (document, Class: match.Groups[1].Value, Test: match.Groups[2].Value)).ToList();
        Assert.True(named.Count > 20, "the names of the tests were not read");
        Assert.Empty(
            from name in named
            where !sources.Any(source => source.Name == name.Class
                && (name.Test.Length == 0 || source.Text.Contains($" {name.Test}(", StringComparison.Ordinal)))
            select $"{name.document}: {name.Class}.{name.Test}");
    }

    /// <summary>The column of the page about the script has no class before each test.</summary>
    [Theory, InlineData("docs/why-not-a-script.md"), InlineData("docs/por-que-no-un-script.md")]
    public void EachRowOfTheScriptHasItsTest(string page)
    {
        var tests = File.ReadAllText(
            Path.Combine(Repository.Root, "tests/Difusor.Agent.SystemTests/ShellScriptTests.cs"));
        var named = File.ReadLines(Path.Combine(Repository.Root, page))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)
            .Select(line => line.Split('|')[3].Trim(' ', '`')).ToList();
        Assert.True(named.Count > 8, page);
        Assert.All(named, test => Assert.Contains($" void {test}(", tests, StringComparison.Ordinal));
    }

    /// <summary>
    /// The installation named a profile that no package brought, so its third command failed. A second election
    /// (<c>--config</c>) is a profile of one's own.
    /// </summary>
    [Theory]
    [InlineData("README.md"), InlineData("README.es.md"), InlineData("packaging/README.md")]
    [InlineData("packaging/LEEME.md")]
    public void TheElectionThatTheInstallationNamesIsInThePackage(string page)
    {
        var named = Installed().Matches(File.ReadAllText(Path.Combine(Repository.Root, page)))
            .Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(named);
        Assert.Empty(named.Except(ConfigurationFiles.BuiltIn));
    }

    /// <summary>Whole: the same headings, examples and rows, in the same order.</summary>
    [Theory, MemberData(nameof(TwinDocuments))]
    public void ATwinHasAllThatTheOtherHas(string spanish, string english) =>
        Assert.Equal(Outline(english), Outline(spanish));

    [Fact]
    public void NoDocumentInOneLanguageIsForgotten()
    {
        string[] inBoth =
        [
            "terminology.md", "contract.md", // both in one; cited by the code
            "terminal.md", "deliveries.md", // as printed; as measured
        ];
        var known = Twins.SelectMany(twin => new[] { twin.Spanish, twin.English }).Select(Path.GetFileName);
        var found = Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(Path.GetFileName);
        Assert.Empty(found.Except(known).Except(inBoth));
    }

    [Theory, InlineData("docs/profile.md"), InlineData("docs/perfil.md")]
    public void EachKeyOfAProfileStandsInItsPageAndNoOther(string page)
    {
        var profile = ConfigurationFiles.LoadProfile("ieem-2021", "/nowhere/agent.yaml", Position.Start).Value!;
        var keys = Keys(ProfileWriter.Show(profile), "").Order(StringComparer.Ordinal);
        var named = File.ReadLines(Path.Combine(Repository.Root, page))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Key().Matches(Own(line)).Select(match => match.Groups[1].Value))
            .Order(StringComparer.Ordinal);
        Assert.Equal(keys, named);

        // Its own cell, and in the text only what lies below it: another cell may name keys of agent.yaml.
        static string Own(string line)
        {
            var own = Key().Match(line).Groups[1].Value;
            var below = Key().Matches(line).Select(match => match.Groups[1].Value)
                .Where(key => key.StartsWith($"{own}.", StringComparison.Ordinal));
            return string.Concat(below.Prepend(own).Select(key => $"`{key}`"));
        }
    }

    /// <summary>The example of the page is a profile that the program takes.</summary>
    [Theory, InlineData("docs/profile.md"), InlineData("docs/perfil.md")]
    public void TheExampleOfAProfileIsOne(string page)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, page)).Split("```yaml\n")[1].Split("```")[0];
        var read = ProfileReader.Read(Encoding.UTF8.GetBytes(text), page);
        Assert.Empty(read.Problems);
        Assert.Equal("PREP_MEX", read.Value!.Series);
    }

    /// <summary>Returns the keys of a profile; <c>publication</c> is nothing but what lies below it.</summary>
    static IEnumerable<string> Keys(JsonObject map, string place)
    {
        foreach (var (name, value) in map)
        {
            if (name != "publication") yield return place + name;
            if ((value is JsonArray { Count: > 0 } list ? list[0] : value) is not JsonObject below) continue;
            foreach (var key in Keys(below, $"{place}{name}.")) yield return key;
        }
    }

    /// <summary>Returns what a document is made of, without its words.</summary>
    static List<string> Outline(string path)
    {
        var (outline, isExample) = (new List<string>(), false);
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, path)))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isExample = !isExample;
                if (isExample) outline.Add(line);
            }
            else if (isExample) continue;
            else if (line.StartsWith('#')) outline.Add(line.Split(' ')[0]);
            else if (line.StartsWith('|')) outline.Add($"row of {line.Split('|').Length - 2}");
        }
        return outline;
    }

    [GeneratedRegex(@"(?<!`)\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`([A-Z][A-Za-z]+Tests)(?:\.([A-Z][A-Za-z0-9]+))?`")]
    private static partial Regex TestName();

    [GeneratedRegex("difusor-agent setup --election ([a-z0-9-]+)")]
    private static partial Regex Installed();

    [GeneratedRegex("`([a-z_]+(?:\\.[a-z_]+)*)`")]
    private static partial Regex Key();
}
