using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Report;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Tests.Gate;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Sentinel;

/// <summary>What monitoring scrapes and people read of an agent, whole: each name, unit, sentence and place.</summary>
public sealed class StatusFilesTests
{
    static readonly ClockSample[] Samples =
        [.. Enumerable.Range(0, 40).Select(at => new ClockSample(
            FullStatus.Opens.AddMinutes(2 * at), 0.003 * Math.Sin(at), 0.01 + (0.0005 * at)))];

    static Tally Heard()
    {
        var tally = new Tally();
        AgentEvent[] events =
        [
            new GateOpened(FullStatus.Opens, null, true, default), new DeliverySeen("P"),
            new PackageRejected(
                "P", null, null, null, null, null, null,
                [Finding.Of(ReasonCode.DigestMismatch, "bd/A.txt", "x"), Finding.Of(ReasonCode.NoHtml, null, "y")], 2),
            new TamperDetected("R", null, [], 1, "watch"),
        ];
        for (var at = 0; at < events.Length; at++)
            tally.Hear(
                RecordLine.Write(events[at], at + 1, JournalRecord.Genesis, FullStatus.Opens, FullStatus.Opens).Record);
        return tally;
    }

    [Fact]
    public void EachMetricIsWhatMonitoringWasToldToScrape() =>
        Golden.Holds("metrics.prom", MetricsText.Of(FullStatus.Whole, Heard(), new WatchMeasures(
            FullStatus.Opens.AddMinutes(90), 12.5, 3.25, 4321, 2, 0.004, 6, 5, 1, true,
            new Dictionary<string, bool> { ["https://localhost/"] = true, ["https://prep.example.mx/"] = false })));

    [Fact]
    public void AnAgentThatHasSeenNothingClaimsNothing() =>
        Golden.Holds("metrics-bare.prom", MetricsText.Of(FullStatus.Bare, new Tally(), new WatchMeasures(
            null, null, null, 0, 0, null, 0, 0, 0, false, new Dictionary<string, bool>())));

    [Theory]
    [InlineData(Language.Es), InlineData(Language.En)]
    public void TheStatusPageIsAsItWasReadLast(Language language)
    {
        Golden.Holds($"status-{language}.html", StatusPage.Of(language, FullStatus.Whole, Heard(), Samples));
        Golden.Holds($"status-bare-{language}.html", StatusPage.Of(language, FullStatus.Bare, new Tally(), []));
    }

    [Theory]
    [InlineData(Language.Es), InlineData(Language.En)]
    public void TheReportAndTheConstanciaAreAsTheyWereReadLast(Language language)
    {
        var night = new Night.NightScene("19:00");
        night.Poll();
        night.Deliver("19:40");
        night.To("20:01");
        night.Deliver("20:00");
        night.Deliver("20:20", reasons: ReasonCode.DigestMismatch);
        night.To("20:41");
        night.Deliver("20:40");
        night.To("21:30");
        var told = ReportedNight.Of(night.Journal.Records, VirtualHost.Profile);
        Golden.Holds($"report-{language}.html", new NightPage(told, language).Write("x", whole: true, "1.2", 3));
        Golden.Holds($"constancia-{language}.html", new ConstanciaPage(told, language).Write(
            "host", "prep.example.mx", "1.2", "line 3: not of the chain", new JournalStatus(9, "00ff"), "ff00"));
    }
}
