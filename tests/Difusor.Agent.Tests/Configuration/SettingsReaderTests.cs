using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Difusor.Agent.Tests.Configuration;

public class SettingsReaderTests
{
    const string File = "/etc/difusor-agent/agent.yaml";

    static string[] Problems(string yaml, Language language = Language.En) =>
        [.. SettingsReader.Read(Encoding.UTF8.GetBytes(yaml), File)
            .Problems.Select(problem => problem.In(language)[(File.Length + 1)..])];

    static Settings Read(string yaml) => SettingsReader.Read(Encoding.UTF8.GetBytes(yaml), File).Value!;

    [Theory]
    [InlineData("election: ieem-2021\ndrp: {}\n", "2:1: the key drp does not exist; did you mean drop?")]
    [InlineData("election: ieem-2021\ncolour: red\n",
        "2:1: the key colour does not exist; expected one of: election, paths, drop,*")]
    [InlineData(
        "election: ieem-2021\ndrop:\n  settel: 10s\n", "3:3: the key drop.settel does not exist; did you mean settle?")]
    [InlineData(
        "election: ieem-2021\nelection: ieem-2024\n", "2:1: the key election is repeated; it is already on line 1.")]
    [InlineData("election: ieem-2021\ndrop: {settle: 10s, settle: 20s}\n",
        "2:21: the key drop.settle is repeated; it is already on line 2.")]
    [InlineData("drop: {settle: 10s}\n", "1:1: the key election is missing.")]
    [InlineData("election: 2021\n", "1:11: election: '2021' is not valid; expected a profile's id*")]
    [InlineData("election: ieem-2021\ndrop: {settle: 10}\n",
        "2:16: drop.settle: '10' is not valid; expected a duration such as 500ms, 10s, 20m or 2h, from 0s to 1h.")]
    [InlineData(
        "election: ieem-2021\ndrop: {settle: 2h}\n", "2:16: drop.settle: '2h' is not valid; expected a duration*")]
    [InlineData("election: ieem-2021\ndrop: {keep: soon}\n",
        "2:14: drop.keep: 'soon' is not valid; expected a duration*, or null.")]
    [InlineData("election: ieem-2021\ndrop: {layout: trees}\n",
        "2:16: drop.layout: 'trees' is not valid; expected one of: packages, tree.")]
    [InlineData("election: ieem-2021\ndrop: [packages]\n",
        "2:7: drop: 'a list' is not valid; expected keys with values: layout, settle,*")]
    [InlineData("election: ieem-2021\nlimits: {files: many}\n",
        "2:17: limits.files: 'many' is not valid; expected a whole number from 1 to 10000000.")]
    [InlineData(
        "election: ieem-2021\nlimits: {files: 0}\n", "2:17: limits.files: '0' is not valid; expected a whole number*")]
    [InlineData("election: ieem-2021\nlimits: {file_size: 2GB}\n",
        "2:21: limits.file_size: '2GB' is not valid; expected a size such as 64KiB*")]
    [InlineData("election: ieem-2021\nlimits: {denied_extensions: [.php]}\n",
        "2:30: limits.denied_extensions[0]: '.php' is not valid; expected an extension without its dot*")]
    [InlineData("election: ieem-2021\nhashes: {require_html: yes}\n",
        "2:24: hashes.require_html: 'yes' is not valid; expected true or false.")]
    [InlineData("election: ieem-2021\nhashes: {require_html: \"true\"}\n",
        "2:24: hashes.require_html: '\"true\"' is not valid; expected true or false.")]
    [InlineData("election: ieem-2021\nhashes: {algorithms: [sha256, sha3]}\n",
        "2:31: hashes.algorithms[1]: 'sha3' is not valid; expected one of: md5, sha1, sha256,*")]
    [InlineData("election: ieem-2021\nhashes: {algorithms: []}\n",
        "2:22: hashes.algorithms: 'a list' is not valid; expected a list of 1 to 5 items*")]
    [InlineData("election: ieem-2021\nhashes: {algorithms: [sha256, sha256]}\n",
        "2:31: hashes.algorithms[1]: 'sha256' is repeated; it is already on line 2.")]
    [InlineData("election: ieem-2021\nsentinel: {probes: [{url: \"https://prep.mx@127.0.0.1/\", every: 60s}, "
        + "{url: \"https://prep.mx@127.0.0.1/\", every: 1m}]}\n",
        "2:70: sentinel.probes[1]: 'url: https://prep.mx@127.0.0.1/, every: 1m' is repeated; it is already on line 2.")]
    [InlineData("election: ieem-2021\nsentinel: {probes: [{url: \"https://h/?k=s3cr3t\", every: 60s}, "
        + "{url: \"https://h/?k=s3cr3t\", every: 60s}]}\n",
        "*sentinel.probes[1]: 'url: https://h/?***, every: 1m' is repeated; *")]
    [InlineData("election: ieem-2021\nclock: {servers: [\"a b\"]}\n",
        "2:19: clock.servers[0]: '\"a b\"' is not valid; expected an NTP server*")]
    [InlineData("election: ieem-2021\nclock: {servers: [127.0.0.1:99999]}\n",
        "2:19: clock.servers[0]: '127.0.0.1:99999' is not valid; expected an NTP server*")]
    [InlineData("election: ieem-2021\nclock: {quorum: 5}\n",
        "2:17: clock.quorum: 5 servers must agree, but clock.servers has 4; expected 4 or fewer.")]
    [InlineData("election: ieem-2021\nclock: {drift_ppm: -1}\n",
        "2:20: clock.drift_ppm: '-1' is not valid; expected a number from 0.1 to 500.")]
    [InlineData("election: ieem-2021\nsentinel: {probes: [{url: ftp://x/, every: 60s}]}\n",
        "2:27: sentinel.probes[0].url: 'ftp://x/' is not valid; expected an http:// or https:// address*")]
    [InlineData("election: ieem-2021\nsentinel: {probes: [{url: \"https://me:secret@x/\", every: 60s}]}\n",
        "2:27: sentinel.probes[0].url: * is not valid; *")]
    [InlineData("election: ieem-2021\nnotify: {heartbeat: {url: \"https://prep.mx@x/\", every: 60s}}\n",
        "2:27: notify.heartbeat.url: * is not valid; *")]
    [InlineData("election: ieem-2021\nsentinel: {probes: [{url: \"https://x/\"}]}\n",
        "2:21: the key sentinel.probes[0].every is missing.")]
    [InlineData("election: ieem-2021\nnotify: {heartbeat: {url: \"https://u:p@x/\", every: 60s}}\n",
        "2:27: notify.heartbeat.url: '***' is not valid;*without user or password.")]
    [InlineData("election: ieem-2021\nsyslog: {target: \"tcp:/x\"}\n",
        "2:18: syslog.target: '\"tcp:/x\"' is not valid; expected unix:/path, udp://host:514*")]
    [InlineData("election: ieem-2021\nsyslog: {key: /k.pem}\n",
        "2:15: syslog.certificate and syslog.key belong together: the certificate and its key.")]
    [InlineData("election: ieem-2021\nsyslog: {facility: local9}\n",
        "2:20: syslog.facility: 'local9' is not valid; expected one of: kern,*")]
    [InlineData("election: ieem-2021\nlanguage: fr\n", "2:11: language: 'fr' is not valid; expected one of: es, en.")]
    [InlineData("election: ieem-2021\npaths: {state: /srv/a, drop: /srv/a/b}\n",
        "2:30: paths.drop: /srv/a/b is inside paths.state (/srv/a); expected separate folders.")]
    [InlineData("election: ieem-2021\npaths: {state: 5}\n", "2:16: paths.state: '5' is not valid; expected a path.")]
    [InlineData("election: ieem-2021\npaths: {drop: null}\n",
        "2:15: paths.drop: 'null' is not valid; expected a path.")]
    [InlineData("election: ieem-2021\ndrop: {settle: 20s, give_up: 10s}\n",
        "2:30: drop.give_up: 10s is less than drop.settle (20s); expected at least as much.")]
    [InlineData("election: &x ieem-2021\n", "1:11: anchors (&name) are not allowed*")]
    [InlineData("election: ieem-2021\nlanguage: *x\n", "2:11: aliases (*name) are not allowed*")]
    [InlineData("election: !!str ieem-2021\n", "1:11: tags (!type) are not allowed*")]
    [InlineData("election: ieem-2021\n---\nelection: x\n", "2:1: a second document starts here*")]
    [InlineData("election: ieem-2021\n\tdrop: {}\n", "2:1: indented with a tab; expected spaces.")]
    [InlineData("election: [ieem-2021\n", "2:1: this is not YAML*")]
    [InlineData("election: ieem-2021\ndrop: {settle: 10s\nlimits:\n  files: 7\n",
        "2:8: this is not YAML (a brace or a bracket is not closed after this place)*")]
    [InlineData("? [a]\n: b\nelection: ieem-2021\n", "1:3: this cannot be a key*")]
    [InlineData("", "1:1: the file is empty*")]
    [InlineData("# nothing\n", "1:1: the file is empty*")]
    [InlineData("ieem-2021\n", "1:1: this is not a configuration: expected keys with values*")]
    [InlineData("a: [[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]\n", "1:15: too many levels*")]
    public void AWrongFileNamesItsPlaceAndWhatWasExpected(string yaml, string expected)
    {
        var problem = Assert.Single(Problems(yaml));
        Assert.Matches(
            "^" + System.Text.RegularExpressions.Regex.Escape(expected).Replace("\\*name", "\u0001")
            .Replace("\\*", ".*").Replace("\u0001", "\\*name") + "$", problem);
    }

