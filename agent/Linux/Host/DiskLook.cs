using Difusor.Agent.Configuration;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Host;

/// <summary>Looks at what is free on the file systems of the state, the drop and the acuses.</summary>
static class DiskLook
{
    const ulong ReadOnly = 1; // ST_RDONLY of statvfs(3)

    /// <summary>Returns what each has left, the state's first. What cannot be asked is left out.</summary>
    /// <param name="leastFree">How many bytes must be free for the state.</param>
    /// <param name="refused">The folder whose file system is mounted read-only; null: none is.</param>
    public static IReadOnlyList<DiskRoom> At(PathSettings paths, long leastFree, out SystemFault? refused)
    {
        refused = null;
        var found = new List<DiskRoom>();
        var seen = new HashSet<ulong>();
        foreach (var path in new[] { paths.State, paths.Drop, paths.Receipts }.OfType<string>())
        {
            if (Syscall.stat(path, out var entry) != 0 || Syscall.statvfs(path, out var disk) != 0
                || !seen.Add(entry.st_dev)) continue;
            if (((ulong)disk.f_flag & ReadOnly) != 0) refused ??= new SystemFault("write", path, Errno.EROFS);
            found.Add(Room(path, disk, found.Count == 0 ? leastFree : DiskRoom.LeastElsewhere));
        }
        return found;
    }

    /// <summary>Reads an answer of statvfs(3). A file system without a limit of files says that it has none.</summary>
    static DiskRoom Room(string path, Statvfs disk, long least) => new(
        path, (long)Math.Min(disk.f_bavail * disk.f_frsize, long.MaxValue), least,
        disk.f_files == 0 ? null : (long)Math.Min(disk.f_favail, long.MaxValue));
}
