namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Decides whether a staged file may still be written. All threads that stage share one instance, and each claims the
/// bytes before it writes them. Free space is read once per 8 MiB, so it falls below the floor by a few megabytes at
/// most.
/// </summary>
/// <param name="free">Returns the free bytes of the state folder's file system.</param>
/// <param name="floor">Returns the bytes that must stay free:
/// <see cref="Packages.LimitSettings.StagingFloor"/>.</param>
public sealed class SpareRoom(Func<long> free, Func<long> floor)
{
    internal const long LookEvery = 8 << 20;

    /// <summary>The bytes counted for each file: even an empty file takes a block or an inode.</summary>
    const long EachFile = 4096;

    /// <summary>
    /// Guards the reading of the free space: one thread reads it for all. <see cref="left"/> is changed by
    /// <see cref="Interlocked"/> only.
    /// </summary>
    readonly Lock looking = new();
    long left;

    /// <summary>Claims space for a new file of <paramref name="bytes"/> and for its copy in the vault.</summary>
    /// <exception cref="NoSpareRoom">The free space would fall below the floor.</exception>
    internal void ClaimFile(long bytes, string path) => Claim(2 * (EachFile + bytes), path);

    /// <summary>Claims space for <paramref name="bytes"/> that are written next.</summary>
    /// <exception cref="NoSpareRoom">The free space would fall below the floor.</exception>
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

    /// <summary>Refuses a long file that cannot fit, before any of it is written. Claims nothing.</summary>
    /// <exception cref="NoSpareRoom">The free space would fall below the floor.</exception>
    internal void Foresee(long bytes, string path)
    {
        var spare = free() - floor();
        if (bytes > spare) throw new NoSpareRoom(path, spare);
    }
}

/// <summary>The next write would use space that must stay free. The disk itself has refused nothing.</summary>
/// <param name="spare">Bytes that were free above the floor; negative if other programs have used more.</param>
public sealed class NoSpareRoom(string path, long spare) : SystemFault("write", path, Errno.ENOSPC)
{
    public long Spare { get; } = spare;
}
