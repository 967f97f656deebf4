using System.IO.Compression;
using System.Security.Cryptography;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Drop;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

/// <summary>Attacks on the drop, and what goes wrong on its way, against the real receiving thread.</summary>
public sealed class ReceivingFaultTests
{
    const string Name = "P_20210606_2020";

    internal static byte[] Zip(IEnumerable<KeyValuePair<string, string>> files)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (path, text) in files)
            {
                using var entry = new StreamWriter(archive.CreateEntry(path).Open());
                entry.Write(text);
            }
        return bytes.ToArray();
    }

    [Fact]
    public void ALinkInThePackageIsRefusedAndNotFollowed()
    {
        using var night = new DropNight();
        night.PutFile("../secret", "secret");
        night.Put(Name, DropNight.Package());
        Assert.True(night.NextVerdict().Accepted);
        File.CreateSymbolicLink(night.In($"{Name}/dip/link.html"), night.In("../secret"));
        night.PutFile($"{Name}/dip/more.html", "x");
        var verdict = night.NextVerdict();
        Assert.Contains(verdict.Reasons, reason => reason is { Code: "unsafe-type", Path: "dip/link.html" });
        Assert.DoesNotContain(verdict.Contents, entry => entry.Path.Value == "dip/link.html");
    }

    [Fact]
    public void AFolderSwappedForALinkIsNoWayOut()
    {
        using var night = new DropNight();
        foreach (var (path, text) in DropNight.Package()) night.PutFile($"../outside/{path}", text);
        night.PutFile($"{Name}/SHA256SUMS", DropNight.Package()["SHA256SUMS"]);
        night.PutFile($"{Name}/PREP_DIP.csv", DropNight.Package()["PREP_DIP.csv"]);
        Directory.CreateSymbolicLink(night.In($"{Name}/dip"), night.In("../outside/dip"));
        Assert.Equal(
            DropNight.Package().Keys.Where(path => path.StartsWith("dip/", StringComparison.Ordinal)),
            night.Next<DeliveryStalls>().Awaited.Names);
    }

    [Fact]
    public void AFifoIsRefusedAndNotWaitedFor()
    {
        using var night = new DropNight();
        Directory.CreateDirectory(night.In(Name));
        Assert.Equal(0, Syscall.mkfifo(night.In($"{Name}/pipe.html"), FilePermissions.DEFFILEMODE));
        night.Put(Name, DropNight.Package());
        Assert.Equal(["unsafe-type"], DropNight.Codes(night.NextVerdict()));
    }

    [Fact]
    public void WhatWasJudgedIsNotJudgedAgainAfterARestart()
    {
        using var night = new DropNight();
        night.Put(Name, DropNight.Package());
        var first = night.Next<DeliveryJudged>();
        night.Receiver.Remember(first);
        night.Restart();
        // Judged when it is quiet, and by then the first would have been, too.
        night.PutWhole("P_20210606_2040", DropNight.Package("20:40").Append(new("uncovered.html", "")));
        Assert.Equal(["P_20210606_2040"], night.SeenUntilJudged("P_20210606_2040"));
        night.PutWhole("P_20210606_2100", DropNight.Package("21:00").Append(new("uncovered.html", "")));
        Assert.Equal(["P_20210606_2100"], night.SeenUntilJudged("P_20210606_2100"));
        night.Put(Name, DropNight.Package(note: "changed"));
        // It is written over file by file, and may be judged once more as it was.
        while (night.NextVerdict().ManifestSha256 == first.Verdict.ManifestSha256) { }
    }

    [Fact]
    public void AFileThatIsOpenedForWritingAndNotWrittenIsNotJudgedAgain()
    {
        using var night = new DropNight();
        night.PutWhole(Name, DropNight.Package());
        night.Receiver.Remember(night.Next<DeliveryJudged>());
        File.OpenWrite(night.In($"{Name}/dip/001.html")).Dispose();
        // Judged when it is quiet, and by then the first would have been, too.
        night.PutWhole("P_20210606_2040", DropNight.Package("20:40").Append(new("uncovered.html", "")));
        Assert.Equal(["P_20210606_2040"], night.SeenUntilJudged("P_20210606_2040"));
    }

    [Fact]
    public void ADeliveryWithoutConsequenceYetIsJudgedAgainAfterARestart()
    {
        using var night = new DropNight();
        night.Put(Name, DropNight.Package());
        Assert.True(night.NextVerdict().Accepted);
        night.Restart();
        Assert.True(night.NextVerdict().Accepted);
    }

    [Fact]
    public void AnArchiveIsWholeOnceItIsMovedIntoPlace()
    {
        using var night = new DropNight(
            settings =>
            settings with { Drop =
            settings.Drop with { Settle = TimeSpan.FromMinutes(30), GiveUp = TimeSpan.FromHours(1) } });
        File.WriteAllBytes(night.In($"{Name}.zip.part"), Zip(DropNight.Package()));
        File.Move(night.In($"{Name}.zip.part"), night.In($"{Name}.zip"));
        var verdict = night.NextVerdict();
        Assert.True(verdict.Accepted, string.Join(' ', verdict.Reasons));
        Assert.Equal($"{Name}.zip", verdict.Package);
    }

    [Fact]
    public void AnArchiveThatStopsStallsAndItsRestEndsThat()
    {
        using var night = new DropNight();
        var bytes = Zip(DropNight.Package());
        File.WriteAllBytes(night.In($"{Name}.zip"), bytes[..(bytes.Length / 2)]);
        night.Next<DeliveryStalls>();
        using (var rest = File.Open(night.In($"{Name}.zip"), FileMode.Append))
            rest.Write(bytes.AsSpan(bytes.Length / 2));
        Assert.True(night.NextVerdict().Accepted);
    }

    [Fact]
    public void AHashBesideAnArchiveMayComeAfterIt()
    {
        using var night = new DropNight();
        var bytes = Zip(DropNight.Package().Where(file => file.Key != "SHA256SUMS"));
        File.WriteAllBytes(night.In($"{Name}.zip"), bytes);
        Assert.Equal(["no-hash"], DropNight.Codes(night.NextVerdict()));
        night.PutFile($"{Name}.zip.hash", Convert.ToHexStringLower(SHA256.HashData(bytes)) + "\n");
        var verdict = night.NextVerdict();
        Assert.True(verdict.Accepted, string.Join(' ', verdict.Reasons));
    }

    [Fact]
    public void ANewerAcceptedCorteEndsTheWaitingForAnOlderOne()
    {
        // Nothing but the newer corte ends it while this test waits.
        using var night = new DropNight(
            settings => settings with { Drop = settings.Drop with { GiveUp = TimeSpan.FromHours(1) } });
        night.Put(Name, DropNight.Package().Where(file => file.Key != "dip/003.html"));
        night.Next<DeliveryStalls>();
        night.Put("P_20210606_2040", DropNight.Package("20:40"));
        Assert.True(night.NextVerdict().Accepted);
        var older = night.NextVerdict();
        Assert.Equal((Name, "missing-file"), (older.Package, older.Reasons[0].Code));
    }

    [Fact]
    public void AMixOfTwoCortesInATreeStallsAndIsNotJudged()
    {
        using var night =
            new DropNight(settings => settings with { Drop = settings.Drop with { Layout = DropLayout.Tree } });
        night.Put("", DropNight.Package());
        Assert.True(night.NextVerdict().Accepted);
        var next = DropNight.Package("20:40");
        night.Put("", next.Where(file => file.Key is "dip/000.html" or "dip/001.html"));
        Assert.Contains("SHA256SUMS", night.Next<DeliveryStalls>().Awaited.Names);
        night.Put("", next);
        var verdict = night.NextVerdict();
        Assert.True(verdict.Accepted, string.Join(' ', verdict.Reasons));
        Assert.Equal("2021-06-06T20:40:00-06:00", verdict.Corte?.ToString());
    }

    [Fact]
    public void TheDropMayBeRemovedAndMadeAnew()
    {
        using var night = new DropNight(bounds: DropNight.OftenLookedAt);
        Directory.Delete(night.Drop, recursive: true);
        night.Next<DropUnreadable>();
        Directory.CreateDirectory(night.Drop);
        night.Put(Name, DropNight.Package());
        Assert.True(night.NextVerdict().Accepted);
    }

    [Fact]
    public void WhatIsKeptLongEnoughIsRemovedAndNothingElse()
    {
        using var night = new DropNight(
            settings => settings with { Drop = settings.Drop with { Keep = TimeSpan.Zero } }, DropNight.OftenLookedAt);
        night.Put("Q/sub", [new("a.html", "a")]);
        Assert.False(night.NextVerdict().Accepted);
        night.Put(Name, DropNight.Package());
        night.Receiver.Remember(night.Next<DeliveryJudged>());
        using var watcher = new FileSystemWatcher(night.Drop) { EnableRaisingEvents = true };
        if (Directory.Exists(night.In(Name))) watcher.WaitForChanged(WatcherChangeTypes.Deleted, 60_000);
        Assert.False(Directory.Exists(night.In(Name)));
        Assert.True(File.Exists(night.In("Q/sub/a.html")));
    }

    [Fact]
    public void APathIsJudgedAtTheOperatorsWord()
    {
        using var night = new DropNight();
        foreach (var (path, text) in DropNight.Package()) night.PutFile($"../elsewhere/{Name}/{path}", text);
        var judged = night.Receiver.Judge(night.In($"../elsewhere/{Name}"))!;
        Assert.True(judged.Verdict.Accepted, string.Join(' ', judged.Verdict.Reasons));
        Assert.Null(night.Receiver.Judge(night.In("../elsewhere/nothing")));
        File.WriteAllBytes(night.In($"../elsewhere/{Name}.zip"), Zip(DropNight.Package()));
        Assert.True(night.Receiver.Judge(night.In($"../elsewhere/{Name}.zip"))!.Verdict.Accepted);
    }

    [Fact]
    public void WhoseTreeIsLostIsReceivedAnew()
    {
        using var night = new DropNight();
        night.Put(Name, DropNight.Package());
        var judged = night.Next<DeliveryJudged>();
        judged.Tree.Discard();
        night.Receiver.ReceiveAgain(judged);
        Assert.True(night.NextVerdict().Accepted);
    }

    [Fact]
    public void WhatDoesNotFitOnTheDiskGivesWayToWhatDoes()
    {
        using var night = new DropNight(settings => settings with
        {
            Limits = settings.Limits
                with { MinFree = new DriveInfo(Path.GetTempPath()).AvailableFreeSpace - (1L << 30) },
        });
        night.Put("L_20210606_2040", DropNight.Package("20:40"));
        night.Next<DeliveryJudged>();
        using (var large = File.Create(Path.Combine(night.Drop, "L_20210606_2040", "grande.csv")))
            Assert.Equal(0, Syscall.posix_fallocate((int)large.SafeFileHandle.DangerousGetHandle(), 0, 700 << 20));
        var refused = night.Next<NoRoomFor>();
        Assert.Equal(("L_20210606_2040", true), (refused.Delivery, refused.IsFirst));
        night.Put(Name, DropNight.Package("20:20", pages: 8));
        var small = night.Next<DeliveryJudged>();
        Assert.Equal((Name, true), (small.Delivery, small.Verdict.Accepted));
    }

    [Fact]
    public void AVerdictThatCannotBeMadeIsTriedAgainAtALook()
    {
        using var night = new DropNight();
        var package = DropNight.Package();
        night.Put(Name, package.Where(file => file.Key != "dip/003.html"));
        night.Next<DeliveryStalls>();
        var staged = Directory.GetFiles(
            Path.Combine(night.State, "staging"), "PREP_DIP.csv", SearchOption.AllDirectories).Single();
        File.Move(staged, staged + ".gone");
        night.PutFile($"{Name}/dip/003.html", package["dip/003.html"]);
        night.Next<DiskRefused>();
        File.Move(staged + ".gone", staged);
        night.Receiver.Apply(night.Rules);
        night.Next<StagingResumed>();
        Assert.True(night.NextVerdict().Accepted);
    }

    [Fact]
    public void WithoutRoomNothingIsStaged()
    {
        using var night =
            new DropNight(settings => settings with { Limits = settings.Limits with { MinFree = long.MaxValue } });
        night.Put(Name, DropNight.Package());
        Assert.Equal(long.MaxValue, night.Next<StagingPaused>().Needed);
        night.Receiver.Apply(
            DropNight.RulesOf(night.Rules.Settings with { Limits = night.Rules.Settings.Limits with { MinFree = 0 } }));
        night.Next<StagingResumed>();
        Assert.True(night.NextVerdict().Accepted);
    }
}
