using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Store;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// The tree that is made ahead of the next corte: second names of what is being served, which nothing may be written to
/// or published by.
/// </summary>
public sealed class NextTreeTests : IDisposable
{
    readonly StoreNight night = new();

    public void Dispose() => night.Dispose();

    [Fact]
    public void ACorteBringsOnlyWhatItChanges()
    {
        var links = Prepared(StoreNight.Site(20));
        var (before, file) = (Inodes(), new FileInfo(Served("seccion/007.html")).LastWriteTimeUtc);
        PublishAhead(20, StoreNight.Site(20, " 2", changedPages: 5));
        Assert.Equal(StoreNight.Site(20, " 2", changedPages: 5), night.Served());
        Assert.Equal(15, Inodes().Count(now => before.ContainsValue(now.Value)));
        Assert.Equal(file, new FileInfo(Served("seccion/007.html")).LastWriteTimeUtc);
        Assert.False(Directory.Exists(links));
    }

    [Fact]
    public void WhatTheNextCorteHasNotIsNotPublishedWithIt()
    {
        Prepared(
            new Dictionary<string, string> { ["index.html"] = "1", ["a/b/c.html"] = "c", ["a/d.html"] = "d",
                ["e/f.html"] = "f" });
        PublishAhead(20, new Dictionary<string, string> { ["index.html"] = "2", ["a/d.html"] = "d" });
        Assert.Equal(["a/d.html", "index.html"], night.Served().Keys.Order());
        Assert.Equal(["a"], Directory.GetDirectories(Served("")).Select(Path.GetFileName));
        Assert.Empty(Directory.GetDirectories(Served("a")));
    }

    [Fact]
    public void AFolderBecomesAFileAndAFileAFolder()
    {
        var files = new Dictionary<string, string> { ["index.html"] = "1", ["a/b/c.html"] = "c", ["d"] = "d" };
        Prepared(files);
        var first = night.Store.Live(Root.Public)!;
        PublishAhead(20, new Dictionary<string, string> { ["index.html"] = "2", ["a"] = "a", ["d/e.html"] = "e" });
        Assert.Equal(["a", "d/e.html", "index.html"], night.Served().Keys.Order());
        Assert.Equal(files, night.Served($"releases/{first.Id}"));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            File.GetUnixFileMode(Served($"../releases/{first.Id}/d")));
    }

    [Fact]
    public void AFileThatComesTwiceAndOneThatTheSenderTakesBackLeaveWhatIsServedAlone()
    {
        Prepared(StoreNight.Site(3));
        var served = night.Served();
        var tree = night.Stage(StoreNight.Site(3), ahead: true);
        Place(tree, "seccion/001.html", "otro");
        Place(tree, "seccion/001.html", "sección 1");
        tree.Remove(RelativePath.Own("seccion/002.html"));
        Assert.Equal(served, night.Served());
        night.Store.Publish(night.Seal(tree, 20), Root.Public, night.Now);
        Assert.Equal(["index.html", "seccion/000.html", "seccion/001.html"], night.Served().Keys.Order());
        Assert.Equal(4, night.VaultFiles.Length);
    }

    [Fact]
    public void AFileWrittenToInWhatIsServedIsNotSharedThoughItsLinkWasMadeBefore()
    {
        Prepared(StoreNight.Site(3));
        File.WriteAllText(Served("seccion/001.html"), "resultado falso");
        PublishAhead(20, StoreNight.Site(3, " 2"));
        Assert.Equal("sección 1", night.Served()["seccion/001.html"]);
    }

    [Fact]
    public void AfterAHealingNothingComesFromTheAlteredInodes()
    {
        var links = Prepared(StoreNight.Site(3));
        var altered = Served("seccion/001.html");
        var time = File.GetLastWriteTimeUtc(altered);
        File.WriteAllText(altered, "sección 9");
        File.SetLastWriteTimeUtc(altered, time);
        night.Store.Healer.Heal(night.Store.Live(Root.Public)!, Root.Public, night.Now);
        PublishAhead(20, StoreNight.Site(3, " 2"));
        Assert.Equal("sección 1", night.Served()["seccion/001.html"]);
        Assert.DoesNotContain(
            Path.GetFileName(links), Path.GetFileName(night.Store.PathOf(night.Store.Live(Root.Public)!))!,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ARejectedPackageIsKeptWithItsOwnFilesOnly()
    {
        Prepared(StoreNight.Site(20));
        var rejected = night.Stage(StoreNight.Site(2), ahead: true);
        var path = night.Store.Quarantine.Keep(rejected, into => into.Write("{}"u8), night.Now)!;
        Assert.Equal(3, Directory.GetFiles(Path.Combine(path, "package"), "*", SearchOption.AllDirectories).Length);
        Assert.Equal(StoreNight.Site(20), night.Served());
    }

    [Fact]
    public void ItIsNotUsedForAnotherReleaseThanItsOwn()
    {
        Prepared(StoreNight.Site(5));
        night.Publish(20, StoreNight.Site(5, " 2", changedPages: 5));
        PublishAhead(40, StoreNight.Site(5, " 3", changedPages: 2));
        Assert.Equal(StoreNight.Site(5, " 3", changedPages: 2), night.Served());
    }

    [Fact]
    public void AStartRemovesIt()
    {
        var links = Prepared(StoreNight.Site(5));
        night.Reopen();
        Assert.Contains(Path.GetFileName(links), night.Recovery.Removed);
    }

    [Fact]
    public void WhereWhatIsLiveCannotBeReachedThereIsNoneAndADeliveryIsStagedAllTheSame()
    {
        night.Publish(0, StoreNight.Site(5));
        Directory.Move(night.Folders.Public, night.Folders.Public + ".apartado");
        night.Store.PrepareNext();
        Assert.Empty(Directory.GetDirectories(night.Folders.Staging));
        var tree = night.Stage(StoreNight.Site(5, " 2"), ahead: true);
        Directory.Move(night.Folders.Public + ".apartado", night.Folders.Public);
        night.Store.Publish(night.Seal(tree, 20), Root.Public, night.Now);
        Assert.Equal(StoreNight.Site(5, " 2"), night.Served());
    }

    /// <returns>Where the prepared tree lies.</returns>
    string Prepared(Dictionary<string, string> files)
    {
        night.Publish(0, files);
        night.Store.PrepareNext();
        night.Store.PrepareNext();
        return Assert.Single(Directory.GetDirectories(night.Folders.Staging));
    }

    void PublishAhead(int minute, Dictionary<string, string> files)
    {
        night.Now += TimeSpan.FromMinutes(1);
        night.Store.Publish(night.Seal(night.Stage(files, ahead: true), minute), Root.Public, night.Now);
    }

    static void Place(StagingTree tree, string path, string text)
    {
        using var source = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        tree.Place(RelativePath.Own(path), source);
    }

    string Served(string path) => Path.Combine(night.Folders.Public, "current", path);

    Dictionary<string, ulong> Inodes()
    {
        using var folder = SafeFolder.Open(night.Store.PathOf(night.Store.Live(Root.Public)!)!);
        return night.Served()
            .Keys.ToDictionary(path => path, path => folder.Identify(RelativePath.Own(path))!.Value.Inode);
    }
}