    [Fact]
    public void AllProblemsAreToldAtOnce() =>
        Assert.Equal(
            ["1:1: the key elecion does not exist; did you mean election?", "2:16: drop.settle: 'x", "3:14: language"],
            Problems("elecion: ieem-2021\ndrop: {settle: x}\nlanguage:    fr\n").Take(3)
                .Zip([0, 21, 14], (line, length) => length == 0 ? line : line[..length]));

    [Fact]
    public void ProblemsSpeakSpanish() =>
        Assert.Equal(
            ["2:16: drop.settle: «10» no es válido; se esperaba una duración como 500ms, 10s, 20m o 2h, de 0s a 1h."],
            Problems("election: ieem-2021\ndrop: {settle: 10}\n", Language.Es));

    [Fact]
    public void AByteThatIsNotUtf8HasItsPlace()
    {
        byte[] bytes = [.. "election: ieem-2021\nlanguage: é"u8, 0xff, .. "\n"u8];
        Assert.StartsWith($"{File}:2:12:", Assert.Single(SettingsReader.Read(bytes, File).Problems).In(Language.En));
    }

    [Fact]
    public void AFileThatIsTooLargeIsRefusedUnread() =>
        Assert.StartsWith(
            $"{File}:1:1: the file is larger than 256KiB",
            Assert.Single(SettingsReader.Read(new byte[SettingsReader.Limit + 1], File).Problems).In(Language.En));

