using Difusor.Agent.Events;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests.Night;

/// <summary>A full disk is told before a delivery needs it, once, and so is its end.</summary>
public sealed class DiskLookTests
{
    static readonly StorageLow Low = new("/state", 1, 2, null);

    [Theory]
    [InlineData(99, null, "99 bytes en /state")]
    [InlineData(1000, 999L, "999")]
    public void AFullDiskIsToldBeforeADeliveryNeedsIt(long free, long? files, string named)
    {
        var night = NightScene.Open();
        var other = new DiskRoom("/srv/difusor/entrega", 1 << 30, 100);
        var full = new DiskRoom("/state", free, 100, files);
        night.Storage.LookedAt([full with { Free = 100, FreeFiles = 1000 }, other], night.Now);
        Assert.Empty(night.Wrong);
        night.Storage.LookedAt([full, other], night.Now);
        night.Storage.LookedAt([full, other], night.Now);
        Assert.Equal(["STORAGE_LOW"], night.Wrong);
        var told = night.Last<StorageLow>();
        Assert.Equal(("/state", free, files), (told.Path, told.Free, told.FreeFiles));
        Assert.Contains(named, Assert.Single(night.Troubles.Troubles).Message, StringComparison.Ordinal);
        // The delivery that comes then meets the same: no second alarm.
        night.Storage.RecordLow(Low, night.Now);
        Assert.Equal(1, night.Count(EventCode.StorageLow));
        night.Storage.HasRoom();
        // A little room does not end it: it would begin anew with the next file.
        night.Storage.LookedAt([full with { Free = 100, FreeFiles = 1000 }, other], night.Now);
        night.Turn();
        Assert.Equal(["STORAGE_LOW"], night.Wrong);
        night.Storage.LookedAt([full with { Free = 113, FreeFiles = 2000 }, other], night.Now);
        night.Turn();
        Assert.Empty(night.Wrong);
        Assert.Equal(1, night.Count(EventCode.StorageRecovered));
    }

    [Fact]
    public void ADiskThatGoesUpAndDownAroundItsLimitIsToldOnceAndIsOverAfterFiveQuietMinutes()
    {
        var night = NightScene.Open();
        var disk = new DiskRoom("/state", 100, 100);
        foreach (var time in new[] { "20:10", "20:12", "20:14" })
        {
            night.Quietly(time);
            night.Storage.LookedAt([disk with { Free = 99 }], night.Now);
            night.Storage.LookedAt([disk], night.Now);
            night.Turn();
        }
        Assert.Equal((1, 0), (night.Count(EventCode.StorageLow), night.Count(EventCode.StorageRecovered)));
        night.Quietly("20:18");
        night.Storage.LookedAt([disk], night.Now);
        night.Turn();
        Assert.Equal(0, night.Count(EventCode.StorageRecovered));
        night.Quietly("20:19");
        night.Storage.LookedAt([disk], night.Now);
        night.Turn();
        Assert.Equal((1, 1), (night.Count(EventCode.StorageLow), night.Count(EventCode.StorageRecovered)));
    }

    [Fact]
    public void OfTwoFullDisksEachIsToldAndTheTroubleNamesOneThatIsFullNow()
    {
        var night = NightScene.Open();
        var (state, other) = (new DiskRoom("/state", 99, 100), new DiskRoom("/srv/difusor/acuses", 9, 10));
        night.Storage.LookedAt([state, other with { Free = 1000 }], night.Now);
        night.Storage.LookedAt([state, other], night.Now);
        Assert.Equal(2, night.Count(EventCode.StorageLow));
        Assert.Equal(other.Path, night.Last<StorageLow>().Path);
        night.Storage.LookedAt([state, other with { Free = 1000 }], night.Now);
        night.Turn();
        Assert.Contains("/state", Assert.Single(night.Troubles.Troubles).Message, StringComparison.Ordinal);
        Assert.Equal(0, night.Count(EventCode.StorageRecovered));
        night.Storage.LookedAt([state with { Free = 1000 }, other with { Free = 1000 }], night.Now);
        night.Turn();
        Assert.Equal((3, 1), (night.Count(EventCode.StorageLow), night.Count(EventCode.StorageRecovered)));
    }

    [Fact]
    public void AFullDiskIsShownThoughTheJournalCannotTakeIt()
    {
        var night = NightScene.Open();
        night.Journal.Refuses = EventCode.StorageLow;
        Assert.Throws<IOException>(
            () => night.Storage.LookedAt([new DiskRoom("/state", 99, 100)], night.Now));
        night.Troubles.Unrecorded = night.Storage.Untold;
        Assert.Equal("STORAGE_LOW", Assert.Single(night.Troubles.Troubles).Event);
        Assert.False(night.Troubles.IsWell);
        night.Turn();
        night.Troubles.Unrecorded = night.Storage.Untold;
        Assert.Equal("STORAGE_LOW", Assert.Single(night.Troubles.Troubles).Event);
        Assert.Equal(1, night.Count(EventCode.StorageLow));
    }

    [Fact]
    public void AFullDiskThatADeliveryHasMetIsNotToldOnceMoreByALook()
    {
        var night = NightScene.Open();
        night.Storage.RecordLow(Low, night.Now);
        night.Storage.LookedAt([new DiskRoom("/state", 1, 100)], night.Now);
        Assert.Equal(1, night.Count(EventCode.StorageLow));
        night.Storage.HasRoom();
        night.Turn();
        Assert.Equal(0, night.Count(EventCode.StorageRecovered));
    }
}
