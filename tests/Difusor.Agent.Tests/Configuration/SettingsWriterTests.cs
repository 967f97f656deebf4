using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;
using Json.Schema;

namespace Difusor.Agent.Tests.Configuration;

public class SettingsWriterTests
{
    static readonly Settings Defaults = new() { Election = "ieem-2021" };

    static Settings Read(string yaml)
    {
        var reading = SettingsReader.Read(Encoding.UTF8.GetBytes(yaml), "/etc/difusor-agent/agent.yaml");
        Assert.Empty(reading.Problems.Select(problem => problem.In(Language.En)));
        return reading.Value!;
    }

    static string Json(Settings settings) => SettingsWriter.Show(settings).ToJsonString();

    static bool Accepts(string json)
    {
        var schema = JsonSchema.FromText(
            SettingsWriter.Schema(Language.En).ToJsonString(),
            new BuildOptions { SchemaRegistry = new SchemaRegistry() });
        using var document = JsonDocument.Parse(json);
        return schema.Evaluate(document.RootElement).IsValid;
    }

    [Fact]
    public void TheCommentedFileReadsBackAsTheDefaults() =>
        Assert.Equal(Json(Defaults), Json(Read(SettingsWriter.Commented("ieem-2021", Language.Es))));

    [Fact]
    public void WhatIsShownReadsBackAsItWas()
    {
        var settings = Defaults with
        {
            Drop = new DropSettings { Layout = DropLayout.Tree, Keep = null, Series = "2021: x #y" },
            Clock = new ClockSettings { Servers = ["[::1]:123", "a"], Poll = TimeSpan.FromMilliseconds(1500),
                DriftPpm = 12.5 },
            Sentinel =
                new SentinelSettings { Probes = [new UrlEvery(new Uri("https://localhost/"), TimeSpan.FromHours(1))] },
            Notify = new NotifySettings { Command = "/usr/bin/page" },
            Syslog = new SyslogSettings { Targets = ["tcp://siem.mx:601", "udp://siem.mx:514"], Ca = "/etc/ca.pem" },
            Language = Language.En,
        };
        Assert.Equal(Json(settings), Json(Read(SettingsWriter.ShowYaml(settings))));
    }

    [Fact]
    public void SecretsAreMasked()
    {
        var shown = SettingsWriter.ShowYaml(Defaults with
        {
            Notify = new NotifySettings { Command = "/usr/bin/page --token s3cret",
                Heartbeat = new UrlEvery(new Uri("https://hc.example/s3cret"), TimeSpan.FromMinutes(1)) },
            Sentinel =
                new SentinelSettings { Probes =
                [new UrlEvery(new Uri("https://localhost/?key=s3cret"), TimeSpan.FromMinutes(1))] },
        });
        Assert.DoesNotContain("s3cret", shown);
        Assert.Contains("https://hc.example/***", shown);
    }

    [Fact]
    public void EveryKeyHasItsSentencesAndNoSentenceIsWithoutItsKey()
    {
        var places = new HashSet<string>();
        Collect(SettingsWriter.Schema(Language.En), "", places);
        Assert.Equal(places.Order(), KeyTexts.Settings.All.Keys.Order());
    }

    /// <summary>A property that no key sets is a setting that nobody can change.</summary>
    [Fact]
    public void EachPropertyOfTheSettingsIsAKey() =>
        Assert.Equal(PropertiesOf(typeof(Settings)).Order(), KeysOf(SettingsWriter.Show(Defaults)).Order());

    /// <summary>A key that is read and used by nothing is a promise that nobody keeps.</summary>
    [Fact]
    public void EachPropertyOfTheSettingsIsUsed()
    {
        var program = string.Concat(Repository.Sources().Where(file => Path.GetFileName(file) is not "Settings.cs"
            and not "SettingsShape.cs").Select(System.IO.File.ReadAllText));
        Assert.All(PropertiesOf(typeof(Settings)), key =>
        {
            var words = key.Split('.')[^1].Split('_');
            var name = string.Concat(words.Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
            Assert.Matches($@"\.{name}\b", program);
        });
    }

    static IEnumerable<string> PropertiesOf(Type settings, string place = "")
    {
        foreach (var property in settings.GetProperties().Where(property => property.CanWrite))
        {
            var name = place + KebabCase.Of(property.Name).Replace('-', '_');
            // What may be left out whole is shown as one key while it is.
            if (!property.PropertyType.Name.EndsWith("Settings", StringComparison.Ordinal)
                || new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable)
                yield return name;
            else foreach (var below in PropertiesOf(property.PropertyType, $"{name}.")) yield return below;
        }
    }

    static IEnumerable<string> KeysOf(JsonObject shown, string place = "")
    {
        foreach (var (name, value) in shown)
        {
            if (value is not JsonObject map) yield return place + name;
            else foreach (var below in KeysOf(map, $"{place}{name}.")) yield return below;
        }
    }

    internal static void Collect(JsonNode? schema, string place, HashSet<string> places)
    {
        if (schema is not JsonObject map) return;
        if (map["properties"] is JsonObject properties)
            foreach (var (name, value) in properties)
            {
                var below = place.Length == 0 ? name : $"{place}.{name}";
                places.Add(below);
                Collect(value, below, places);
            }
        Collect(map["items"], place, places);
        Collect(map["anyOf"]?[0], place, places);
    }

    [Fact]
    public void AJsonSchemaValidatorTakesTheSchemaAndTheDefaults() => Assert.True(Accepts(Json(Defaults)));

    [Theory]
    [InlineData("{}"), InlineData("""{"election":"x","drp":{}}"""), InlineData("""{"election":"x","drop":{"settle":10}}""")]
    [InlineData("""{"election":"x","drop":{"settle":"10"}}"""), InlineData("""{"election":"x","language":"fr"}"""), InlineData("""{"election":"x","limits":{"files":0}}""")]
    [InlineData("""{"election":"x","hashes":{"algorithms":[]}}"""), InlineData("""{"election":"x","sentinel":{"probes":[{"url":"https://x/"}]}}""")]
    public void TheSchemaRefusesWhatTheReaderRefuses(string json)
    {
        Assert.False(Accepts(json));
        Assert.NotEmpty(SettingsReader.Read(Encoding.UTF8.GetBytes(json), "/x.yaml").Problems);
    }
}
