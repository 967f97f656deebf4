using Difusor.Agent.Events;

namespace Difusor.Agent.Tests.Night;

/// <summary>What is known from the records.</summary>
public sealed class TroubleBoardTests
{
    static NightScene Open()
    {
        var night = new NightScene("20:01");
        night.Poll();
        return night;
    }

    [Fact]
    public void SeveralTroublesAreListedInTheOrderOfTheTable()
    {
        var night = Open();
        night.Storage.RecordLow(new StorageLow("/var/lib/difusor-agent", 1, 2, null), night.Now);
        night.Deliver("20:00", "mal", reasons: ReasonCode.DigestMismatch);
        night.Recorder.Record(new ProbeFailed("http://a/", null, "no answer"), night.Now);
        Assert.Equal(["PROBE_FAILED", "PACKAGE_REJECTED", "STORAGE_LOW"], night.Wrong);
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
    public void WhatWasPublishedBeforeARestartIsRecalled()
    {
        var night = Open();
        night.Deliver("20:00");
        night.Restart();
        Assert.Equal("CORTE_PUBLISHED", Assert.Single(night.Troubles.Publications).Event);
    }
}