    [Fact]
    public void WhatIsLeftOutHasItsDefault()
    {
        var settings = Read("election: ieem-2021\ndrop: {settle: 500ms}\n");
        Assert.Equal(new DropSettings { Settle = TimeSpan.FromMilliseconds(500) }, settings.Drop);
        Assert.Equal(new SyslogSettings(), settings.Syslog);
        Assert.Equal(new PathSettings(), settings.Paths);
    }

    [Fact]
    public void RelativePathsAreBelowTheFilesFolder()
    {
        var paths = SettingsReader.Read(
            "election: x\npaths: {drop: in, receipts: null, state: ./a/../state, run: /run/x/}\n"u8,
            "/opt/night/agent.yaml").Value!.Paths;
        Assert.Equal(
            new PathSettings { Drop = "/opt/night/in", Receipts = null, State = "/opt/night/state", Run = "/run/x" },
            paths);
    }

    [Theory]
    [InlineData("drop: /srv/x, receipts: /srv/x/acuses"), InlineData("drop: /srv/x/entrega, receipts: /srv/x"),
        InlineData("drop: /srv/x, receipts: /srv/x")]
    [InlineData("drop: /srv/x, state: /srv/x/state"), InlineData("receipts: /srv/y/acuses, state: /srv/y")]
    public void TheDropTheStateAndTheReceiptsDoNotOverlap(string paths) =>
        Assert.Equal(
            "config.overlap",
            Assert.Single(
            SettingsReader.Read(Encoding.UTF8.GetBytes($"election: x\npaths: {{{paths}}}\n"), File).Problems)
            .What.Key);

    [Fact]
    public void TheContractHasEachKeyWithItsDefaultAndNoOther()
    {
        var yaml = System.IO.File.ReadAllText(Path.Combine(Repository.Root, "docs/contract.md"))
            .Split("```yaml\n")[1].Split("```\n")[0];
        Assert.Empty(Problems(yaml));
        Assert.Equal(
            SettingsWriter.ShowYaml(new Settings { Election = "ieem-2021" }), SettingsWriter.ShowYaml(Read(yaml)));
        var document = YamlText.Read(Encoding.UTF8.GetBytes(yaml), new Problems(File));
        Assert.Equal(Keys(SettingsWriter.Schema(Language.En)).Order(), Keys(document).Order());
    }

    static IEnumerable<string> Keys(YamlNode? node) => node is not YamlMap map ? []
        : map.Entries.SelectMany(entry => Keys(entry.Value).Select(below => $"{entry.Key.Text}.{below}")
            .Prepend(entry.Key.Text));

    static IEnumerable<string> Keys(JsonNode? schema) => schema?["properties"] is not JsonObject properties ? []
        : properties.SelectMany(
            entry => Keys(entry.Value).Select(below => $"{entry.Key}.{below}").Prepend(entry.Key));

