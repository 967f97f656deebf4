using Difusor.Agent.Events;
using Difusor.Agent.Night;

namespace Difusor.Agent.Tests.Night;

/// <summary>Each trouble and its end.</summary>
public sealed class TroubleTests
{
    static readonly StorageLow Low = new("/var/lib/difusor-agent", 1, 2, null);
    static readonly StorageFailed Failed = new("write", "a.html", "No space left on device");

    const string Day = "2021-06-06T";

    [Fact]
    public void TooLittleRoomIsToldAndSoIsItsEnd()
    {
        var night = NightScene.Open();
        night.Storage.RecordLow(Low, night.Now);
        Assert.Equal(["STORAGE_LOW"], night.Wrong);
        night.To("20:02");
        Assert.Equal(0, night.Count(EventCode.StorageRecovered));
        night.Storage.HasRoom();
        night.Turn();
        night.Turn();
        Assert.Equal(60, night.Last<StorageRecovered>().Seconds);
        Assert.Equal(1, night.Count(EventCode.StorageRecovered));
        Assert.Empty(night.Wrong);
        Assert.Contains("\"state\":\"back\"", night.Notices[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void ADeliveryThatDoesNotFitIsATroubleUntilItFitsOrIsGone()
    {
        var night = NightScene.Open();
        night.Storage.RecordLow(Low with { Package = "P" }, night.Now);
        night.Storage.HasRoom();
        night.Turn();
        Assert.Equal(["STORAGE_LOW"], night.Wrong);
        night.Storage.Fits();
        night.Turn();
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void AFaultOfTheDiskIsToldOnceUntilItIsOver()
    {
        var night = NightScene.Open();
        night.Storage.Fail(Failed, night.Now);
        night.Storage.Fail(Failed, night.Now);
        night.Turn();
        Assert.Equal(1, night.Count(EventCode.StorageFailed));
        night.Storage.Works();
        night.Turn();
        Assert.Equal(1, night.Count(EventCode.StorageRecovered));
        night.Storage.Fail(Failed, night.Now);
        Assert.Equal(2, night.Count(EventCode.StorageFailed));
    }

    [Fact]
    public void AFaultThatTheJournalCannotTakeIsRecordedAsSoonAsItCan()
    {
        var night = NightScene.Open();
        night.Journal.Refuses = EventCode.StorageFailed;
        Assert.Throws<IOException>(() => night.Storage.Fail(Failed, night.Now));
        night.Storage.Works();
        night.Turn();
        Assert.EndsWith("STORAGE_FAILED STORAGE_RECOVERED", night.Told, StringComparison.Ordinal);
    }

    [Fact]
    public void WhileOneTroubleOfTheDiskLastsTheEndOfAnotherIsNotToldAsItsEnd()
    {
        var night = NightScene.Open();
        night.Storage.RecordLow(Low, night.Now);
        night.Storage.Fail(Failed, night.Now);
        night.Storage.Works();
        night.Turn();
        Assert.Equal(0, night.Count(EventCode.StorageRecovered));
        night.Storage.HasRoom();
        night.Turn();
        Assert.Equal(1, night.Count(EventCode.StorageRecovered));
    }

    [Fact]
    public void EachCauseOfADiskFaultEndsByItselfAndTheTroubleWithTheLast()
    {
        var night = NightScene.Open();
        night.Storage.Fail(Failed, night.Now, StorageCause.Drop);
        night.Storage.Works();
        night.Turn();
        Assert.Equal(["STORAGE_FAILED"], night.Wrong);
        night.Storage.Fail(Failed, night.Now, StorageCause.Staging);
        night.Storage.DropIsRead();
        night.Turn();
        Assert.Equal(["STORAGE_FAILED"], night.Wrong);
        night.Storage.Fail(Failed, night.Now, StorageCause.Receipts);
        Assert.True(night.Storage.Has(StorageCause.Receipts));
        night.Storage.HasRoom();
        night.Turn();
        Assert.Equal(["STORAGE_FAILED"], night.Wrong);
        night.Storage.ReceiptsAreTaken();
        night.Turn();
        Assert.Empty(night.Wrong);
        Assert.Equal(1, night.Count(EventCode.StorageRecovered));
    }

    [Fact]
    public void TheEndOfTroubleOfTheDiskTellsHowLongAllOfItLasted()
    {
        var night = NightScene.Open();
        night.Storage.RecordLow(Low, night.Now);
        night.Quietly("20:02");
        night.Storage.RecordLow(Low with { Package = "P" }, night.Now);
        night.Quietly("20:03");
        night.Storage.Fail(Failed, night.Now);
        night.Quietly("20:04");
        night.Storage.HasRoom();
        night.Storage.Fits();
        night.Storage.Works();
        night.Turn();
        Assert.Equal(180, night.Last<StorageRecovered>().Seconds);
    }

    [Fact]
    public void ARejectionIsATroubleUntilAPackageProvesTrue()
    {
        var night = NightScene.Open();
        night.Deliver("20:00", "mal", reasons: ReasonCode.DigestMismatch);
        Assert.Equal(["PACKAGE_REJECTED"], night.Wrong);
        night.Deliver("20:00");
        Assert.Empty(night.Wrong);
        Assert.Equal(2, night.Notices.Count);
    }

    [Fact]
    public void ARejectionOrAStalledDeliveryIsOverWhenTheDropHasNoneAndTheJournalSaysSo()
    {
        var night = NightScene.Open();
        night.Deliver("20:00", "mal", reasons: ReasonCode.DigestMismatch);
        night.Recorder.Record(new DeliveryStalled("P", ["a.html"], 1, null), night.Now);
        night.To("20:03");
        Assert.Equal(["PACKAGE_REJECTED", "DELIVERY_STALLED"], night.Wrong);
        night.Drop = default;
        night.Turn();
        Assert.Empty(night.Wrong);
        Assert.Equal(2, night.Count(EventCode.TroubleEnded));
        Assert.Equal(
            (Trouble.Delivery, "DELIVERY_STALLED", TroubleEndCause.Gone),
            (night.Last<TroubleEnded>().Trouble, night.Last<TroubleEnded>().Began, night.Last<TroubleEnded>().Cause));
        night.Turn();
        Assert.Equal(2, night.Count(EventCode.TroubleEnded));
    }

    [Fact]
    public void IntegrityIsBackWhenTheLastAlterationIsHealed()
    {
        var night = NightScene.Open();
        night.Recorder.Record(new TamperDetected("r", null, [], null, "watch"), night.Now);
        night.Troubles.OpenAlterations = 1;
        night.Recorder.Record(new TamperHealed("r", null, [], null, 0, 0, null), night.Now);
        Assert.Equal(["TAMPER_DETECTED"], night.Wrong);
        night.Troubles.OpenAlterations = 0;
        night.Recorder.Record(new TamperHealed("r", null, [], null, 0, 0, null), night.Now);
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void AnInternalFaultIsPastAnHourAfterTheLastAlsoOverARestart()
    {
        var night = NightScene.Open();
        night.Recorder.Record(new InternalFault("loop", "agent", "X", "m", "a", null, 1), night.Now);
        night.To("20:25");
        night.Recorder.Record(new InternalFault("loop", "agent", "X", "m", "a", null, 1), night.Now);
        night.Restart();
        night.To("21:24");
        Assert.Contains("INTERNAL_FAULT", night.Wrong);
        night.To("21:26");
        Assert.DoesNotContain("INTERNAL_FAULT", night.Wrong);
        Assert.Equal(TroubleEndCause.HourPassed, night.Last<TroubleEnded>().Cause);
        Assert.Contains("\"topic\":\"fault\"", night.Notices[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void EachTroubleOutlivesARestartAndIsNotToldAgain()
    {
        var night = NightScene.Open();
        night.Deliver("20:00");
        night.Quietly("20:02");
        foreach (var happened in Begun) night.Recorder.Record(happened, night.Now);
        var (before, told) = (night.Wrong.ToList(), night.Notices.Count);
        Assert.Equal(TroubleCatalogue.All.Length, before.Count);
        night.Restart();
        Assert.Equal(before, night.Wrong);
        foreach (var happened in Begun) night.Recorder.Record(happened, night.Now);
        Assert.Equal(told, night.Notices.Count);
    }

    [Fact]
    public void WhatAnEarlierRunHasLeftAndThisOneDoesNotMeetEndsAMinuteAfterTheStart()
    {
        var night = NightScene.Open();
        night.Storage.RecordLow(Low, night.Now);
        night.Recorder.Record(new SentinelBlind(1, 2, null, "", null), night.Now);
        night.Restart();
        night.Quietly($"{Day}20:01:59");
        Assert.Equal(["STORAGE_LOW", "SENTINEL_BLIND"], night.Wrong);
        // This one is met again.
        night.Storage.RecordLow(Low, night.Now);
        night.Quietly($"{Day}20:02:01");
        Assert.Equal(["STORAGE_LOW"], night.Wrong);
        Assert.Equal(TroubleEndCause.NotMetAgain, night.Last<TroubleEnded>().Cause);
        night.Storage.HasRoom();
        night.Turn();
        Assert.Empty(night.Wrong);
        Assert.Equal(1, night.Count(EventCode.StorageRecovered));
    }

    [Fact]
    public void TheLastRejectionsOutliveARestart()
    {
        var night = NightScene.Open();
        night.Deliver("20:00", "mal", reasons: ReasonCode.DigestMismatch);
        night.Restart();
        Assert.Equal("PREP_2000mal", Assert.Single(night.Status().LastRejections).Package);
    }

    [Fact]
    public void WhatIsSetAsideStaysATroubleOverARestartUntilNothingIs()
    {
        var night = NightScene.Open();
        night.Recorder.Record(new DeliverySetAside("P", 2), night.Now);
        night.Restart();
        Assert.Equal(["DELIVERY_SET_ASIDE"], night.Wrong);
        Assert.Single(night.Notices);
        night.Drop = night.Drop with { AnySetAside = false };
        night.Turn();
        Assert.Empty(night.Wrong);
    }

    /// <summary>One event that begins each trouble.</summary>
    static readonly AgentEvent[] Begun =
    [
        new HealFailed("r", null, null, null, "mount"), new ProbeMismatch("http://a/", null, null, null, null, null),
        new GateClosed(HoldReason.ClockDrift, null, null, default), new ClockDrift(5, 1, null, null),
        new CorteOverdue(null, null, OverdueCause.NothingArrived, null, 1200),
        new PackageRejected("P", null, null, null, null, null, null, [], 0), new DeliveryStalled("P", null, null, null),
        new DeliveryIgnored("a.html", IgnoredCause.LooseFiles), new DeliverySetAside("P", 2),
        new DropCrowded(CrowdCause.Entries, 1, 1, 1, null), Failed,
        new SentinelBlind(1, 2, null, "", null), new SyslogFailed("unix:/dev/log", "refused", 1),
        new NotifyFailed("ended with 1"), new HookFailed(Root.Public, null, "ended with 1"),
        new ConfigRejected("agent.yaml", 1, 1, "x", null),
        new InternalFault("loop", "agent", "X", "m", "a", null, 1),
    ];
}
