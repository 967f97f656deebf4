using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Tests.Journal;

/// <summary>The evidence of a night, told from its journal.</summary>
public sealed class NightSummaryTests
{
    static readonly DateTimeOffset Opens = new(2021, 6, 6, 20, 0, 0, TimeSpan.FromHours(-5));
    static readonly Window Rehearsal = new(Opens.AddDays(-6), Opens.AddDays(-6).AddHours(8));

    static NightSummary Of(params AgentEvent[] events) => NightSummary.Of(events.Select((happened, at) =>
        RecordLine.Write(happened, at + 1, JournalRecord.Genesis, Opens.AddMinutes(at), Opens.AddMinutes(at)).Record));

    [Fact]
    public void ARehearsalsOpeningIsNotTheElections()
    {
        var rehearsed = new GateOpened(Rehearsal.From, Rehearsal, null, default);
        Assert.Null(Of(rehearsed).Opened);
        Assert.Equal(
            Opens.AddMinutes(1),
            Of(rehearsed, new GateOpened(Opens, null, true, default), new GateOpened(Opens, null, false, default))
            .Opened);
    }

    [Fact]
    public void AWarningIsAnIncidentANoticeIsNoneAndARejectionStandsApart()
    {
        var summary = Of(
            new DropClear(1, 0, 0), new StorageLow("/", 1, 2, null), new TamperDetected("r", null, [], null, "watch"),
            new PackageRejected("P", null, null, null, null, null, null, [], 0));
        Assert.Equal(["STORAGE_LOW", "TAMPER_DETECTED"], summary.Incidents.Select(record => record.Event));
        Assert.Equal(["PACKAGE_REJECTED"], summary.Rejected.Select(record => record.Event));
    }

    [Fact]
    public void ItCountsWhatThereIsFromTheFirstToTheLast()
    {
        var summary = Of(new SentinelSees(1), new SentinelSees(2), new SentinelSees(3));
        Assert.Equal((3L, Opens, Opens.AddMinutes(2)), (summary.Records, summary.From!.Value, summary.To!.Value));
        Assert.Empty(summary.Published);
    }

    [Fact]
    public void ACorteOfARehearsalSaysSo()
    {
        CortePublished Published(Root root) => new(
            new(Opens), ReleaseId.Read("20210606-2000-0001")!.Value, "P", null, 3, 100, "huella", 0.5, root, null);
        Assert.Equal(
            [false, true],
            Of(Published(Root.Public), Published(Root.Rehearsal)).Published.Select(one => one.Rehearsal));
        Assert.Equal(TimeSpan.Zero, Of(Published(Root.Public)).Published[0].Delay);
    }
}
