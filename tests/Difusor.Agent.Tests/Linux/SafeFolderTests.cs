using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Files;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

public sealed class SafeFolderTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<bool> Both => [false, true];

    [Theory, MemberData(nameof(Both))]
    public void ASymlinkOnAnyComponentIsNotFollowed(bool componentwise)
    {
        folder.Write("outside/secret.txt", "secret");
        folder.Write("drop/a/b/file.txt", "x");
        File.CreateSymbolicLink(folder["drop/a/link.txt"], folder["outside/secret.txt"]);
        Directory.CreateSymbolicLink(folder["drop/a/c"], folder["outside"]);
        using var drop = SafeFolder.Open(folder["drop"], componentwise);
        using var file = drop.TryOpenFile(RelativePath.Own("a/b/file.txt"), out _);
        Assert.NotNull(file);
        Assert.Null(drop.TryOpenFile(RelativePath.Own("a/link.txt"), out var last));
        Assert.Equal(Errno.ELOOP, last);
        Assert.Null(drop.TryOpenFile(RelativePath.Own("a/c/secret.txt"), out var middle));
        Assert.True(middle is Errno.ELOOP or Errno.ENOTDIR);
        Assert.Null(drop.TryOpenFolder("a/c"u8, out _));
        Assert.Null(drop.Identify(RelativePath.Own("a/c/secret.txt")));
        Assert.Equal(FileKind.Symlink, drop.Identify(RelativePath.Own("a/link.txt"))?.Kind);
    }

    [Theory, MemberData(nameof(Both))]
    public void APathThatLeavesTheFolderIsRefused(bool componentwise)
    {
        folder.Write("secret.txt", "secret");
        folder.Write("drop/a/file.txt", "x");
        using var drop = SafeFolder.Open(folder["drop"], componentwise);
        Assert.Null(drop.TryOpenFile("../secret.txt"u8, out _));
        Assert.Null(drop.TryOpenFile(Encoding.UTF8.GetBytes(folder["secret.txt"]), out _));
        Assert.Null(drop.TryOpenFile("a/../../secret.txt"u8, out _));
        Assert.Null(drop.TryOpenFile("a\0b"u8, out _));
    }

    [Fact]
    public void EveryKindAndNamesThatAreNoTextAreSeen()
    {
        folder.Write("a.txt", "abc");
        Directory.CreateDirectory(folder["sub"]);
        File.CreateSymbolicLink(folder["link"], "nowhere");
        Assert.Equal(0, Syscall.mkfifo(folder["fifo"], FilePermissions.DEFFILEMODE));
        Run("python3", "-c",
            $"import os,socket; open(os.fsencode('{folder.Path}')+b'/\\xff\\nx','w'); "
            + $"socket.socket(socket.AF_UNIX).bind('{folder.Path}/sock')");
        using var drop = SafeFolder.Open(folder.Path);
        var seen = new SortedDictionary<string, FileKind>(StringComparer.Ordinal);
        Assert.True(drop.List((name, in identity) => seen.TryAdd(Printable.Of(name), identity.Kind)));
        Assert.Equal(
            [("\\xff\\x0ax", FileKind.Regular), ("a.txt", FileKind.Regular), ("fifo", FileKind.Fifo),
                ("link", FileKind.Symlink),
                ("sock", FileKind.Socket), ("sub", FileKind.Folder)],
            seen.Select(x => (x.Key, x.Value)));
    }

    [Fact]
    public void AFifoIsNotWaitedFor()
    {
        Assert.Equal(0, Syscall.mkfifo(folder["fifo"], FilePermissions.DEFFILEMODE));
        using var drop = SafeFolder.Open(folder.Path);
        using var fifo = drop.TryOpenFile("fifo"u8, out _);
        Assert.Equal(FileKind.Fifo, SafeFolder.IdentityOf(fifo!, "fifo").Kind);
    }

    [Fact]
    public void AWalkTellsPathsAndStopsAtItsDepth()
    {
        folder.Write("a/b/c/d.txt", "x");
        folder.Write("e.txt", "x");
        using var drop = SafeFolder.Open(folder.Path);
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        Assert.True(drop.Walk((path, in _) => seen.Add(Encoding.UTF8.GetString(path)), depth: 3));
        Assert.Equal(["a", "a/b", "a/b/c", "e.txt"], seen);
        Assert.False(drop.Walk((_, in _) => false, depth: 3));
    }

    [Fact]
    public void AWriteChangesTheIdentityAndAReplacementToo()
    {
        var path = folder.Write("a.txt", "abc");
        using var drop = SafeFolder.Open(folder.Path);
        var first = drop.Identify("a.txt"u8)!.Value;
        Assert.True(first.SameContents(drop.Identify("a.txt"u8)!.Value));
        File.AppendAllText(path, "d");
        var second = drop.Identify("a.txt"u8)!.Value;
        Assert.False(first.SameContents(second));
        folder.Write("b.txt", "abcd");
        File.Move(folder["b.txt"], path, overwrite: true);
        Assert.False(second.SameContents(drop.Identify("a.txt"u8)!.Value));
    }

    static void Run(string program, params string[] arguments)
    {
        var (code, output, errors) = Bounded.Run(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {code} {output}{errors}");
    }
}
