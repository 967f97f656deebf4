using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Configuration;

/// <summary>Each bound of each key, at the last value that it allows and at the first that it refuses.</summary>
public sealed class BoundsTests
{
    const string File = "/etc/difusor-agent/agent.yaml", Profile = "x.yaml";

    /// <summary>
    /// The value that is too small, the least, the most, and the one that is too large; "": there is none.
    /// </summary>
    static readonly Dictionary<string, (string Less, string Least, string Most, string More)> Bounds = new()
    {
        ["drop.settle"] = ("-1s", "0s", "1h", "3601s"),
        ["drop.give_up"] = ("-1s", "0s", "24h", "86401s"),
        ["drop.keep"] = ("-1s", "0s", "8760h", "31536001s"),
        ["drop.at_once"] = ("0", "1", "64", "65"),
        ["limits.files"] = ("0", "1", "10000000", "10000001"),
        ["limits.file_size"] = ("0B", "1B", "1TiB", "1099511627777B"),
        ["limits.package_size"] = ("0B", "1B", "16TiB", "17592186044417B"),
        ["limits.path_length"] = ("0", "1", "4000", "4001"),
        ["limits.path_depth"] = ("0", "1", "256", "257"),
        ["limits.compression_ratio"] = ("0", "1", "100000", "100001"),
        ["limits.hash_text"] = ("0B", "1B", "1GiB", "1073741825B"),
        ["limits.path_text"] = ("0B", "1B", "1GiB", "1073741825B"),
        ["limits.min_free"] = ("-1B", "0B", "1024TiB", "1125899906842625B"),
        ["limits.future_releases"] = ("-1", "0", "1000", "1001"),
        ["clock.poll"] = ("99ms", "100ms", "1h", "3600001ms"),
        ["clock.quorum"] = ("0", "1", "32", "33"),
        ["clock.max_offset"] = ("0ms", "1ms", "1h", "3600001ms"),
        ["clock.max_uncertainty"] = ("0ms", "1ms", "1m", "60001ms"),
        ["clock.drift_ppm"] = ("0.09", "0.1", "500", "500.1"),
        ["publication.grace"] = ("-1s", "0s", "24h", "86401s"),
        ["publication.keep_releases"] = ("1", "2", "10000", "10001"),
        ["publication.after.timeout"] = ("999ms", "1s", "1h", "3600001ms"),
        ["quarantine.keep"] = ("-1", "0", "10000", "10001"),
        ["quarantine.size"] = ("-1B", "0B", "16TiB", "17592186044417B"),
        ["sentinel.rescan"] = ("99ms", "100ms", "24h", "86400001ms"),
        ["sentinel.probes[].every"] = ("99ms", "100ms", "24h", "86400001ms"),
        ["notify.heartbeat.every"] = ("99ms", "100ms", "24h", "86400001ms"),
        ["hashes.line.name"] = ("0", "1", "32", "33"),
        ["hashes.line.digest"] = ("0", "1", "32", "33"),
    };

    static IEnumerable<string> Refused(string yaml) =>
        SettingsReader.Read(Encoding.UTF8.GetBytes(yaml), File).Problems.Select(problem => problem.In(Language.En));

    /// <summary>Writes one value at its key, as YAML on one line.</summary>
    static string Yaml(string key, string value)
    {
        var text = value;
        foreach (var name in key.Split('.').Reverse())
            text = name.EndsWith("[]", StringComparison.Ordinal) ? $"{{{name[..^2]}: [{text}]}}"
                : $"{{{name}: {text}}}";
        return text;
    }

    static bool IsRefused(string key, string value) => Refused(Yaml(key, value)).Any(
        said => said.Contains($"'{value}' is not valid", StringComparison.Ordinal));

