using System.Text.RegularExpressions;
using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests.Sentinel;

/// <summary>
/// What readers get stays the package, with the real binary and real time servers; and somebody is told when not.
/// </summary>
public sealed partial class SentinelTests
{
    static DateTimeOffset Past =>
        new(DateTimeOffset.UtcNow.AddSeconds(-5).Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond,
        TimeSpan.Zero);

    [Fact]
    public void AnAlteredPageIsFoundHealedAndToldAndTheMetricsAgree()
    {
        using var first = new Chronyd();
        using var second = new Chronyd();
        using var agent = new RunningAgent(
            Past, [first.Address, second.Address],
            "notify: {command: \"cat >> avisos.jsonl\"}".Replace("avisos", Told, StringComparison.Ordinal)).Start();
        new TestPackage(agent.Opens).Deliver(agent.Drop);
        agent.Await("CORTE_PUBLISHED");
        var page = agent.At("estado/public/current/index.html");
        var good = File.ReadAllText(page);
        File.AppendAllText(page, "<script src=//evil></script>");
        var detected = agent.Await("TAMPER_DETECTED");
        Assert.Equal("index.html", (string?)detected["fields"]!["changes"]![0]!["path"]);
        var healed = agent.Await("TAMPER_HEALED", "HEAL_FAILED");
        Assert.Equal("TAMPER_HEALED", RunningAgent.Event(healed));
        Assert.Equal(good, File.ReadAllText(page));
        Assert.EndsWith(
            "evil></script>", File.ReadAllText(Path.Combine(RunningAgent.Field(healed, "evidence")!, "index.html")),
            StringComparison.Ordinal);
        Assert.Equal(0, agent.Stop());
        Assert.Contains("\"TAMPER_DETECTED\"", File.ReadAllText(Told + ".jsonl"), StringComparison.Ordinal);
        Assert.Matches(
            @"difusor_agent_tamper_detected_total\{[^}]*\} 1\n", File.ReadAllText(agent.At("run/metrics.prom")));
        File.Delete(Told + ".jsonl");
    }

    [Fact]
    public void WhatWasAlteredWhileTheAgentWasDownIsFoundAtItsStart()
    {
        using var first = new Chronyd();
        using var second = new Chronyd();
        using var agent = new RunningAgent(Past, [first.Address, second.Address]).Start();
        new TestPackage(agent.Opens).Deliver(agent.Drop);
        agent.Await("CORTE_PUBLISHED");
        Assert.Equal(0, agent.Stop());
        var page = agent.At("estado/public/current/index.html");
        var good = File.ReadAllText(page);
        File.WriteAllText(page, "evil");
        agent.Start();
        Assert.Equal("start", RunningAgent.Field(agent.Await("TAMPER_DETECTED"), "found_by"));
        agent.Await("TAMPER_HEALED");
        Assert.Equal(good, File.ReadAllText(page));
    }

    [Fact]
    public void ARestartWithoutItsRecordsTakesNothingDown()
    {
        using var first = new Chronyd();
        using var second = new Chronyd();
        using var agent = new RunningAgent(Past.AddHours(-1), [first.Address, second.Address]).Start();
        new TestPackage(agent.Opens).Deliver(agent.Drop);
        agent.Await("CORTE_PUBLISHED");
        var page = agent.At("estado/public/current/index.html");
        var good = File.ReadAllText(page);
        agent.Stop(Mono.Unix.Native.Signum.SIGKILL);
        Directory.Delete(agent.At("estado/sealed"), recursive: true);
        agent.Start();
        Assert.Equal("TAMPER_HEALED", RunningAgent.Event(agent.Await("TAMPER_HEALED", "HEAL_FAILED")));
        Assert.Equal(good, File.ReadAllText(page));
        File.WriteAllText(page, "evil");
        agent.Await("TAMPER_HEALED");
        Assert.Equal(good, File.ReadAllText(page));
        new TestPackage(agent.Opens.AddMinutes(20)).Deliver(agent.Drop);
        agent.Await("CORTE_PUBLISHED");
    }

