using Difusor.Agent.Daemon;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Tests.Linux;

public sealed class HealingTests : IDisposable
{
    static readonly Dictionary<string, string> First =
        new() { ["index.html"] = "<h1>corte 1</h1>", ["css/site.css"] = "body {}", ["datos/a/b.csv"] = "1" };
    static readonly Dictionary<string, string> Second =
        new() { ["index.html"] = "<h1>corte 2</h1>", ["css/site.css"] = "body {}", ["datos/a/b.csv"] = "2" };
    readonly GuardedNight night = new(First, Second);

    public void Dispose() => night.Dispose();

    public static TheoryData<string> Kinds => TamperingIsFoundTests.KindsWithAnEvent;

    [Theory, MemberData(nameof(Kinds))]
    public void EachTamperingIsRecordedAndThePackageIsServedAgain(string kind)
    {
        var before = File.GetLastWriteTimeUtc(night.Paths.InLive("index.html"));
        Tamperings.Named(kind).Prepare?.Invoke(night.Paths);
        Tamperings.Named(kind).Do(night.Paths);
        night.Until(
            EventCode.TamperHealed, healed =>
            (string?)healed.Fields["release"] == (kind == "AlterAnOlderRelease" ? night.Older : night.Live)
            .Id.Value);
        Settle();
        Assert.Equal(Second, night.Night.Served());
        Assert.Equal(before, File.GetLastWriteTimeUtc(night.Paths.InLive("index.html")));
        Assert.Equal($"release {night.Live.Id}\n", night.Night.MapText);
        Assert.Equal(IntegrityState.Intact, night.TamperResponder.State);
        Assert.Equal(EventCode.TamperDetected, night.Events[0].Code);
        Assert.DoesNotContain(night.Events, happened => happened.Code == EventCode.HealFailed);
    }

    [Fact]
    public void ALinkInPlaceOfARootThatWasSeenGoneBeforeIsFoundAtOnce()
    {
        Directory.Move(night.Paths.Root, night.Paths.Outside("moved"));
        // The watch has looked in between: whatever it finds from now on, an event has told it.
        night.Altered("removed");
        File.CreateSymbolicLink(night.Paths.Root, night.Paths.Outside("moved"));
        night.Altered("type");
    }

    [Fact]
    public void TheAlteredTreeIsKeptForTheAuditor()
    {
        File.WriteAllText(night.Paths.InLive("index.html"), "evil");
        var healed = night.Until(EventCode.TamperHealed);
        Assert.Equal("evil", File.ReadAllText(Path.Combine((string)healed["evidence"]!, "index.html")));
        Assert.StartsWith(night.Night.Folders.Quarantine, (string)healed["evidence"]!, StringComparison.Ordinal);
        Assert.True((double)healed["exposure_seconds"]! >= (double)healed["seconds"]!);
    }

    [Fact]
    public void AHealedTreeSharesNoInodeWithTheAlteredOne()
    {
        using var writer = new FileStream(night.Paths.InLive("css/site.css"), FileMode.Open, FileAccess.Write);
        File.WriteAllText(night.Paths.InLive("index.html"), "evil");
        night.Until(EventCode.TamperHealed);
        writer.Write("evil"u8);
        writer.Flush();
        Assert.Equal(Second, night.Night.Served());
    }