    [Fact]
    public void EachKindOfValueIsRead()
    {
        var settings = Read("""
            election: ieem-2021
            paths: {drop: /a, receipts: /b, state: /c, run: /d}
            drop: {layout: tree, settle: 1s, give_up: 1m, keep: null, series: PREP_MEX}
            hashes: {algorithms: [sha256, md5], require_full_coverage: false, require_html: false}
            limits: {files: 3, file_size: 64KiB, package_size: 10MiB, path_length: 100, path_depth: 4, compression_ratio: 10, min_free: 0B, denied_extensions: []}
            clock: {servers: ["127.0.0.1:11123", "[::1]:123", "ntp.example"], poll: 1s, quorum: 3, max_offset: 5s, max_uncertainty: 100ms, drift_ppm: 12.5}
            publication: {grace: 0s, keep_releases: 3}
            quarantine: {keep: 1, size: 1GiB}
            sentinel: {rescan: 1m, heal: false, probes: [{url: "https://localhost/", every: 60s}]}
            notify: {command: /usr/bin/page, heartbeat: {url: "https://hc.example/abc", every: 60s}}
            syslog: {target: "tls://siem.example:6514", facility: daemon, format: rfc5424, sd_id: "x@1"}
            language: en
            """);
        Assert.Equal(DropLayout.Tree, settings.Drop.Layout);
        Assert.Null(settings.Drop.Keep);
        Assert.Equal(10L << 20, settings.Limits.PackageSize);
        Assert.Equal(["127.0.0.1:11123", "[::1]:123", "ntp.example"], settings.Clock.Servers);
        Assert.Equal(12.5, settings.Clock.DriftPpm);
        Assert.Equal(
            new UrlEvery(new Uri("https://localhost/"), TimeSpan.FromMinutes(1)),
            Assert.Single(settings.Sentinel.Probes));
        Assert.Equal(SyslogFormat.Rfc5424, settings.Syslog.Format);
        Assert.Equal(Language.En, settings.Language);
    }

    /// <summary>A target that is named and gets nothing would be missed on the night itself.</summary>
    [Theory]
    [InlineData("target: \"tcp://siem.mx\", targets: [\"unix:/dev/log\"]", "config.targets")]
    [InlineData("targets: []", "config.wrong"), InlineData("targets: [\"siem.mx\"]", "config.wrong")]
    [InlineData("targets: [\"unix:/dev/log\", \"unix:/dev/log\"]", "config.repeated-item")]
    public void ATargetIsNotNamedInVain(string syslog, string problem) => Assert.Equal(
        problem,
        Assert.Single(
        SettingsReader.Read(Encoding.UTF8.GetBytes($"election: x\nsyslog: {{{syslog}}}\n"), File).Problems).What.Key);

    [Theory]
    [InlineData("", "unix:/dev/log"), InlineData("target: \"tcp://siem.mx\"", "tcp://siem.mx")]
    [InlineData("target: \"tcp://siem.mx\", targets: null", "tcp://siem.mx")]
    [InlineData("targets: [\"unix:/dev/log\", \"tcp://siem.mx\"]", "unix:/dev/log tcp://siem.mx")]
    [InlineData("target: \"tcp://siem.mx\", targets: [\"tcp://siem.mx\", \"unix:/dev/log\"]",
        "tcp://siem.mx unix:/dev/log")]
    public void TheListOfTargetsIsInEffectWhereThereIsOne(string syslog, string expected) =>
        Assert.Equal(expected, string.Join(' ', Read($"election: x\nsyslog: {{{syslog}}}\n").Syslog.All));

    [Property(MaxTest = 2000)]
    public bool NoBytesCrashTheReader(byte[] bytes)
    {
        var reading = SettingsReader.Read(bytes, File);
        return reading.Value is null != (reading.Problems.Count == 0);
    }

    [Property(MaxTest = 2000)]
    public bool NoEditOfARightFileCrashesTheReader(int at, byte value, bool insert)
    {
        var right =
            ("election: ieem-2021\ndrop: {layout: tree, settle: 1s, keep: null}\nclock:\n  servers:\n  - a\n  - "u8
            + "\"b\"\n  poll: |\n   1s\n"u8).ToArray().ToList();
        var place = (int)((uint)at % (uint)right.Count);
        if (insert) right.Insert(place, value);
        else right[place] = value;
        var reading = SettingsReader.Read(right.ToArray(), File);
        return reading.Value is null != (reading.Problems.Count == 0);
    }

    [Property(MaxTest = 1000)]
    public Property NoYamlCrashesTheReader() => Prop.ForAll(
        Gen.ArrayOf(
            Gen.Elements(
            "election", "drop", ":", " ", "\n", "{", "}", "[", "]", ",", "- ", "? ", "| ", "> ", "&a ", "*a",
            "!!x ", "---\n", "...\n", "\"", "'", "%YAML 1.2\n", "<<", "~", "#", "  ", "\t", "é"))
            .ToArbitrary(),
        pieces =>
        {
            var reading = SettingsReader.Read(Encoding.UTF8.GetBytes(string.Concat(pieces)), File);
            return reading.Value is null != (reading.Problems.Count == 0);
        });
}