    [Fact]
    public void EachNumberIsTakenUpToItsBoundsAndNotBeyond()
    {
        var wrong = new List<string>();
        foreach (var (key, (less, least, most, more)) in Bounds)
        {
            if (IsRefused(key, least)) wrong.Add($"{key}: {least} is refused");
            if (IsRefused(key, most)) wrong.Add($"{key}: {most} is refused");
            if (!IsRefused(key, less)) wrong.Add($"{key}: {less} is taken");
            if (!IsRefused(key, more)) wrong.Add($"{key}: {more} is taken");
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void EachKeyThatHasBoundsIsInTheTable()
    {
        var keys = new List<string>();
        Find(SettingsWriter.Schema(Language.En), "", keys);
        Assert.Equal(Bounds.Keys.Order(), keys.Order());
    }

    static void Find(JsonObject schema, string place, List<string> keys)
    {
        foreach (var choice in (schema["anyOf"] ?? schema["oneOf"]) as JsonArray ?? [])
            if (choice is JsonObject one) Find(one, place, keys);
        if (schema["items"] is JsonObject item) Find(item, place + "[]", keys);
        foreach (var (name, below) in schema["properties"] as JsonObject ?? [])
            Find((JsonObject)below!, place.Length == 0 ? name : $"{place}.{name}", keys);
        if (schema["minimum"] is not null || $"{schema["pattern"]}".StartsWith("^[0-9]+(", StringComparison.Ordinal))
            keys.Add(place);
    }

    /// <summary>An editor that knows the schema complains of what the program would refuse.</summary>
    [Fact]
    public void TheSchemaSaysWhatEachTextMayNotBe()
    {
        var bare = new List<string>();
        foreach (var schema in new[] { SettingsWriter.Schema(Language.Es), ProfileWriter.Schema(Language.Es) })
            foreach (var leaf in Leaves(schema).Where(leaf => (string?)leaf["type"] == "string"))
                if ((int?)leaf["minLength"] != 1 && leaf["pattern"] is null) bare.Add(leaf.ToJsonString());
        Assert.Empty(bare);
        var path = SettingsWriter.Schema(Language.Es)["properties"]!["paths"]!["properties"]!["drop"]!;
        Assert.Equal(("string", 1), ((string?)path["type"], (int?)path["minLength"]));

        static IEnumerable<JsonObject> Leaves(JsonNode? node) => node switch
        {
            JsonObject one => one.Select(each => each.Value).SelectMany(Leaves).Prepend(one)
                .Where(each => each["type"] is JsonValue),
            JsonArray list => list.SelectMany(Leaves),
            _ => [],
        };
    }

    [Theory]
    [InlineData("limits: {denied_extensions: [#]}", 1000, "x{0}")]
    [InlineData("syslog: {targets: [#]}", 8, "\"udp://h{0}\"")]
    [InlineData("sentinel: {probes: [#]}", 32, "{{url: \"https://h{0}/\", every: 60s}}")]
    [InlineData("clock: {servers: [#]}", 32, "h{0}")]
    public void AListIsTakenUpToItsLongestAndNotBeyond(string yaml, int most, string item)
    {
        IEnumerable<string> With(int count) => Refused(yaml.Replace("#", string.Join(", ", Enumerable.Range(1, count)
            .Select(number => string.Format(CultureInfo.InvariantCulture, item, number))), StringComparison.Ordinal));
        Assert.DoesNotContain(With(most), IsOfAList);
        Assert.Contains(With(most + 1), IsOfAList);
        static bool IsOfAList(string said) => said.Contains("'a list' is not valid", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("election: /#", 3999), InlineData("paths: {drop: /#}", 3999), InlineData("notify: {command: /#}", 3999)]
    public void ATextIsTakenUpToItsLongestAndNotBeyond(string yaml, int most)
    {
        IEnumerable<string> With(int length) =>
            Refused(yaml.Replace("#", new string('x', length), StringComparison.Ordinal))
                .Where(said => said.Contains("is not valid", StringComparison.Ordinal));
        Assert.Empty(With(most));
        Assert.NotEmpty(With(most + 1));
    }

    [Theory]
    [InlineData("a@b", true), InlineData("a@", false), InlineData("@b", false), InlineData("ab", false)]
    [InlineData("a @b", false), InlineData("#254", true), InlineData("#255", false)]
    public void AnAddressHasAnAtInsideAndNoBlank(string email, bool taken)
    {
        if (email[0] == '#')
            email = "a@" + new string('b', int.Parse(email[1..], CultureInfo.InvariantCulture) - 2);
        var said = ProfileReader.Read(Encoding.UTF8.GetBytes($"contact: {{name: x, email: \"{email}\"}}"), Profile)
            .Problems.Select(problem => problem.In(Language.En)).ToList();
        Assert.NotEmpty(said);
        Assert.Equal(taken, !said.Exists(one => one.Contains("contact.email", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("https://h/a b"), InlineData("https://h/a\\u0007"), InlineData(" https://h/")]
    public void AnAddressWithABlankOrAnInvisibleCharacterIsNone(string address) =>
        Assert.Contains(
            Refused($"notify: {{heartbeat: {{url: \"{address}\", every: 60s}}}}"),
            said => said.Contains("heartbeat.url", StringComparison.Ordinal));

    /// <summary>What YAML reads as something else must be quoted, and is when we write it.</summary>
    [Theory]
    [InlineData("null"), InlineData("Null"), InlineData("NULL"), InlineData("~"), InlineData("true")]
    [InlineData("False")]
    [InlineData("0x1f"), InlineData("0o17"), InlineData("1e3"), InlineData(".5"), InlineData("-7")]
    public void AWordThatYamlReadsOtherwiseIsATextOnlyInQuotes(string word)
    {
        bool IsRefused(string written) => Refused($"syslog: {{sd_id: {written}}}\ndrop: {{layout: {written}}}\n"
            + $"notify: {{command: {written}}}").Any(said => said.Contains("notify.command", StringComparison.Ordinal));
        Assert.True(Shapes.LooksLikeNoText(word));
        Assert.False(IsRefused($"\"{word}\""));
        if (!word.Contains("ull", StringComparison.OrdinalIgnoreCase) && word != "~") Assert.True(IsRefused(word));
        Assert.Equal($"a: \"{word}\"\n", YamlWriter.Write(new JsonObject { ["a"] = word }, _ => null));
    }

    [Fact]
    public void AFileOf256KiBIsReadAndOneByteMoreIsNot()
    {
        static string[] Read(int length) =>
            [.. Refused("election: ieem-2021\n" + new string('#', length - 20))];
        Assert.Empty(Read(256 << 10));
        Assert.Contains("256KiB", Assert.Single(Read((256 << 10) + 1)), StringComparison.Ordinal);
    }

    /// <summary>Each time one line fewer is tried, and not without end.</summary>
    [Fact]
    public void WhatComesBeforeAMistakeIsReadUpTo32LinesBeforeTheEnd()
    {
        static string Election(int lines) => SettingsReader.ReadWhatFits(
            Encoding.UTF8.GetBytes("election: ieem-2021\ntitle: \"" + new string('\n', lines)), File).Election;
        Assert.Equal(("ieem-2021", ""), (Election(LastRead), Election(LastRead + 1)));
    }

    const int LastRead = 31;

    [Fact]
    public void ACommandThatIsHiddenIsSaidInTheLanguageThatIsAskedFor()
    {
        var settings = new Settings { Election = "x", Language = Language.Es };
        settings = settings with { Notify = settings.Notify with { Command = "/bin/mail --token secret" } };
        foreach (var (asked, said) in new[]
            { ((Language?)null, Language.Es), (Language.Es, Language.Es), (Language.En, Language.En) })
            Assert.Contains(
                Messages.Say(said, "config.command-hidden")[..30], SettingsWriter.ShowYaml(settings, asked),
                StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a:\n\tb: 1\n", "2:1"), InlineData("a:\n  \tb: 1\n", "2:3"), InlineData("a: '\t'\n", null)]
    public void ATabThatIndentsIsToldWithItsPlace(string yaml, string? place)
    {
        var said = Refused(yaml).SingleOrDefault(one => one.Contains("tab", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(place, said is null ? null : string.Join(':', said[(File.Length + 1)..].Split(':').Take(2)));
    }
}
