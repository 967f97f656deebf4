using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests.Linux;

public sealed class StoreRecoveryTests : IDisposable
{
    readonly StoreNight night = new();

    public void Dispose() => night.Dispose();

    [Fact]
    public void AnOrderlyEndLeavesNothingToPutRight()
    {
        night.Publish(0, StoreNight.Site(3));
        night.Seal(20, StoreNight.Site(3, " 2"));
        night.Reopen();
        Assert.Empty(night.Recovery.Removed);
        Assert.Empty(night.Recovery.Rebuilt);
        Assert.Empty(night.Recovery.Relinked);
        Assert.Empty(night.Recovery.MapMended);
        Assert.Equal(2, night.Store.Sealed.Count);
    }

    [Fact]
    public void ADeliveryThatWasBeingStagedIsRemovedAndItsVaultCopiesToo()
    {
        night.Publish(0, StoreNight.Site(3));
        night.Stage(StoreNight.Site(3, " 2"));
        Assert.Equal(5, night.VaultFiles.Length);
        night.Reopen().WarmUp();
        Assert.Single(night.Recovery.Removed);
        Assert.Equal(4, night.VaultFiles.Length);
        Assert.Equal(StoreNight.Site(3), night.Served());
    }

    [Fact]
    public void AVaultCopyThatACrashLeftTornIsWrittenAgain()
    {
        night.Publish(0, StoreNight.Site(1));
        var torn = Digest.Sha256("inicio 2"u8).Hex;
        Directory.CreateDirectory(Path.Combine(night.Folders.Vault, torn[..2]));
        File.WriteAllText(Path.Combine(night.Folders.Vault, torn[..2], torn), "ini");
        night.Publish(20, StoreNight.Site(1, " 2"));
        Assert.Equal("inicio 2", File.ReadAllText(Path.Combine(night.Folders.Vault, torn[..2], torn)));
    }

    [Fact]
    public void ATreeWithoutARecordIsRemovedAndARecordWithoutATreeCanStillBeServed()
    {
        night.Publish(0, StoreNight.Site(2));
        var lost = night.Seal(20, StoreNight.Site(2, " 2"));
        var unrecorded = night.Seal(40, StoreNight.Site(2, " 3"));
        Directory.Delete(night.Store.PathOf(lost)!, recursive: true);
        File.Delete(Path.Combine(night.Folders.Sealed, $"{unrecorded.Id}.json"));
        night.Reopen();
        Assert.Equal([lost, night.Store.Live(Root.Public)!], night.Store.Sealed);
        Assert.Empty(Directory.GetDirectories(night.Folders.Held));
        night.Store.Publish(lost, Root.Public, night.Now);
        Assert.Equal(StoreNight.Site(2, " 2"), night.Served());
    }

    [Fact]
    public void ACurrentThatLeadsNowhereLeadsAgainToWhatWasServed()
    {
        var release = night.Publish(0, StoreNight.Site(2));
        File.Delete(Path.Combine(night.Folders.Public, "current"));
        night.Reopen();
        Assert.Equal(release, night.Store.Live(Root.Public));
        Assert.Equal([Root.Public], night.Recovery.Relinked);
        Directory.Delete(night.Store.PathOf(release)!, recursive: true);
        night.Reopen();
        Assert.Equal(StoreNight.Site(2), night.Served());
        Assert.Equal([release.Id], night.Recovery.Rebuilt);
    }

    [Fact]
    public void ALostLinkLeadsToTheNewestCorteAndNotToTheOneBefore()
    {
        night.Publish(0, StoreNight.Site(2));
        var live = night.Publish(20, StoreNight.Site(2, " 2"));
        File.Delete(Path.Combine(night.Folders.Public, "current"));
        night.Reopen();
        Assert.Equal(live, night.Store.Live(Root.Public));
        Assert.Equal(StoreNight.Site(2, " 2"), night.Served());
    }

    [Fact]
    public void WhatRetentionRemovedDoesNotComeBackAtAStart()
    {
        for (var minute = 0; minute < 5; minute++) night.Publish(minute, StoreNight.Site(2, $" {minute}"));
        night.Store.Prune(2, new HashSet<ReleaseId>());
        var kept = night.Store.Sealed;
        Assert.InRange(kept.Count, 2, 4);
        night.Reopen();
        Assert.Equal(kept, night.Store.Sealed);
    }

    [Fact]
    public void AnOperatorsChoiceIsKnownThoughTheSwapThatFollowsFails()
    {
        var older = night.Publish(0, StoreNight.Site(2));
        night.Publish(20, StoreNight.Site(2, " 2"));
        // The swap is refused: a folder lies where the new link is made.
        var inTheWay = Path.Combine(night.Folders.Public, ".current.new");
        Directory.CreateDirectory(Path.Combine(inTheWay, "inner"));
        Assert.Throws<SystemFault>(
            () => night.Store.Activate(older, Root.Public, null, hold: true, "prueba", night.Now));
        Directory.Delete(inTheWay, recursive: true);
        night.Reopen();
        Assert.True(night.Store.Choice(Root.Public)?.Hold);
    }

