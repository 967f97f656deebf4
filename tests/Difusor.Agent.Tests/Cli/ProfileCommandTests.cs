using System.Text.Json;
using System.Text.Json.Nodes;
using Difusor.Agent.Cli;
using Difusor.Agent.Configuration;
using Difusor.Agent.Tests.Configuration;
using Difusor.Agent.Tests.Linux;
using Difusor.Agent.Texts;
using Json.Schema;

namespace Difusor.Agent.Tests.Cli;

/// <summary>What a new user does to write the profile of another institute.</summary>
public sealed class ProfileCommandTests : IDisposable
{
    const string Filled = """
        id: iepc-2027
        title: PREP 2027
        authority: IEPC
        time_zone: America/Mexico_City
        publication: {opens: 2099-06-06T20:00:00-06:00, keep_until: 2099-06-07T23:59:59-06:00}
        cadence: 20m

        """;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Language.Es, "PENDIENTE. "), InlineData(Language.En, "PENDING. ")]
    public void ANewProfileSaysWhatIsMissingAndWhere(Language language, string mark)
    {
        var hearing = Hear(language, "profile", "new", "iepc-2027", "--out", folder["iepc-2027.yaml"]);
        Assert.Contains($"difusor-agent profile validate {folder["iepc-2027.yaml"]}", hearing.Output);
        var lines = File.ReadAllLines(folder["iepc-2027.yaml"]);
        var problems = Hear(language, "profile", "validate", folder["iepc-2027.yaml"]);
        Assert.Equal(ExitCode.Usage, Code);
        var said = problems.Errors.Trim().Split('\n');
        Assert.Equal(5, said.Length);
        string[] missing = ["title", "authority", "time_zone", "opens", "keep_until"];
        foreach (var (problem, key) in said.Zip(missing))
        {
            var at = problem[$"{folder["iepc-2027.yaml"]}:".Length..].Split(':');
            var line = lines[int.Parse(at[0], CultureInfo.InvariantCulture) - 1];
            Assert.Equal($"{key}: null", line.Trim());
            Assert.Equal(
                line.IndexOf("null", StringComparison.Ordinal) + 1, int.Parse(at[1], CultureInfo.InvariantCulture));
        }
        Assert.Equal(5, lines.Count(line => line.Contains(mark, StringComparison.Ordinal)));
    }

    /// <summary>Nothing but what the call says is left open.</summary>
    [Fact]
    public void OnceWhatIsPendingIsFilledInANewProfileIsOne()
    {
        var text = ProfileWriter.New("iepc-2027", Language.Es);
        foreach (var line in Filled.Split('\n').Where(line => line.Contains(": ", StringComparison.Ordinal)))
            text = text.Replace($"\n{line.Split(':')[0]}: null\n", $"\n{line}\n", StringComparison.Ordinal);
        text = text.Replace("opens: null", "opens: 2099-06-06T20:00:00-06:00", StringComparison.Ordinal)
            .Replace("keep_until: null", "keep_until: 2099-06-07T23:59:59-06:00", StringComparison.Ordinal);
        var read = ProfileReader.Read(Encoding.UTF8.GetBytes(text), "x.yaml");
        Assert.Empty(read.Problems.Select(problem => problem.In(Language.Es)));
        var expected = ProfileReader.Read(Encoding.UTF8.GetBytes(Filled), "y.yaml").Value!;
        Assert.Equal(ProfileWriter.ShowYaml(expected), ProfileWriter.ShowYaml(read.Value!));
    }

    [Fact]
    public void AFileThatIsThereIsNotWrittenOver()
    {
        folder.Write("iepc-2027.yaml", Filled);
        Hear(Language.Es, "profile", "new", "iepc-2027", "--out", folder["iepc-2027.yaml"]);
        Assert.Equal((ExitCode.Usage, Filled), (Code, File.ReadAllText(folder["iepc-2027.yaml"])));
        Hear(Language.Es, "profile", "new", "iepc-2027", "--out", folder["nowhere/iepc-2027.yaml"]);
        Assert.Equal(ExitCode.Environment, Code);
    }

    [Theory, InlineData("IEPC 2027"), InlineData("../x"), InlineData("x.yaml")]
    public void WhatCanBeNoIdIsRefused(string id)
    {
        Assert.Contains("iepc-2027", Hear(Language.Es, "profile", "new", id).Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, Code);
    }

    [Fact]
    public void AProfileThatHoldsSaysWhenItOpens()
    {
        folder.Write("iepc-2027.yaml", Filled);
        var hearing = Hear(Language.Es, "profile", "validate", folder["iepc-2027.yaml"]);
        Assert.Equal((ExitCode.Done, ""), (Code, hearing.Errors));
        Assert.Contains("Abre el 6 de junio de 2099, 20:00 (UTC-6)", hearing.Output, StringComparison.Ordinal);
    }

    /// <summary>Only the id of its name would find it.</summary>
    [Fact]
    public void AFileOfAnotherNameAndAnElectionThatIsOverAreWarnings()
    {
        folder.Write("mine.yaml", Filled.Replace("2099-06-0", "2024-06-0", StringComparison.Ordinal));
        var hearing = Hear(Language.En, "profile", "validate", folder["mine.yaml"]);
        Assert.Equal(ExitCode.Done, Code);
        Assert.Contains("iepc-2027.yaml, and this one is called mine.yaml", hearing.Errors, StringComparison.Ordinal);
        var json = JsonNode.Parse(Hear(Language.En, "profile", "validate", folder["mine.yaml"], "--json").Output)!;
        Assert.Equal(
            ["election-over", "other-name"], json["warnings"]!.AsArray().Select(each => (string?)each!["code"]));
        Assert.Equal((true, "iepc-2027"), ((bool)json["valid"]!, (string?)json["election"]));
    }

    [Fact]
    public void AMistakeIsToldWithItsPlaceToProgramsToo()
    {
        var file = folder.Write(
            "iepc-2027.yaml", Filled.Replace("20:00:00-06:00", "20:00:00-05:00", StringComparison.Ordinal));
        var json = JsonNode.Parse(Hear(Language.En, "profile", "validate", file, "--json").Output)!;
        Assert.Equal(ExitCode.Usage, Code);
        var problem = json["problems"]![0]!;
        Assert.Equal(
            (5, 22, "zone-disagrees"),
            ((int)problem["line"]!, (int)problem["column"]!, (string?)problem["code"]));
        Assert.Contains("expected 2099-06-06T20:00:00-06:00", (string?)problem["message"], StringComparison.Ordinal);
    }

    [Fact]
    public void AProfileThatIsNotThereIsNamed()
    {
        var hearing = Hear(Language.En, "profile", "validate", folder["no.yaml"]);
        Assert.Equal(ExitCode.Usage, Code);
        Assert.StartsWith($"difusor-agent: {folder["no.yaml"]}: ", hearing.Errors, StringComparison.Ordinal);
        Assert.Contains(
            "ieem-2027", Hear(Language.En, "profile", "show", "ieem-1999").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsShownReadsBackAsItWas()
    {
        var hearing = Hear(Language.Es, "profile", "show", "ieem-2027");
        var read = ProfileReader.Read(Encoding.UTF8.GetBytes(hearing.Output), "x.yaml").Value!;
        Assert.Equal(hearing.Output.Trim(), ProfileWriter.ShowYaml(read).Trim());
        folder.Write("agent.yaml", "election: ieem-2021\n");
        var shown = JsonNode.Parse(Hear(Language.Es, "profile", "show", "--json").Output)!;
        Assert.Equal("ieem-2021", (string?)shown["id"]);
    }

    [Fact]
    public void EveryKeyHasItsSentencesAndNoSentenceIsWithoutItsKey()
    {
        var places = new HashSet<string>();
        SettingsWriterTests.Collect(ProfileWriter.Schema(Language.En), "", places);
        Assert.Equal(places.Order(), KeyTexts.Profile.All.Keys.Order());
    }

    [Theory, InlineData("ieem-2021"), InlineData("ieem-2024"), InlineData("ieem-2027"), InlineData("ietam-2021")]
    public void TheSchemaTakesEachShippedProfileAndNoneThatIsPending(string id)
    {
        var schema = JsonSchema.FromText(
            Hear(Language.Es, "profile", "schema").Output, new BuildOptions { SchemaRegistry = new SchemaRegistry() });
        using var whole = JsonDocument.Parse(Hear(Language.Es, "profile", "show", id, "--json").Output);
        Assert.True(schema.Evaluate(whole.RootElement).IsValid);
        var open = JsonNode.Parse(whole.RootElement.GetRawText())!;
        open["publication"]!["opens"] = null;
        using var pending = JsonDocument.Parse(open.ToJsonString());
        Assert.False(schema.Evaluate(pending.RootElement).IsValid);
    }

    ExitCode Code { get; set; }

    Hearing Hear(Language language, params string[] arguments)
    {
        var hearing = new Hearing(language);
        Code = hearing.Run([.. arguments, "--config", folder["agent.yaml"]]);
        return hearing;
    }
}
