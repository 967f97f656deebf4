using Difusor.Agent.Linux.Files;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Says whether a staged file may still be written. All threads that stage share one: each claims the bytes before it
/// writes them. Free space is read once in 8 MiB, so it falls below the floor by a few megabytes at most.
/// </summary>
/// <param name="free">Returns the free bytes of the state's file system.</param>
/// <param name="floor">Returns the bytes that stay free: <see cref="Packages.LimitSettings.StagingFloor"/>.</param>
public sealed class SpareRoom(Func<long> free, Func<long> floor)
{
    internal const long LookEvery = 8 << 20;

    /// <summary>Even an empty file takes a block or an inode.</summary>
    const long EachFile = 4096;

    readonly Lock looking = new();
    long left;

    /// <summary>Claims room for a new file of <paramref name="bytes"/> and for its copy in the vault.</summary>
    /// <exception cref="NoSpareRoom">Less would stay free than the floor.</exception>
    internal void ClaimFile(long bytes, string path) => Claim(2 * (EachFile + bytes), path);

    /// <summary>Claims room for <paramref name="bytes"/> that are written next.</summary>
    /// <exception cref="NoSpareRoom">Less would stay free than the floor.</exception>
    internal void Claim(long bytes, string path)
    {
        if (Interlocked.Add(ref left, -bytes) >= 0) return;
        lock (looking)
        {
            var spare = free() - floor();
            Interlocked.Exchange(ref left, Math.Clamp(spare - bytes, 0, LookEvery));
            if (spare < bytes) throw new NoSpareRoom(path, spare);
        }
    }

    /// <summary>Refuses a long file that cannot fit, before any of it is written. Nothing is claimed.</summary>
    /// <exception cref="NoSpareRoom">Less would stay free than the floor.</exception>
    internal void Foresee(long bytes, string path)
    {
        var spare = free() - floor();
        if (bytes > spare) throw new NoSpareRoom(path, spare);
    }
}

/// <summary>
/// What is to be written would take from the space that stays free; the disk itself has refused nothing.
/// </summary>
/// <param name="spare">Bytes that were free above the floor; less than none where others have taken more.</param>
public sealed class NoSpareRoom(string path, long spare) : SystemFault("write", path, Errno.ENOSPC)
{
    public long Spare { get; } = spare;
}
