using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests.Night;

/// <summary>Shortly before something is told or over, and shortly after it.</summary>
public sealed class BoundariesTests
{
    const string Day = "2021-06-06T";
    readonly NightScene night = NightScene.Open();

    [Fact]
    public void ACollectorIsATroubleAfterAMinuteAndNotEarlier()
    {
        night.Syslog.Take(Target, "refused", night.Now);
        night.Quietly($"{Day}20:01:59.5");
        Assert.Empty(night.Wrong);
        night.Quietly($"{Day}20:02:00.5");
        Assert.Equal(["SYSLOG_FAILED"], night.Wrong);
    }

    [Fact]
    public void ATargetThatAReloadTakesAwayIsForgottenAndOneThatStaysIsNot()
    {
        night.Syslog.Follow([Target, "tls://siem:6514"]);
        night.Syslog.Take(Target, "refused", night.Now);
        night.Syslog.Take("tls://siem:6514", "refused", night.Now);
        night.Syslog.Follow([Target]);
        night.Quietly($"{Day}20:02:00");
        Assert.Equal(Target, night.Last<SyslogFailed>().Target);
        Assert.Equal(1, night.Count(EventCode.SyslogFailed));
        // It comes back with a reload: it counts from then on.
        night.Syslog.Follow([Target, "tls://siem:6514"]);
        night.Turn();
        Assert.Equal(1, night.Count(EventCode.SyslogFailed));
    }

    [Fact]
    public void NewsOfATargetThatIsNotConfiguredAreNoTrouble()
    {
        night.Syslog.Take("tls://other:6514", "refused", night.Now);
        night.Quietly("20:10");
        Assert.DoesNotContain("SYSLOG_FAILED", night.Wrong);
    }

    [Fact]
    public void ATargetOfWhichNothingElseIsKnownHasNothingPending()
    {
        var watch = new SyslogWatch(night.Recorder, night.Troubles);
        watch.Follow(["udp://a:514"]);
        watch.Take("udp://a:514", "refused", night.Now);
        night.Quietly("20:03");
        watch.Tick([new SyslogStatus("udp://b:514", 7)], night.Now);
        Assert.Equal(0, night.Last<SyslogFailed>().Pending);
    }

    [Fact]
    public void AnInternalFaultIsPastAfterAnHour()
    {
        night.Recorder.Record(new InternalFault("s", "t", "k", "m", "", null, 1), night.Now);
        night.Quietly($"{Day}21:00:59.5");
        Assert.Contains("INTERNAL_FAULT", night.Wrong);
        night.Quietly($"{Day}21:01:00.5");
        Assert.DoesNotContain("INTERNAL_FAULT", night.Wrong);
    }

    [Fact]
    public void WhatTheDropHasNoMoreIsOverAfterAMinuteOfThisRunAndFifteenSeconds()
    {
        night.Drop = new DropFacts(AnyUnjudged: false, AnyRejected: false, AnySetAside: false);
        night.Recorder.Record(new DeliveryStalled("P", null, null, null), night.Now);
        night.Quietly($"{Day}20:01:59.5");
        Assert.Equal(["DELIVERY_STALLED"], night.Wrong);
        night.Quietly($"{Day}20:02:00.5");
        Assert.Empty(night.Wrong);
        night.Recorder.Record(new DeliveryStalled("P", null, null, null), night.Now);
        night.Quietly($"{Day}20:02:15");
        Assert.Equal(["DELIVERY_STALLED"], night.Wrong);
        night.Quietly($"{Day}20:02:16");
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void AStatusWithoutTheNightsStoryHasNoCortesAndWithItItHas()
    {
        night.Deliver("20:00");
        night.Recorder.Record(
            new TamperDetected(night.Releases.Live(Root.Public)!.Id.Value, null, [], 1, "watch"), night.Now);
        var told = night.Status();
        Assert.Single(told.Cortes);
        Assert.Single(told.Alterations);
        told = night.Report.At(night.Now, new StatusSources([], 0, new SentinelStatus("intact", null, 0), []));
        Assert.Empty(told.Cortes);
        Assert.Empty(told.Alterations);
    }

    [Fact]
    public void AFullDiskNamesItsFilesOnlyWhereTheyAreWhatIsShort()
    {
        night.Storage.LookedAt([new DiskRoom("/state", 99, 100, 5000)], night.Now);
        Assert.Null(night.Last<StorageLow>().FreeFiles);
    }

    [Fact]
    public void WhatAnEarlierElectionRejectedIsNotThisOnes()
    {
        night.Deliver("20:01");
        night.Deliver("20:00");
        night.Deliver("20:20", "mal", reasons: Difusor.Agent.Packages.ReasonCode.DigestMismatch);
        Assert.Single(night.Recorder.Rejections);
        Assert.Single(night.Recorder.NotNewer);
        Recall("ieem-2021");
        Assert.Single(night.Recorder.Rejections);
        Recall("ieem-2024");
        Assert.Empty(night.Recorder.Rejections);
        Assert.Empty(night.Recorder.NotNewer);
    }

    [Fact]
    public void AnotherChangeOfTheFileIsToldWhileTheFirstIsStillOpen()
    {
        var watch = new ConfigurationWatch(night.Recorder, night.Troubles, night.Clock);
        watch.Look(Change("drop.settle"), night.Now);
        night.Quietly($"{Day}20:02:00");
        watch.Look(Change("drop.settle"), night.Now);
        watch.Look(Change("drop.settle", "notify.command"), night.Now);
        Assert.Equal(["drop.settle", "notify.command"], night.Last<ConfigChanged>().Changed);
        watch.Look(Change("drop.settlenotify.command"), night.Now);
        Assert.Equal(3, night.Count(EventCode.ConfigChanged));
        watch.Look(new ConfigChanged("agent.yaml", null, null, null, null), night.Now);
        Assert.Equal(4, night.Count(EventCode.ConfigChanged));
    }

    static ConfigChanged Change(params string[] keys) => new("agent.yaml", null, null, null, keys);

    void Recall(string election) => night.Recorder.Recall(new JournalRecord(
        night.Journal.Seq, null, night.Now.System, EventCode.AgentStarted.Id(),
        EventFields.Of(new AgentStarted("0", election, 1, null, null, null, null, null, null)), "", ""));

    string Target => night.Settings.Syslog.Target;
}