    [Fact]
    public void AMissingCorteIsOverdueAndSaysThatNothingArrived()
    {
        using var first = new Chronyd();
        using var second = new Chronyd();
        using var agent =
            new RunningAgent(Past.AddHours(-1), [first.Address, second.Address], "publication: {grace: 1s}").Start();
        Assert.Equal("nothing-arrived", RunningAgent.Field(agent.Await("CORTE_OVERDUE"), "cause"));
        new TestPackage(agent.Opens.AddMinutes(40))
            .Deliver(agent.Drop, package => package.Files["index.html"] = "evil");
        agent.Await("PACKAGE_REJECTED");
        new TestPackage(agent.Opens.AddMinutes(40), series: "PREP_PRUEBA").Deliver(Reissued(agent));
        agent.Await("CORTE_PUBLISHED");
        agent.Await("CORTE_RESUMED");
    }

    [Fact]
    public void APackageWhosePagesDoNotShowTheirCorteIsPublishedAndToldOf()
    {
        using var first = new Chronyd();
        using var second = new Chronyd();
        using var agent = new RunningAgent(Past.AddHours(-1), [first.Address, second.Address]).Start();
        var dated = new TestPackage(agent.Opens);
        dated.Deliver(agent.Drop);
        agent.Await("CORTE_PUBLISHED");
        var dateless = new TestPackage(agent.Opens.AddMinutes(20));
        foreach (var page in dateless.Files.Keys.Where(path => path.EndsWith(".html", StringComparison.Ordinal))
            .ToList()) dateless.Files[page] = "<h1>PREP</h1>";
        dateless.Deliver(agent.Drop);
        Assert.Equal(dateless.Name, RunningAgent.Field(agent.Await("CORTE_PUBLISHED"), "package"));
        Assert.Equal(dateless.Name, RunningAgent.Field(agent.Await("CORTE_NOT_SHOWN"), "package"));
        Assert.Single(agent.Journal(), record => RunningAgent.Event(record) == "CORTE_NOT_SHOWN");
    }

    [Fact]
    public void TheMetricsFollowPrometheusConventions()
    {
        Assert.SkipUnless(HasPromtool, "promtool is not installed (prometheus)");
        using var first = new Chronyd();
        using var second = new Chronyd();
        using var agent = new RunningAgent(Past, [first.Address, second.Address]).Start();
        new TestPackage(agent.Opens).Deliver(agent.Drop);
        agent.Await("CORTE_PUBLISHED");
        Assert.Equal(0, agent.Stop());
        Assert.Equal((0, ""), Shell($"promtool check metrics < {agent.At("run/metrics.prom")}"));
    }

    [Fact]
    public void TheAlertRulesAreValidAndNameMetricsThatThereAre()
    {
        Assert.SkipUnless(HasPromtool, "promtool is not installed (prometheus)");
        var rules = WorkingCopy.At("packaging/prometheus");
        var (status, said) = Shell($"cd {rules} && promtool check rules difusor-agent.rules.yml");
        Assert.True(status == 0, said);
        var there = File.ReadAllText(WorkingCopy.At("agent/Core/Sentinel/MetricsText.cs"));
        foreach (Match named in MetricName().Matches(File.ReadAllText(Path.Combine(rules, "difusor-agent.rules.yml"))))
            Assert.Contains($"\"{named.Value}\"", there, StringComparison.Ordinal);
    }

    [GeneratedRegex("difusor_agent_[a-z_]+")]
    private static partial Regex MetricName();

    static bool HasPromtool => Shell("command -v promtool").Status == 0;

    static (int Status, string Said) Shell(string line)
    {
        var (code, said, _) = Bounded.Run("sh", "-c", $"( {line} ) 2>&1");
        return (code, said);
    }

    /// <summary>The drop, without the package that was rejected.</summary>
    static string Reissued(RunningAgent agent)
    {
        foreach (var rejected in Directory.GetDirectories(agent.Drop)) Directory.Delete(rejected, recursive: true);
        return agent.Drop;
    }

    static string Told { get; } = Path.Combine(Path.GetTempPath(), $"difusor-told-{Environment.ProcessId}");
}
