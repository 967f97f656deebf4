using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Packages.Archives;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// A disk of 160 MiB, 64 of which are to stay free; what the state's folder takes of it is counted as the kernel counts
/// it.
/// </summary>
public sealed class SpareRoomTests : IDisposable
{
    const long MiB = 1 << 20, Disk = 160 * MiB, Floor = 64 * MiB;

    /// <summary>
    /// What may be on its way at one time: 8 MiB between two looks, and a piece in each of four threads.
    /// </summary>
    const long OnItsWay = (8 + 4 * 8) * MiB;

    readonly StoreNight night = new();
    readonly SpareRoom room;

    public SpareRoomTests() => room = new SpareRoom(() => Disk - Taken(), () => Floor);

    public void Dispose() => night.Dispose();

    [Fact]
    public void FourThreadsWithLongFilesAndTheirVaultCopiesLeaveTheFloorFree()
    {
        var tree = night.Store.Stage("PREP", night.Now, room: room);
        var refused = 0;
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 4 }, number =>
        {
            if (!TryPlace(tree, $"{number}.bin", new Endless(12 * MiB, (byte)number)))
                Interlocked.Increment(ref refused);
        });
        Assert.InRange(Disk - Taken(), Floor - OnItsWay, Disk);
        Assert.InRange(refused, 1, 15);
        // Nothing of what was refused stays, neither in the tree nor in the vault.
        Assert.InRange(Taken(), 0, (16 - refused) * 2 * 12 * MiB + MiB);
    }

    [Fact]
    public void ManySmallFilesLeaveTheFloorFree()
    {
        var tree = night.Store.Stage("PREP", night.Now, room: room);
        var number = 0;
        while (TryPlace(tree, $"{number}.bin", new Endless(MiB / 2, (byte)number, (byte)(number >> 8)))) number++;
        Assert.InRange(Disk - Taken(), Floor - OnItsWay, Floor + OnItsWay);
    }

    [Fact]
    public void AVaultCopyThatFindsNoRoomLeavesNothing()
    {
        var tree =
            night.Store.Stage("PREP", night.Now, room: new SpareRoom(() => Disk - Taken(), () => Disk - 30 * MiB));
        Assert.False(TryPlace(tree, "a.bin", new Endless(20 * MiB, 1)));
        Assert.InRange(Taken(), 0, MiB);
    }

    [Fact]
    public void ALongFileThatCannotFitIsRefusedBeforeItIsWritten()
    {
        var source = Path.Combine(night.Folders.State, "long");
        File.Create(source).Dispose();
        using var opened = File.OpenHandle(source, access: FileAccess.ReadWrite);
        Assert.Equal(0, Syscall.posix_fallocate((int)opened.DangerousGetHandle(), 0, 100 * MiB));
        var tree = night.Store.Stage("PREP", night.Now, room: room);
        Assert.Throws<NoSpareRoom>(() => tree.Place(RelativePath.Own("a.bin"), opened, 100 * MiB));
        Assert.Equal(0, tree.BytesWritten);
    }

    [Fact]
    public void ASparseFileCostsNoMoreHereThanItDidItsSender()
    {
        var source = Path.Combine(night.Folders.State, "sparse");
        var text = "PREP"u8.ToArray();
        using (var file = File.Create(source))
        {
            file.Write(text);
            file.Position = 70 * MiB + 17;
            file.Write(text);
            file.SetLength(200 * MiB);
        }
        using var opened = File.OpenHandle(source);
        var tree = night.Store.Stage("PREP", night.Now, room: room);
        var entry = tree.Place(RelativePath.Own("a.bin"), opened, 200 * MiB);
        Assert.InRange(Taken(), 0, 8 * MiB);
        var copies = Directory.EnumerateFiles(night.Folders.State, "*", SearchOption.AllDirectories)
            .Where(path => new FileInfo(path).Length == 200 * MiB).ToList();
        Assert.Equal(3, copies.Count); // the sender's, the tree's, the vault's
        foreach (var copy in copies)
        {
            using var file = File.OpenHandle(copy);
            Assert.Equal(entry.Sha256, FileBytes.Hash(file, DigestAlgorithm.Sha256, copy).Digest);
        }
    }

    static bool TryPlace(StagingTree tree, string path, Stream source)
    {
        try
        {
            tree.Place(RelativePath.Own(path), source);
            return true;
        }
        catch (NoSpareRoom)
        {
            return false;
        }
    }

    long Taken() => Directory.EnumerateFiles(night.Folders.State, "*", SearchOption.AllDirectories).Sum(path =>
        Syscall.lstat(path, out var found) == 0 ? found.st_blocks * 512 : 0);

    /// <summary>So many bytes that no other file has, so that the vault shares none of them.</summary>
    sealed class Endless(long size, params byte[] fill) : ReadOnlyStream
    {
        long at;

        public override int Read(Span<byte> buffer)
        {
            var length = (int)Math.Min(buffer.Length, size - at);
            for (var index = 0; index < length; index++) buffer[index] = fill[(at + index) % fill.Length];
            at += length;
            return length;
        }
    }
}
