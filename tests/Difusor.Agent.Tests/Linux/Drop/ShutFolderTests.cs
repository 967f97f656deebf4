using System.Runtime.InteropServices;
using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

/// <summary>Folders that an account may not open, in the eyes of another account than root.</summary>
public sealed partial class ShutFolderTests : IDisposable
{
    const uint Nobody = 65534;

    readonly TemporaryFolder folder = new();

    public ShutFolderTests() => Assert.SkipUnless(Syscall.geteuid() == 0, "only root looks with another's eyes");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0b111_000_000), InlineData(0b111_000_100), InlineData(0b111_000_001)]
    public void AFolderInADeliveryThatMayNotBeOpenedOrEnteredIsTold(int mode)
    {
        folder.Write("P/a.html", "a");
        folder.Write("P/bd/b.html", "b");
        File.SetUnixFileMode(folder["P/bd"], (UnixFileMode)mode);
        Assert.Equal("P/a.html - P/bd", Look("P"));
        File.SetUnixFileMode(folder["P/bd"], (UnixFileMode)0b111_101_101);
        Assert.Equal("P/a.html P/bd/b.html - ", Look("P"));
    }

    [Fact]
    public void SoIsOneInATree()
    {
        folder.Write("bd/b.html", "b");
        folder.Write(".preparing/c.html", "c");
        File.SetUnixFileMode(folder["bd"], (UnixFileMode)0b111_000_000);
        File.SetUnixFileMode(folder[".preparing"], (UnixFileMode)0b111_000_000);
        Assert.Equal(" - bd", Look(""));
    }

    [Fact]
    public void AFolderWhoseNamesCanOnlyBeListedIsShut()
    {
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_000_100);
        Assert.True(AsNobody(() => SafeFolder.Open(folder.Path).IsShut));
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_000_101);
        Assert.False(AsNobody(() => SafeFolder.Open(folder.Path).IsShut));
    }

    [Fact]
    public void ADropOfRootsIsClosedToAllAndOneOfAnotherAccountIsNot()
    {
        Directory.CreateDirectory(folder["entrega"]);
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(folder["entrega"], (UnixFileMode)0b111_101_101);
        DropClosedIs("0755");
        Assert.Equal(0, Syscall.chown(folder["entrega"], 1, 1));
        DropClosedIs(null);
        Assert.Null(DoorReading.OfHost.Read(folder["none"], Nobody, null));
    }

    void DropClosedIs(string? mode) =>
        Assert.Equal(mode, DoorReading.OfHost.Read(folder["entrega"], Nobody, null)!.Closed()?.Mode);

    string Look(string root)
    {
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        var settings = new Settings { Election = "test" };
        if (root.Length == 0) settings = settings with { Drop = new DropSettings { Layout = DropLayout.Tree } };
        return AsNobody(() =>
        {
            using var drop = SafeFolder.Open(folder.Path);
            var delivery = new Delivery(
                new RawPath(root), isArchive: false, settings.Drop, settings.Limits, default(ClockReading));
            List<string> shut = [];
            DropLook.Into(delivery, drop, settings, 1, default, path => shut.Add(path.Bytes));
            var files = delivery.Files.Select(file => file.Path.Bytes).Order(StringComparer.Ordinal);
            return $"{string.Join(' ', files)} - {string.Join(' ', shut)}";
        });
    }

    /// <summary>Runs something with the rights of nobody, on a thread of its own.</summary>
    static T AsNobody<T>(Func<T> look)
    {
        var (result, fault) = (default(T), default(Exception));
        var thread = new Thread(() =>
        {
            // For file access only, and for this thread only; root's capabilities over files go with it.
            _ = setfsuid(Nobody);
            _ = setfsgid(Nobody);
            try { result = look(); }
            catch (Exception met) { fault = met; }
        });
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(60)));
        Assert.Null(fault);
        return result!;
    }

    [LibraryImport("libc")]
    private static partial int setfsuid(uint id);

    [LibraryImport("libc")]
    private static partial int setfsgid(uint id);
}
