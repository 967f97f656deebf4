using System.Text.RegularExpressions;
using Difusor.Agent.Events;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Shipped;
using Difusor.Agent.Tests.Linux;
using Difusor.Agent.Tests.Night;

namespace Difusor.Agent.Tests.Sentinel;

/// <summary>
/// The alert rules over metrics that the agent has written in each trouble: what a scrape finds every 15 seconds before
/// it, during it and after it. promtool evaluates the rules.
/// </summary>
public sealed partial class AlertRulesTests
{
    const int Step = 15, Scrapes = 4, Before = 3, During = 7, After = 11;
    static readonly DateTimeOffset Start = NightScene.At("20:01");

    /// <summary>One event that begins each trouble, in the order of the table.</summary>
    static readonly AgentEvent[] Begins =
    [
        new TamperDetected("r", null, [], null, "watch"), new ProbeFailed("http://a/", null, "no answer"),
        new GateClosed(HoldReason.ClockDrift, null, null, default),
        new ClockUncertain(ClockTrouble.Silent, null, null, null, null),
        new CorteOverdue(null, null, OverdueCause.NothingArrived, null, 1200),
        new PackageRejected("P", null, null, null, null, null, null, [], 0), new DeliveryStalled("P", null, null, null),
        new DeliveryIgnored("a.html", IgnoredCause.LooseFiles), new DeliverySetAside("P", 2),
        new DropCrowded(CrowdCause.Entries, 1, 1, 1, null),
        new StorageLow("/", 1, 2, null), new SentinelBlind(1, 2, null, "", null),
        new SyslogFailed("unix:/dev/log", "refused", 1), new NotifyFailed("ended with 1"),
        new HookFailed(Root.Public, null, "ended with 1"),
        new ConfigRejected("agent.yaml", 1, 1, "x", null), new InternalFault("loop", "agent", "X", "m", "a", null, 1),
    ];

    /// <summary>A night of which the metrics are scraped.</summary>
    sealed class Scraped
    {
        readonly NightScene night = new("20:01");

        public Scraped()
        {
            night.Poll();
            night.Deliver("20:00");
        }

        public string Instance { get; init; } = "agent";
        public long Tampered { get; set; }
        public List<string?> Metrics { get; } = [];

        public Scraped Quietly(int scrapes = Scrapes)
        {
            for (; scrapes > 0; scrapes--)
            {
                var at = Start.AddSeconds(Step * Metrics.Count);
                night.Quietly(at.ToString("yyyy-MM-dd'T'HH:mm:ss"));
                var measures = new WatchMeasures(
                    null, null, null, 0, 0, null, Tampered, 0, 0, false, new Dictionary<string, bool>());
                Metrics.Add(
                    MetricsText.Of(night.Status() with { Instance = Instance }, night.Troubles.Tally, measures));
            }
            return this;
        }

        public Scraped Meet(AgentEvent happened)
        {
            night.Recorder.Record(happened, night.Now);
            return this;
        }

        public Scraped End()
        {
            foreach (var open in night.Troubles.Open)
                night.Recorder.Record(open.Ended(TroubleEndCause.Gone, night.Now.System), night.Now);
            return this;
        }

        /// <summary>The agent was killed: its file stays as it is.</summary>
        public Scraped Killed(int scrapes) => Append(Metrics[^1], scrapes);

        /// <summary>The agent was stopped: its file is gone.</summary>
        public Scraped Stopped(int scrapes) => Append(null, scrapes);

        Scraped Append(string? found, int scrapes)
        {
            for (; scrapes > 0; scrapes--) Metrics.Add(found);
            return this;
        }
    }

    [Fact]
    public void EachTroubleIsOneInTheMetricsWhileItLasts()
    {
        foreach (var (entry, begins) in TroubleCatalogue.All.Zip(Begins))
        {
            var metrics = new Scraped().Quietly().Meet(begins).Quietly().End().Quietly().Metrics;
            Assert.Contains(begins.Code, entry.Begins);
            foreach (var (at, value) in new[] { (Before, 0), (During, 1), (After, 0) })
                foreach (var other in TroubleCatalogue.All)
                    Assert.Contains(
                        "difusor_agent_trouble{election=\"ieem-2021\",agent=\"agent\","
                        + $"trouble=\"{other.Name}\"}} {(other == entry ? value : 0)}\n", metrics[at]);
        }
    }

    [Fact]
    public void EachCounterIsThereFromTheStart()
    {
        var metrics = new Scraped().Quietly().Metrics[0]!;
        foreach (var reason in Enum.GetValues<ReasonCode>())
            Assert.Contains($"reason=\"{reason.Code()}\"}} 0\n", metrics);
        foreach (var name in new[]
            { "syslog_pending", "corte_overdue", "last_notify_success_timestamp_seconds", "tamper_detected_total" })
            Assert.Matches($@"difusor_agent_{name}\{{[^}}]*\}} 0\n", metrics);
    }

    [Fact]
    public void TheRulesNameMetricsThatTheAgentWrites()
    {
        var metrics = new Scraped().Quietly().Metrics[0]! + "difusor_agent_last_full_scan_timestamp_seconds{";
        Assert.All(
            AlertRules.All.SelectMany(rule => MetricName().Matches(rule.Expression)),
            name => Assert.Contains($"{name.Value}{{", metrics));
    }

