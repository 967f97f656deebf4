using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Texts;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

public sealed class ReleaseStoreTests : IDisposable
{
    readonly StoreNight night = new();

    public void Dispose() => night.Dispose();

    [Fact]
    public void ThreadsThatPlaceTheFirstFilesOfAFolderDoNotTakeItFromEachOther()
    {
        const int Threads = 4, Rounds = 600;
        var longest = TimeSpan.FromMinutes(1);
        StagingTree[] trees = [.. Enumerable.Range(0, Rounds).Select(_ => night.Store.Stage("PREP", night.Now))];
        using var together = new Barrier(Threads);
        var threads = Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            foreach (var tree in trees)
            {
                if (!together.SignalAndWait(longest)) return;
                using var source = new MemoryStream(Encoding.UTF8.GetBytes($"{number}"));
                try { tree.Place(RelativePath.Own($"a/b/{number}.html"), source); }
                catch (SystemFault) { }
            }
        })).ToList();
        foreach (var thread in threads) thread.Start();
        Assert.All(threads, thread => Assert.True(thread.Join(longest), "a thread has not ended"));
        Assert.Equal(0, trees.Count(tree => tree.Entries.Count < Threads || tree.RemoveWhatNobodyBrought() < Threads));
    }

    [Fact]
    public void BeforeTheFirstPublicationReadersSeeTheNotice()
    {
        Assert.Equal(new() { ["index.html"] = StoreNight.Notice }, night.Served());
        Assert.Equal("", night.MapText);
        Assert.Null(night.Store.Live(Root.Public));
    }

    [Fact]
    public void APublishedReleaseIsServedByteForByte()
    {
        var files = StoreNight.Site(20);
        var release = night.Publish(0, files);
        Assert.Equal(files, night.Served());
        Assert.Equal($"release {release.Id}\n", night.MapText);
        Assert.Equal(
            $"releases/{release.Id}", new DirectoryInfo(Path.Combine(night.Folders.Public, "current")).LinkTarget);
        Assert.Equal(release, night.Store.Live(Root.Public));
    }

    [Fact]
    public void HeldResultsAreNotBelowThePublicFolder()
    {
        var release = night.Seal(0, StoreNight.Site(3));
        Assert.Equal(Path.Combine(night.Folders.Held, release.Id.Value), night.Store.PathOf(release));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(night.Folders.Public, "releases")));
        foreach (var folder in new[] { night.Folders.Held, night.Folders.Vault, night.Folders.Staging,
            night.Folders.Sealed, night.Folders.Quarantine })
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(folder));
    }

    [Fact]
    public void UnchangedFilesShareAnInodeWithTheReleaseBeforeAndNeverWithTheVault()
    {
        night.Publish(0, StoreNight.Site(20));
        var before = Inodes("current");
        night.Publish(20, StoreNight.Site(20, " 2", changedPages: 5));
        var after = Inodes("current");
        Assert.Equal(6, after.Count(file => before[file.Key] != file.Value));
        var vault = night.VaultFiles.Select(Inode).ToHashSet();
        Assert.Equal(21 + 6, vault.Count);
        Assert.Empty(vault.Intersect(before.Values.Concat(after.Values)));
    }

    [Fact]
    public void AFileIsServedAs0644WhateverTheUmask()
    {
        night.Publish(0, StoreNight.Site(2));
        var top = Path.Combine(night.Folders.Public, "current");
        Assert.Equal("644", Octal(Path.Combine(top, "seccion/000.html")));
        Assert.Equal("755", Octal(Path.Combine(top, "seccion")));
        Assert.Equal("755", Octal(top + "/"));
    }

    [Fact]
    public void AWriteIntoAReleaseReachesNeitherVaultNorTheNextRelease()
    {
        night.Publish(0, StoreNight.Site(3));
        File.WriteAllText(Path.Combine(night.Folders.Public, "current/seccion/001.html"), "resultado falso");
        night.Publish(20, StoreNight.Site(3, " 2"));
        Assert.Equal("sección 1", night.Served()["seccion/001.html"]);
    }

    [Fact]
    public void ALongFileIsStagedVaultedAndSharedLikeAShortOne()
    {
        var text = new string('7', 5 << 20);
        night.Publish(0, new Dictionary<string, string> { ["index.html"] = "1", ["MEX.txt"] = text });
        var before = Inodes("current");
        night.Publish(20, new Dictionary<string, string> { ["index.html"] = "2", ["MEX.txt"] = text });
        Assert.Equal(before["MEX.txt"], Inodes("current")["MEX.txt"]);
        var digest = Digest.Sha256(System.Text.Encoding.UTF8.GetBytes(text)).Hex;
        Assert.Equal(text, File.ReadAllText(Path.Combine(night.Folders.Vault, digest[..2], digest)));
    }

    [Fact]
    public void AFileThatTheSenderReplacesOrRemovesWhileItArrivesIsNotInTheRelease()
    {
        using var first = new MemoryStream("uno"u8.ToArray());
        using var second = new MemoryStream("dos"u8.ToArray());
        var tree = night.Stage(StoreNight.Site(3));
        tree.Place(RelativePath.Own("seccion/001.html"), first);
        tree.Place(RelativePath.Own("seccion/001.html"), second);
        tree.Remove(RelativePath.Own("seccion/002.html"));
        night.Store.Publish(night.Seal(tree, 0), Root.Public, night.Now);
        Assert.Equal(["index.html", "seccion/000.html", "seccion/001.html"], night.Served().Keys.Order());
        Assert.Equal("dos", night.Served()["seccion/001.html"]);
        Assert.Equal(3, night.VaultFiles.Length);
    }

    [Fact]
    public void AnArchiveWhoseEntriesLieUnderOneFolderIsTakenAsThatFolder()
    {
        night.Publish(0, StoreNight.Site(5));
        var before = Inodes("current");
        var files = StoreNight.Site(5, " 2", changedPages: 1);
        var tree = night.Stage(files.ToDictionary(file => "PREP_20210606_2020/" + file.Key, file => file.Value));
        tree.Unwrap("PREP_20210606_2020");
        night.Store.Publish(night.Seal(tree, 20), Root.Public, night.Now);
        Assert.Equal(files, night.Served());
        Assert.Equal(2, Inodes("current").Count(file => before[file.Key] != file.Value));
    }

    [Fact]
    public void ASecondInstanceOnTheSameStateFolderIsRefusedWithASentence()
    {
        Assert.Null(ReleaseStore.Open(night.Folders, out var problem));
        Assert.Equal("store.in-use", problem?.Key);
        Assert.Contains(night.Folders.State, problem!.In(Language.Es), StringComparison.Ordinal);
    }

    [Fact]
    public void AChildThatIsJustBeingStartedDoesNotKeepTheNextInstanceOut()
    {
        // Between fork and exec a child has each descriptor of its parent.
        var lockFile = Path.Combine(night.Folders.State, "lock");
        var held = Directory.GetFileSystemEntries("/proc/self/fd")
            .First(link => new FileInfo(link).LinkTarget == lockFile);
        var inherited = Syscall.dup(int.Parse(Path.GetFileName(held), CultureInfo.InvariantCulture));
        night.Reopen();
        Assert.Equal(0, Syscall.close(inherited));
    }

    [Fact]
    public void ARejectedPackageIsKeptWithItsVerdictAndLeavesNothingInTheVault()
    {
        var path = night.Store.Quarantine.Keep(night.Stage(StoreNight.Site(4)), into => into.Write("{}"u8), night.Now)!;
        Assert.True(File.Exists(Path.Combine(path, "verdict.json")));
        Assert.Equal("inicio", File.ReadAllText(Path.Combine(path, "package/index.html")));
        Assert.Empty(night.VaultFiles);
        Assert.Empty(Directory.GetFileSystemEntries(night.Folders.Staging));
        Assert.Single(night.Store.Quarantine.Prune(0, long.MaxValue));
    }

    [Fact]
    public void WhatAnAttackerLinkedIntoAnAlteredTreeIsNeitherMeasuredNorRemoved()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(night.Folders.State, "elsewhere")).FullName;
        File.WriteAllText(Path.Combine(elsewhere, "large"), new string('x', 200_000));
        var altered = Directory.CreateDirectory(
            Path.Combine(night.Folders.Quarantine, "20210607T010000-altered-R-1/deep")).FullName;
        File.WriteAllText(Path.Combine(altered, "small"), "x");
        Directory.CreateSymbolicLink(Path.Combine(altered, "link"), elsewhere);
        Directory.CreateSymbolicLink(Path.Combine(altered, "round"), altered);
        File.WriteAllText(
            Path.Combine(night.Folders.Quarantine, "20210607T010001-altered-releases-2"),
            "a file in place of a folder");
        Assert.Empty(night.Store.Quarantine.Prune(20, 100_000));
        Assert.Equal(2, night.Store.Quarantine.Prune(0, 100_000).Count);
        night.Store.Dispose();
        night.Reopen();
        Assert.True(File.Exists(Path.Combine(elsewhere, "large")));
        Assert.False(Directory.Exists(Path.GetDirectoryName(altered)));
    }

    [Fact]
    public void AVaultThatIsLostHoldsUpNoLaterCorte()
    {
        night.Publish(0, StoreNight.Site(3));
        var late = night.Seal(20, StoreNight.Site(3, " 1", changedPages: 1));
        night.Publish(40, StoreNight.Site(3, " 2", changedPages: 2));
        foreach (var file in night.VaultFiles) File.Delete(file);
        night.Store.Publish(late, Root.Public, night.Now); // its times must move, and its files are made anew
        Assert.Equal("inicio 1", night.Served()["index.html"]);
        night.Publish(60, StoreNight.Site(3, " 3", changedPages: 3));
        Assert.Equal("inicio 3", night.Served()["index.html"]);
        Assert.All(
            night.Store.LiveRecord(Root.Public)!.Files, file =>
            Assert.True(night.Store.Proves(file.Sha256), file.Path.Value));
    }

    [Theory, InlineData("staging"), InlineData("vault"), InlineData("held"), InlineData("sealed")]
    public void AFolderOfItsOwnThatIsTakenAwayIsMadeAgainAndTold(string name)
    {
        night.Publish(0, StoreNight.Site(3));
        Directory.Delete(Path.Combine(night.Folders.State, name), recursive: true);
        night.Publish(20, StoreNight.Site(3, " 1", changedPages: 1));
        Assert.EndsWith($"/{name}", night.Store.Healer.MendFolders()!.Subject, StringComparison.Ordinal);
        Assert.Null(night.Store.Healer.MendFolders());
        Assert.Equal("inicio 1", night.Served()["index.html"]);
        Assert.All(
            night.Store.LiveRecord(Root.Public)!.Files, file =>
            Assert.True(night.Store.Proves(file.Sha256), file.Path.Value));
    }

    [Fact]
    public void ASparseFileOfATerabyteWashesNoEvidenceAway()
    {
        foreach (var name in new[] { "20210607T010000-0-1", "20210607T010001-altered-R-2" })
            File.WriteAllText(
                Path.Combine(
                Directory.CreateDirectory(Path.Combine(night.Folders.Quarantine, name)).FullName, "index.html"),
                "evil");
        using (var hole =
            File.Create(
            Path.Combine(
            Directory.CreateDirectory(Path.Combine(night.Folders.Quarantine, "20210607T010002-altered-R-3"))
            .FullName, "index.html")))
            hole.SetLength(1L << 40);
        for (var again = 4; again < 23; again++)
            Directory.CreateDirectory(
                Path.Combine(night.Folders.Quarantine, $"20210607T0100{again:00}-altered-R-{again}"));
        Assert.Equal(["20210607T010001-altered-R-2"], night.Store.Quarantine.Prune(20, 2L << 30));
    }

    [Fact]
    public void RetentionRemovesOldReleasesAndWhatOnlyTheyHadInTheVault()
    {
        for (var corte = 0; corte < 6; corte++)
            night.Publish(corte * 20, StoreNight.Site(3, $" {corte}", changedPages: 1));
        var pruned = night.Store.Prune(2, new HashSet<ReleaseId>());
        Assert.Equal(4, pruned.Count);
        Assert.Equal(2, night.Store.Sealed.Count);
        Assert.Equal(2 + 2 + 2, night.VaultFiles.Length);
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(night.Folders.Public, "releases")).Length);
    }

    [Fact]
    public void WithdrawingShowsTheNoticeAndEmptiesTheMap()
    {
        night.Publish(0, StoreNight.Site(3));
        night.Store.Withdraw(Root.Public);
        Assert.Equal(StoreNight.Notice, night.Served()["index.html"]);
        Assert.Equal("", night.MapText);
        night.Reopen();
        Assert.Null(night.Store.Live(Root.Public));
    }

    Dictionary<string, ulong> Inodes(string link) =>
        night.Served(link)
        .Keys.ToDictionary(path => path, path => Inode(Path.Combine(night.Folders.Public, link, path)));

    static ulong Inode(string path)
    {
        using var folder = SafeFolder.Open(Path.GetDirectoryName(path)! + "/.");
        return folder.Identify(RelativePath.Own(Path.GetFileName(path)))!.Value.Inode;
    }

    static string Octal(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
