using Difusor.Agent.Events;

namespace Difusor.Agent.Tests.Night;

/// <summary>Each trouble and its end.</summary>
public sealed class TroubleTests
{
    static readonly StorageLow Low = new("/var/lib/difusor-agent", 1, 2, null);
    static readonly StorageFailed Failed = new("write", "a.html", "No space left on device");

    static NightScene Open()
    {
        var night = new NightScene("20:01");
        night.Poll();
        return night;
    }

    [Fact]
    public void TooLittleRoomIsToldAndSoIsItsEnd()
    {
        var night = Open();
        night.Storage.RecordLow(Low, night.Now);
        Assert.Equal(["STORAGE_LOW"], night.Troubles.Troubles);
        night.To("20:02");
        Assert.Equal(0, night.Count(EventCode.StorageRecovered));
        night.Storage.HasRoom();
        night.Turn();
        night.Turn();
        Assert.Equal(60, night.Last<StorageRecovered>().Seconds);
        Assert.Equal(1, night.Count(EventCode.StorageRecovered));
        Assert.Empty(night.Troubles.Troubles);
        Assert.Contains("\"state\":\"back\"", night.Notices[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void ADeliveryThatDoesNotFitIsATroubleUntilItFitsOrIsGone()
    {
        var night = Open();
        night.Storage.RecordLow(Low with { Package = "P" }, night.Now);
        night.Storage.HasRoom();
        night.Turn();
        Assert.Equal(["STORAGE_LOW"], night.Troubles.Troubles);
        night.Storage.Fits();
        night.Turn();
        Assert.Empty(night.Troubles.Troubles);
    }

    [Fact]
    public void AFaultOfTheDiskIsToldOnceUntilItIsOver()
    {
        var night = Open();
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
        var night = Open();
        night.Journal.Refuses = EventCode.StorageFailed;
        Assert.Throws<IOException>(() => night.Storage.Fail(Failed, night.Now));
        night.Storage.Works();
        night.Turn();
        Assert.EndsWith("STORAGE_FAILED STORAGE_RECOVERED", night.Told, StringComparison.Ordinal);
    }

    [Fact]
    public void WhileOneTroubleOfTheDiskLastsTheEndOfAnotherIsNotToldAsItsEnd()
    {
        var night = Open();
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
    public void TheEndOfTroubleOfTheDiskTellsHowLongAllOfItLasted()
    {
        var night = Open();
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
    public void SeveralTroublesAreListedByTheirNames()
    {
        var night = Open();
        night.Storage.RecordLow(Low, night.Now);
        night.Deliver("20:00", "mal", reasons: ReasonCode.DigestMismatch);
        night.Recorder.Record(new ProbeFailed("http://a/", null, "no answer"), night.Now);
        Assert.Equal(["PACKAGE_REJECTED", "PROBE_FAILED", "STORAGE_LOW"], night.Troubles.Troubles);
    }

    [Fact]
    public void WhatHappensIsCountedAndWhatIsPublishedIsRemembered()
    {
        var night = Open();
        night.Deliver("20:00", "mal", reasons: ReasonCode.DigestMismatch);
        night.Deliver("20:00");
        var tally = night.Troubles.Tally;
        Assert.Equal(
            (1, 1, 3), (tally.Count(EventCode.PackageRejected), tally.Count(EventCode.CortePublished),
            tally.FilesVerified));
        Assert.Equal(night.Journal.Records[^1], Assert.Single(night.Troubles.Publications));
    }

    [Fact]
    public void ARejectionIsATroubleUntilAPackageProvesTrue()
    {
        var night = Open();
        night.Deliver("20:00", "mal", reasons: ReasonCode.DigestMismatch);
        Assert.Equal(["PACKAGE_REJECTED"], night.Troubles.Troubles);
        night.Deliver("20:00");
        Assert.Empty(night.Troubles.Troubles);
        Assert.Equal(2, night.Notices.Count);
    }

    [Fact]
    public void IntegrityIsBackWhenTheLastAlterationIsHealed()
    {
        var night = Open();
        night.Recorder.Record(new TamperDetected("r", null, [], null, "watch"), night.Now);
        night.Troubles.OpenAlterations = 1;
        night.Recorder.Record(new TamperHealed("r", null, [], null, 0, 0, null), night.Now);
        Assert.Equal(["TAMPER_DETECTED"], night.Troubles.Troubles);
        night.Troubles.OpenAlterations = 0;
        night.Recorder.Record(new TamperHealed("r", null, [], null, 0, 0, null), night.Now);
        Assert.Empty(night.Troubles.Troubles);
    }

    [Fact]
    public void AnInternalFaultIsPastAnHourAfterTheLast()
    {
        var night = Open();
        night.Recorder.Record(new InternalFault("loop", "agent", "X", "m", "a", null, 1), night.Now);
        night.To("20:50");
        night.Troubles.Tick(night.Now);
        Assert.Contains("INTERNAL_FAULT", night.Troubles.Troubles);
        night.To("21:01");
        night.Troubles.Tick(night.Now);
        Assert.DoesNotContain("INTERNAL_FAULT", night.Troubles.Troubles);
        Assert.Contains("\"topic\":\"fault\"", night.Notices[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void AProbesTroubleEndsWithAGoodAnswerOrWithItsConfiguration()
    {
        var night = Open();
        night.Recorder.Record(new ProbeFailed("http://a/", null, "no answer"), night.Now);
        Assert.False(night.Troubles.IsWell);
        night.Troubles.ProbeIsGood("http://a/", night.Now);
        Assert.True(night.Troubles.IsWell);
        Assert.Contains("back", night.Notices[^1], StringComparison.Ordinal);
        night.Recorder.Record(new ProbeFailed("http://a/", null, "no answer"), night.Now);
        night.Troubles.OnlyProbes([]);
        Assert.True(night.Troubles.IsWell);
    }

    [Fact]
    public void WhatWasPublishedBeforeARestartIsRecalled()
    {
        var night = Open();
        night.Deliver("20:00");
        night.Restart();
        Assert.Equal("CORTE_PUBLISHED", Assert.Single(night.Troubles.Publications).Event);
    }

    [Fact]
    public void WhatIsSetAsideStaysATroubleOverARestart()
    {
        var night = Open();
        night.Troubles.Recall([], areSetAside: true);
        Assert.Equal(["DELIVERY_SET_ASIDE"], night.Troubles.Troubles);
        Assert.Empty(night.Notices);
    }
}
