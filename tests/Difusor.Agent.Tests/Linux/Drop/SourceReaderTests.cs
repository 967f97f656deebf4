using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Store;

namespace Difusor.Agent.Tests.Linux;

/// <summary>Sources that are too long, or longer than they say, or written to while they are read.</summary>
public sealed class SourceReaderTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly ReleaseStore store;

    public SourceReaderTests()
    {
        store = ReleaseStore.Open(new StoreFolders(folder["state"]), out _)!;
        store.Recover("<p>nada aún</p>\n");
    }

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    Reading Read(string drop, string name, LimitSettings limits)
    {
        using var source = SafeFolder.Open(drop);
        var delivery = new Delivery(
            RawPath.Root, isArchive: false, new DropSettings { Layout = DropLayout.Tree }, limits, HostClock.Read());
        delivery.Hint(HintKind.Settled, new RawPath(name), HostClock.Read());
        using var tree = store.Stage("P", DateTimeOffset.UtcNow);
        return new SourceReader(source, limits).Read(delivery.TakeWork()!, tree);
    }

    [Fact]
    public void AFileThatIsTooLongIsNotCopiedAtAll()
    {
        using (var file = File.Create(folder["long.html"])) file.SetLength(1L << 40);
        var reading = Read(folder.Path, "long.html", new LimitSettings { MinFree = 0, FileSize = 1 << 20 });
        Assert.Equal("file-too-large", reading.Finding?.Code);
        Assert.Null(reading.Entry);
    }

    /// <summary>/proc says that its files are empty; this one has some megabytes.</summary>
    [Fact]
    public void AFileThatIsLongerThanItSaysIsNotReadToItsEnd()
    {
        Assert.SkipUnless(File.Exists("/proc/kallsyms"), "no /proc/kallsyms");
        var reading = Read("/proc", "kallsyms", new LimitSettings { MinFree = 0 });
        Assert.InRange(reading.Entry!.Size, 0, StagingTree.OneShot);
    }

    [Fact]
    public void AHashFileOfSeveralMegabytesStatesEachLineOnce()
    {
        var text = string.Concat(
            Enumerable.Range(0, 40_000).Select(number => $"{DropNight.Hex("x")}  páginas/{number}.html\r\n"));
        File.WriteAllText(folder["SHA256SUMS"], text);
        var reading = Read(folder.Path, "SHA256SUMS", new LimitSettings { MinFree = 0 });
        Assert.InRange(reading.Entry!.Size, 3 << 20, 5 << 20);
        Assert.Equal(
            (40_000, 40_000, 40_000),
            (reading.Manifest!.Listed, reading.Manifest.PlainListed, reading.Manifest.Stated.Count));
    }

    [Fact]
    public void AHashFileThatTheOthersLeaveNoRoomForIsNotCopied()
    {
        File.WriteAllText(folder["SHA256SUMS"], $"{DropNight.Hex("x")}  a.html\n");
        var total = new Budget(100);
        Assert.Equal(Taking.Taken, new Share(100, total).Take(80));
        using var source = SafeFolder.Open(folder.Path);
        var limits = new LimitSettings { MinFree = 0 };
        var shares = new Shares(new Share(1000), new Share(1000, total));
        var delivery = new Delivery(
            RawPath.Root, isArchive: false, new DropSettings { Layout = DropLayout.Tree }, limits, HostClock.Read(),
            shares);
        delivery.Hint(HintKind.Settled, new RawPath("SHA256SUMS"), HostClock.Read());
        using var tree = store.Stage("P", DateTimeOffset.UtcNow);
        var reading = new SourceReader(source, limits, shares).Read(delivery.TakeWork()!, tree);
        Assert.Equal((true, true), (reading.NoRoom, reading.Retry));
        Assert.Empty(tree.Entries);
    }

    [Fact]
    public void AFileThatIsWrittenToWhileItIsReadIsReadAgain()
    {
        using var file = File.Create(folder["page.html"]);
        file.SetLength(64 << 20);
        using var stop = new CancellationTokenSource();
        using var begun = new ManualResetEvent(initialState: false);
        var writing = new Thread(() =>
        {
            for (var position = file.Length; !stop.IsCancellationRequested; position++)
            {
                RandomAccess.Write(file.SafeFileHandle, "x"u8, position);
                begun.Set();
            }
        }) { Name = "writing" };
        writing.Start();
        Bounded.Set(begun, "a first write");
        try { Assert.True(Read(folder.Path, "page.html", new LimitSettings { MinFree = 0 }).Retry); }
        finally
        {
            stop.Cancel();
            Bounded.Ended(writing);
        }
    }
}
