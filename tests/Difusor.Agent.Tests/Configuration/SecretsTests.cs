using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.Tests.Cli;
using Difusor.Agent.Tests.Linux;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Configuration;

/// <summary>A secret in each place that can hold one, and every output that shows of the configuration.</summary>
public sealed class SecretsTests : IDisposable
{
    const string Secret = "s3cr3t";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("/usr/bin/page", "/usr/bin/page")]
    [InlineData("/usr/bin/page --token s3cr3t", "/usr/bin/page …")]
    [InlineData("WEBHOOK=https://x/s3cr3t /usr/share/slack.sh", "/usr/share/slack.sh …")]
    [InlineData("A=1 B=s3cr3t curl -H s3cr3t", "curl …")]
    [InlineData("TOKEN='a b s3cr3t' /usr/bin/page", "…")]
    [InlineData("TOKEN=\"a s3cr3t\" /usr/bin/page", "…")]
    [InlineData("TOKEN=a\\ s3cr3t /usr/bin/page", "…")]
    [InlineData("TOKEN=$(echo s3cr3t) /usr/bin/page", "…")]
    [InlineData("TOKEN=s3cr3t; page", "…")]
    [InlineData("TOKEN=s3cr3t", "…")]
    [InlineData("https://x/s3cr3t", "…")]
    [InlineData("   ", "…")]
    public void OfACommandOnlyItsProgramIsShown(string command, string expected) =>
        Assert.Equal(expected, Secrets.Command(command));

    [Theory]
    [InlineData("https://localhost/", "https://localhost/")]
    [InlineData("https://prep.example.mx@127.0.0.1/", "https://prep.example.mx@127.0.0.1/")]
    // The site that a probe asks this host for is no secret, whatever its name.
    [InlineData("https://prep@127.0.0.1:8443/x", "https://prep@127.0.0.1:8443/x")]
    [InlineData("https://SITE@localhost", "https://SITE@localhost")]
    [InlineData("http://prep@[::1]/", "http://prep@[::1]/")]
    [InlineData("https://s3cr3t@h.example:8443/x", "https://***@h.example:8443/x")]
    [InlineData("https://s3cr3t@127.0.0.1.h.example/", "https://***@127.0.0.1.h.example/")]
    [InlineData("https://s3cr3t@localhost.example/", "https://***@localhost.example/")]
    [InlineData("https://user:s3cr3t@127.0.0.1/", "https://***@127.0.0.1/")]
    [InlineData("https://s3_cr3t@127.0.0.1/", "https://***@127.0.0.1/")]
    [InlineData("https://user:s3cr3t@h.example/x", "https://***@h.example/x")]
    [InlineData("https://user:s3/cr3t@h.example/x", "https://***@h.example/x")]
    [InlineData("https://h.example/x?key=s3cr3t", "https://h.example/x?***")]
    [InlineData("https://h.example/x#s3cr3t", "https://h.example/x#***")]
    [InlineData("redirects to https://a:s3cr3t@h/?next=s3cr3t and tcp://b:s3cr3t@h:1",
        "redirects to https://***@h/?*** and tcp://***@h:1")]
    [InlineData("nothing here: a@b?c", "nothing here: a@b?c")]
    public void OfAnAddressNeitherPasswordNorQueryIsShown(string text, string expected) =>
        Assert.Equal(expected, Secrets.InText(text));

    /// <summary>What a server says is as long as it likes: quadratic work would take minutes here.</summary>
    [Theory]
    [InlineData("a"), InlineData("a://"), InlineData("a:/"), InlineData("a://x?"), InlineData("a://x@"),
        InlineData("a://\""), InlineData("a:// ")]
    public void ALongTextIsLookedThroughOnce(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 4_000_000 / piece.Length));
        Assert.NotEmpty(Secrets.InText(text));
    }

    [Fact]
    public void TwoProbesThatDifferOnlyInWhatIsHiddenStayTwo()
    {
        var settings =
            new SentinelSettings { Probes = [Probe("https://h/?a=1"), Probe("https://h/?a=2"), Probe("https://h/")] };
        Assert.Equal(
            ["https://h/?***", "https://h/?*** (2)", "https://h/"],
            settings.Probes.Select(probe => settings.Shown(probe.Url)));
    }

    /// <summary>
    /// Of two sites at one address the second was refused as repeated; and after a mistake in the name was mended, the
    /// reload went on asking for the old one.
    /// </summary>
    [Fact]
    public void TwoSitesAtOneAddressAreTwoProbes()
    {
        UrlEvery first = Probe("https://a.mx@127.0.0.1/"), second = Probe("https://b.mx@127.0.0.1/");
        Assert.NotEqual(first, second);
        Assert.Equal(Probe("https://a.mx@127.0.0.1/"), first);
        var read = SettingsReader.Read(
            Encoding.UTF8.GetBytes(
                "election: ieem-2021\nsentinel: {probes: [{url: \"https://a.mx@127.0.0.1/\", every: 60s}, "
                + "{url: \"https://b.mx@127.0.0.1/\", every: 60s}]}\n"), "/etc/agent.yaml");
        Assert.Empty(read.Problems);
        Assert.Equal([first, second], read.Value!.Sentinel.Probes);
    }

    static UrlEvery Probe(string url) => new(new Uri(url), TimeSpan.FromMinutes(1));

    [Theory]
    [InlineData("WEBHOOK=https://hooks.example/s3cr3t /usr/bin/page --token s3cr3t")]
    public void ASecretInEachPlaceIsInNoOutput(string command)
    {
        File.SetUnixFileMode(folder.Write("notify.env", $"TOKEN={Secret}\n"), (UnixFileMode)0b110_000_000);
        folder.Write("agent.yaml",
            $$"""
            election: ieem-2021
            paths: {drop: d, receipts: r, state: s, run: run}
            clock: {servers: ["127.0.0.1:9"], quorum: 1}
            notify:
              command: "{{command}}"
              environment: notify.env
              heartbeat: {url: "https://hc.example/{{Secret}}?key={{Secret}}", every: 60s}
            sentinel: {probes: [{url: "https://prep.example.mx@127.0.0.1/?key={{Secret}}", every: 60s}, {url: "https://h.example/#{{Secret}}", every: 60s}]}
            """);
        using (var journal = JournalFile.Open(folder["s/journal"]))
            journal.Append(
                EventShapes.Event(
                EventCode.AgentStarted, new() { ["version"] = "1", ["election"] = "ieem-2021", ["pid"] = 1 }), null,
                new DateTimeOffset(2021, 6, 7, 1, 0, 0, TimeSpan.Zero));

        foreach (var language in Enum.GetValues<Language>())
        {
            foreach (var arguments in ShownCommands.Lines)
                Assert.DoesNotContain(Secret, Heard(language, arguments.Split(' ')), StringComparison.Ordinal);
            Assert.Contains("ieem-2021", Heard(language, "config", "show"), StringComparison.Ordinal);
            Assert.Contains("journal-verify.json", Bundle(language), StringComparison.Ordinal);
            // What is hidden is said to be.
            Assert.Contains("# ", Heard(language, "config", "show"), StringComparison.Ordinal);
        }
    }

    /// <summary>The names of the evidence's files, none of which has the secret.</summary>
    string Bundle(Language language)
    {
        Assert.DoesNotContain(
            Secret, Heard(language, "journal", "export", "--out", folder[$"out-{language}"]), StringComparison.Ordinal);
        var files = Directory.GetFiles(folder[$"out-{language}"], "*", SearchOption.AllDirectories);
        foreach (var file in files) Assert.DoesNotContain(Secret, File.ReadAllText(file), StringComparison.Ordinal);
        return string.Join('\n', files);
    }

    [Theory]
    [InlineData("notify: \"/usr/bin/page --token s3cr3t\"")]
    [InlineData("notify: {command: [page, s3cr3t]}")]
    [InlineData("notify: {heartbeat: \"https://hc.example/s3cr3t\"}")]
    [InlineData("notify: {heartbeat: {url: \"https://user:s3cr3t@hc.example/\", every: 60s}}")]
    [InlineData("notify: {heartbeat: {url: \"ftp://hc.example/s3cr3t\", every: 60s}}")]
    [InlineData("sentinel: {probes: [{url: \"https://user:s3cr3t@127.0.0.1/\", every: 60s}]}")]
    [InlineData("sentinel: {probes: [{url: \"ftp://127.0.0.1/?key=s3cr3t\", every: 60s}]}")]
    [InlineData("sentinel: {probes: \"https://h/?key=s3cr3t\"}")]
    [InlineData("syslog: {target: \"tls://user:s3cr3t@siem.example:6514\"}")]
    [InlineData("syslog: {target: \"https://siem.example/?token=s3cr3t\"}")]
    public void ASecretThatStandsInTheWrongPlaceIsNotRepeatedInTheMessage(string line)
    {
        folder.Write("agent.yaml", $"election: ieem-2021\n{line}\n");
        foreach (var language in Enum.GetValues<Language>())
        {
            var said = Heard(language, "config", "validate");
            Assert.Contains("agent.yaml:2:", said, StringComparison.Ordinal);
            Assert.DoesNotContain(
                Secret, said + Heard(language, "config", "validate", "--json"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ACommandThatIsTooLongIsNotRepeatedInTheMessage()
    {
        folder.Write("agent.yaml", $"election: ieem-2021\nnotify: {{command: \"{Secret} {new string('x', 5000)}\"}}\n");
        Assert.DoesNotContain(Secret, Heard(Language.En, "config", "validate"), StringComparison.Ordinal);
    }

    string Heard(Language language, params string[] arguments)
    {
        var hearing = new Hearing(language);
        hearing.Run([.. arguments, "--config", folder["agent.yaml"]]);
        return hearing.Output + hearing.Errors;
    }
}
