using Mono.Unix.Native;

namespace Difusor.Agent.SystemTests.Harness;

/// <summary>A file system of its own of a given size (a tmpfs; root only), to be filled and emptied.</summary>
sealed class SmallDisk : IDisposable
{
    /// <param name="folder">Where it is mounted; null: a folder of its own.</param>
    public SmallDisk(string size, string? folder = null)
    {
        isOwn = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("difusor-disk-").FullName;
        Assert.SkipUnless(Environment.UserName == "root", "mounting needs root");
        var mounted = Bounded.Run("mount", "-t", "tmpfs", "-o", $"size={size},mode=755", "difusor-test", Folder)
            .ExitCode;
        Assert.SkipUnless(mounted == 0, "this machine lets nobody mount");
    }

    readonly bool isOwn;

    public string Folder { get; }
    string Ballast => Path.Combine(Folder, "ballast");

    /// <summary>Takes every byte that is left.</summary>
    public void Fill()
    {
        var file = Syscall.open(
            Ballast, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_CLOEXEC, FilePermissions.S_IRUSR);
        foreach (var size in new[] { 64 << 10, 4096, 1 })
            while (Write(file, size)) { }
        _ = Syscall.close(file);
    }

    public void Empty() => File.Delete(Ballast);

    public void Dispose()
    {
        // Lazily: a child that another test is just starting may hold one of its files until it has called exec.
        Bounded.Run("umount", "--lazy", Folder);
        // A folder that was given belongs to an agent's, which may still be running in it, and goes with that.
        if (isOwn) Directory.Delete(Folder, recursive: true);
    }

    static unsafe bool Write(int file, int size)
    {
        fixed (byte* bytes = new byte[size]) return Syscall.write(file, bytes, (ulong)size) > 0;
    }
}