    [Fact]
    public void ADamagedVaultNeverServesWhatDoesNotVerify()
    {
        var index = night.Night.VaultFiles.Single(path => File.ReadAllText(path) == "<h1>corte 2</h1>");
        File.WriteAllText(index, "<h1>corte X</h1>");
        File.WriteAllText(night.Paths.InLive("index.html"), "evil");
        var failed = night.Until(EventCode.HealFailed);
        Assert.Contains("index.html", (string)failed["error"]!, StringComparison.Ordinal);
        Assert.Equal(["css/site.css", "datos/a/b.csv"], night.Night.Served().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(IntegrityState.Tampered, night.TamperResponder.State);
    }

    [Fact]
    public void AHealThatFailsAgainAndAgainIsToldOnceInTenMinutes()
    {
        // Nothing says what the older release must be. That can come back, so each attempt is made.
        File.Delete($"{night.Night.Folders.Sealed}/{night.Older.Id}.json");
        File.WriteAllText(Path.Combine(night.TreeOf(night.Older), "index.html"), "evil");
        night.Until(EventCode.HealFailed);
        for (var attempt = 1; attempt <= 5; attempt++) night.Tick(TimeSpan.FromMinutes(attempt));
        Assert.Equal(6, night.TamperResponder.Failures);
        Assert.Single(night.Events, happened => happened.Code == EventCode.HealFailed);
        night.Tick(TimeSpan.FromMinutes(11));
        Assert.Equal(2, night.Events.Count(happened => happened.Code == EventCode.HealFailed));
    }

    [Fact]
    public void WhatTheVaultHasLostComesBackWithTheSamePackage()
    {
        File.Delete(night.Night.VaultFiles.Single(path => File.ReadAllText(path) == "<h1>corte 2</h1>"));
        File.WriteAllText(night.Paths.InLive("index.html"), "evil");
        night.Until(EventCode.HealFailed);
        using (var again = night.Night.Stage(Second))
        {
            night.Night.Store.Healer.MendVault(again);
            again.Discard();
        }
        night.Tick(TimeSpan.FromMinutes(1));
        Assert.Equal(Second, night.Night.Served());
        Assert.Equal(IntegrityState.Intact, night.TamperResponder.State);
    }

    [Fact]
    public void ALostVaultCopyIsTakenFromTheTreeWhereItStillProvesTrue()
    {
        File.Delete(night.Night.VaultFiles.Single(path => File.ReadAllText(path) == "2"));
        File.WriteAllText(night.Paths.InLive("index.html"), "evil");
        night.Until(EventCode.TamperHealed);
        Assert.Equal(Second, night.Night.Served());
    }

    [Fact]
    public void ALinkInPlaceOfAVaultCopyIsNotFollowedAndStopsNoHeal()
    {
        var kept = night.Night.VaultFiles.Single(path => File.ReadAllText(path) == "2");
        File.Move(kept, night.Paths.Outside("kept"));
        File.CreateSymbolicLink(kept, night.Paths.Outside("kept"));
        File.WriteAllText(night.Paths.InLive("index.html"), "evil");
        night.Until(EventCode.TamperHealed);
        Assert.Equal(Second, night.Night.Served());
    }

    [Fact]
    public void AnotherInstancesLinkWhileTheAgentWasDownIsNoPublication()
    {
        night.Night.Store.Dispose();
        File.Delete(night.Paths.InRoot("current"));
        File.CreateSymbolicLink(night.Paths.InRoot("current"), $"releases/{night.Older.Id}");
        var store = night.Night.Reopen();
        var events = new List<AgentEvent>();
        var proof = new StartProof(store, (happened, _) => events.Add(happened));
        proof.ProveLink(Root.Public, store.Sealed.Single(release => release.Id == night.Live.Id), HostClock.Read());
        Assert.Equal([EventCode.TamperDetected, EventCode.TamperHealed], events.Select(happened => happened.Code));
        Assert.Equal(Second, night.Night.Served());
        Assert.Equal(night.Live.Id, store.Live(Root.Public)!.Id);
    }

    [Fact]
    public void AnotherAlterationOfAFileThatIsNotHealedIsNoHealing()
    {
        night.TamperResponder.Heals = false;
        File.WriteAllText(night.Paths.InLive("index.html"), "evil");
        night.Until(EventCode.TamperDetected);
        File.WriteAllText(night.Paths.InLive("index.html"), "worse");
        night.Until(EventCode.TamperDetected, again => again != night.Events[0]);
        Assert.DoesNotContain(night.Events, happened => happened.Code == EventCode.TamperHealed);
    }

    [Fact]
    public void ARecordThatIsLostIsMadeAgainFromTheTreeThatTheJournalProves()
    {
        var (store, events) = Restarted(record => File.Delete(record));
        Assert.Equal([EventCode.TamperDetected, EventCode.TamperHealed], events);
        Assert.Equal(night.Live.Id, store.Live(Root.Public)?.Id);
        Assert.Equal(Second.Count, store.LiveRecord(Root.Public)!.Files.Count);
    }

    [Fact]
    public void ARecordAlteredTogetherWithItsTreeAndTheVaultProvesNothing()
    {
        var (store, events) = Restarted(record =>
        {
            var (old, evil) = (Digest.Sha256("<h1>corte 2</h1>"u8).Hex, Digest.Sha256("<h1>corte X</h1>"u8).Hex);
            File.WriteAllText(record, File.ReadAllText(record).Replace(old, evil, StringComparison.Ordinal));
            Directory.CreateDirectory($"{night.Night.Folders.Vault}/{evil[..2]}");
            File.WriteAllText($"{night.Night.Folders.Vault}/{evil[..2]}/{evil}", "<h1>corte X</h1>");
            File.WriteAllText(night.Paths.InLive("index.html"), "<h1>corte X</h1>");
        });
        Assert.Equal([EventCode.TamperDetected, EventCode.HealFailed], events);
        Assert.Null(store.Live(Root.Public));
    }

    [Fact]
    public void ARecordAlteredAloneIsMadeAgainAndTheRightPageStays()
    {
        var (store, events) = Restarted(record => File.WriteAllText(record, File.ReadAllText(record).Replace(
            Digest.Sha256("<h1>corte 2</h1>"u8).Hex, new string('0', 64), StringComparison.Ordinal)));
        Assert.Equal([EventCode.TamperDetected, EventCode.TamperHealed], events);
        Assert.Equal(Second, night.Night.Served());
        Assert.True(store.Agrees(store.Live(Root.Public)!, night.Live.ManifestSha256));
    }

    /// <summary>The agent ended, the live release's record met something, and the agent starts again.</summary>
    (ReleaseStore Store, IEnumerable<EventCode> Events) Restarted(Action<string> meets)
    {
        night.Night.Store.Dispose();
        meets($"{night.Night.Folders.Sealed}/{night.Live.Id}.json");
        var store = night.Night.Reopen();
        var events = new List<AgentEvent>();
        var proof = new StartProof(store, (happened, _) => events.Add(happened));
        var live = night.Live;
        var published = new CortePublished(
            live.Corte, live.Id, "PREP", null, live.Files, live.Bytes, live.ManifestSha256, null, Root.Public, null);
        proof.ProveRecord(published, DateTimeOffset.UnixEpoch, HostClock.Read());
        return (store, events.Select(happened => happened.Code));
    }

    [Fact]
    public void WithHealingSwitchedOffItIsOnlyTold()
    {
        night.TamperResponder.Heals = false;
        File.WriteAllText(night.Paths.InLive("index.html"), "evil");
        night.Until(EventCode.TamperDetected);
        Assert.Equal(IntegrityState.Tampered, night.TamperResponder.State);
        Assert.Equal("evil", night.Night.Served()["index.html"]);
    }

    /// <summary>Older releases that were altered too are healed one a tick.</summary>
    void Settle()
    {
        Bounded.Until(() =>
        {
            if (night.TamperResponder.Open.Count > 0) night.Tick(TimeSpan.FromMinutes(1));
            return night.TamperResponder.Open.Count == 0;
        }, "the end of all healing");
    }
}