    [Fact]
    public void ADeliveryOfTheSameBytesMendsWhatTheVaultHasLost()
    {
        night.Publish(0, StoreNight.Site(2));
        var damaged = night.VaultFiles[0];
        var content = File.ReadAllText(damaged);
        File.WriteAllText(damaged, "altered");
        new StagedInStore(night.Store, night.Stage(StoreNight.Site(2))).DiscardDuplicate();
        Assert.Equal(content, File.ReadAllText(damaged));
    }

    /// <summary>Staging alone does not see it: the copy is there, and as long as it must be.</summary>
    [Fact]
    public void ADeliveryOfTheSameBytesMendsAVaultCopyOfTheRightLengthWithOtherBytes()
    {
        var live = night.Publish(0, StoreNight.Site(2));
        var damaged = night.VaultFiles.Single(path => File.ReadAllText(path) == "inicio");
        File.WriteAllText(damaged, "iniciO");
        File.WriteAllText(Path.Combine(night.Folders.Public, "current/index.html"), "iniciO");
        // The healing finds the bytes nowhere, and so the loss is known.
        Assert.Equal([RelativePath.Own("index.html")], night.Store.Healer.Heal(live, Root.Public, night.Now).Lost);
        new StagedInStore(night.Store, night.Stage(StoreNight.Site(2))).DiscardDuplicate();
        Assert.Equal("inicio", File.ReadAllText(damaged));
    }

    [Fact]
    public void ALostReleaseWhoseVaultIsDamagedGivesWayToTheOneBefore()
    {
        night.Publish(0, StoreNight.Site(2));
        var second = night.Publish(20, StoreNight.Site(2, " 2"));
        Directory.Delete(night.Store.PathOf(second)!, recursive: true);
        var digest = Digest.Sha256("inicio 2"u8).Hex;
        File.WriteAllText(Path.Combine(night.Folders.Vault, digest[..2], digest), "inicio 3");
        night.Reopen();
        Assert.Equal(StoreNight.Site(2), night.Served());
    }

    [Fact]
    public void ACrashBetweenLinkAndMapIsFinished()
    {
        var release = night.Publish(0, StoreNight.Site(2));
        File.WriteAllText(Path.Combine(night.Folders.Public, "current.map"), "release 20210606-1940-0001\n");
        night.Reopen();
        Assert.Equal($"release {release.Id}\n", night.MapText);
        Assert.Equal([Root.Public], night.Recovery.MapMended);
    }

    [Fact]
    public void AnUnreadableRecordIsSetAsideAndNotGuessed()
    {
        var release = night.Seal(0, StoreNight.Site(2));
        File.WriteAllText(Path.Combine(night.Folders.Sealed, $"{release.Id}.json"), "{");
        night.Reopen();
        Assert.Equal([$"{release.Id}.json"], night.Recovery.Damaged);
        Assert.Empty(night.Store.Sealed);
    }

    [Fact]
    public void AnOperatorsHoldStandsOverARestart()
    {
        var first = night.Publish(0, StoreNight.Site(2));
        night.Publish(20, StoreNight.Site(2, " 2"));
        var back = night.Store.Activate(
            first, Root.Public, night.Store.Sealed.Max(release => release.Rank), hold: true, "revisión",
            night.Now).Release!;
        night.Reopen();
        Assert.True(night.Store.Choice(Root.Public)?.Hold);
        Assert.Equal(back.Id, night.Store.Choice(Root.Public)?.Release);
        Assert.Null(
            PublicationOrder.Due(
            new RootState(
            night.Store.Live(Root.Public), night.Store.Sealed, night.Store.Choice(Root.Public), null, null)));
    }

    [Fact]
    public void GoingBackToAReleaseWhoseVaultCopyIsDamagedIsRefusedNamingTheFile()
    {
        var first = night.Publish(0, StoreNight.Site(2));
        night.Publish(20, StoreNight.Site(2, " 2"));
        var digest = Digest.Sha256("inicio"u8).Hex;
        File.WriteAllText(Path.Combine(night.Folders.Vault, digest[..2], digest), "iniciO");
        var back = night.Store.Activate(
            first, Root.Public, night.Store.Sealed.Max(release => release.Rank), hold: false, "error", night.Now);
        Assert.Null(back.Release);
        Assert.Equal([RelativePath.Own("index.html")], back.Damaged);
        Assert.Equal(StoreNight.Site(2, " 2"), night.Served());
    }
}