    [Fact]
    public void EachTroubleFiresItsAlertWhileItLastsAndNoOther()
    {
        Assert.SkipUnless(HasPromtool, "promtool is not installed (prometheus)");
        var tests = TroubleCatalogue.All.Zip(Begins, (entry, begins) => Test(
            [new Scraped().Quietly().Meet(begins).Quietly().End().Quietly()],
            (Before, null, []), (During, entry.Alert, [("trouble", entry.Name)]), (After, null, [])));
        AssertHolds([.. tests]);
    }

    [Fact]
    public void AnAgentThatWasStoppedOrKilledIsToldAndOneThatWritesIsNot()
    {
        Assert.SkipUnless(HasPromtool, "promtool is not installed (prometheus)");
        AssertHolds(
            Test([new Scraped().Quietly(6).Stopped(4)], (5, null, []), (7, "DifusorAgentSilent", [])),
            Test([new Scraped().Quietly(6).Killed(8)], (8, null, []), (11, "DifusorAgentSilent", [])));
    }

    [Fact]
    public void AnAlterationThatIsHealedAtOnceIsToldToo()
    {
        Assert.SkipUnless(HasPromtool, "promtool is not installed (prometheus)");
        var night = new Scraped().Quietly();
        night.Tampered = 1;
        AssertHolds(Test([night.Quietly()], (Before, null, []), (During, "DifusorTampering", [])));
    }

    [Fact]
    public void TwoInstancesOfOneHostAreNotMixedUp()
    {
        Assert.SkipUnless(HasPromtool, "promtool is not installed (prometheus)");
        var well = new Scraped { Instance = "otra" }.Quietly().Quietly();
        AssertHolds(Test(
            [new Scraped().Quietly().Meet(Begins[(int)Trouble.Storage]).Quietly(), well],
            (During, "DifusorStorage", [("trouble", "storage")])));
    }

    static bool HasPromtool => Bounded.Run("sh", "-c", "command -v promtool").ExitCode == 0;

    static void AssertHolds(params string[] tests)
    {
        using var folder = new TemporaryFolder();
        folder.Write("rules.yml", AlertRules.Yaml());
        folder.Write("test.yml", "rule_files: [rules.yml]\nevaluation_interval: 15s\ntests:\n" + string.Concat(tests));
        var (code, output, errors) = Bounded.Run("promtool", "test", "rules", folder["test.yml"]);
        Assert.True(code == 0, output + errors);
    }

    /// <summary>Writes a test of promtool's: the series, and which alert fires at which scrape.</summary>
    /// <param name="expected">The scrape, the alert that fires then for the first night, and its own labels; null:
    /// none fires.</param>
    static string Test(
        Scraped[] nights, params (int Scrape, string? Alert, (string Name, string Value)[] Labels)[] expected)
    {
        var test = new StringBuilder("  - interval: 15s\n    input_series:\n");
        foreach (var night in nights)
            foreach (var (series, values) in SeriesOf(night.Metrics))
                test.Append($"      - {{series: '{series}', values: '{string.Join(' ', values)}'}}\n");
        test.Append("    alert_rule_test:\n");
        foreach (var (scrape, alert, labels) in expected)
            foreach (var rule in AlertRules.All)
            {
                test.Append($"      - eval_time: {Step * scrape}s\n        alertname: {rule.Alert}\n");
                if (rule.Alert != alert) continue;
                (string Name, string Value)[] all =
                    [("severity", rule.IsCritical ? "critical" : "warning"), ("election", "ieem-2021"),
                        ("agent", nights[0].Instance), ("instance", "a"), .. labels];
                var summary = "ieem-2021 en a: " + rule.Summary;
                test.Append("        exp_alerts:\n          - exp_labels: {")
                    .AppendJoin(", ", all.Select(label => $"{label.Name}: \"{label.Value}\""))
                    .Append($"}}\n            exp_annotations: {{summary: \"{summary}\"}}\n");
            }
        return test.ToString();
    }

    /// <summary>
    /// Returns each series with its samples. promtool's time begins at 0, so instants count from the first scrape.
    /// </summary>
    static SortedDictionary<string, string[]> SeriesOf(IReadOnlyList<string?> metrics)
    {
        var all = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        for (var at = 0; at < metrics.Count; at++)
            foreach (Match sample in Sample().Matches(metrics[at] ?? ""))
            {
                var (name, labels, value) =
                    (sample.Groups[1].Value, sample.Groups[2].Value, double.Parse(sample.Groups[3].Value));
                if (name.EndsWith("_timestamp_seconds") && value > 0) value -= Start.ToUnixTimeSeconds();
                var series = $"{name}{{{labels},instance=\"a\"}}";
                if (!all.TryGetValue(series, out var values))
                    all[series] = values = [.. Enumerable.Repeat("_", metrics.Count)];
                values[at] = value.ToString("0.######", CultureInfo.InvariantCulture);
            }
        foreach (var values in all.Values)
            for (var at = 1; at < values.Length; at++)
                if (values[at] == "_" && values[at - 1] != "_") values[at] = "stale";
        return all;
    }

    [GeneratedRegex(@"^(difusor_agent_[a-z_]+)\{([^}]*)\} (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("difusor_agent_[a-z_]+")]
    private static partial Regex MetricName();
}
