using Difusor.Agent.Configuration;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Host;

/// <summary>
/// Looks at what is free on the file systems of the state, the drop, the acuses and the status, for the running agent
/// and for <c>check</c>.
/// </summary>
static class DiskLook
{
    const ulong ReadOnly = 1; // ST_RDONLY of statvfs(3)

    /// <summary>Returns what each has left, the state's first. What cannot be asked is left out.</summary>
    /// <param name="root">Where the host's files are, without a slash at the end: empty, or a prepared tree.</param>
    public static IReadOnlyList<DiskRoom> At(Settings settings, string root = "")
    {
        var paths = settings.Paths;
        var found = new List<DiskRoom>();
        var seen = new HashSet<ulong>();
        foreach (var path in new[] { paths.State, paths.Drop, paths.Receipts, paths.Run }.OfType<string>())
        {
            if (Syscall.stat(root + path, out var entry) != 0 || Syscall.statvfs(root + path, out var disk) != 0
                || !seen.Add(entry.st_dev)) continue;
            var least = path == paths.State
                ? settings.Limits.StagingFloor : DiskRoom.LeastElsewhere(Bytes(disk.f_blocks, disk.f_frsize));
            found.Add(new DiskRoom(
                path, Bytes(disk.f_bavail, disk.f_frsize), least,
                // A file system without a limit of files says that it has none.
                disk.f_files == 0 ? null : (long)Math.Min(disk.f_favail, long.MaxValue),
                ((ulong)disk.f_flag & ReadOnly) != 0 && (path != paths.Drop || IsReadOnly(root, path))));
        }
        return found;
    }

    /// <summary>
    /// Returns whether a file system is read-only for everybody. The agent does not write to the drop, and systemd may
    /// have made it read-only for the agent alone.
    /// </summary>
    static bool IsReadOnly(string root, string path)
    {
        try
        {
            var mounts = File.ReadLines(root + "/proc/self/mountinfo").Select(Mount.Read).OfType<Mount>().ToList();
            return Mount.Of(mounts, path)?.IsReadOnly == true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { return false; }
    }

    static long Bytes(ulong blocks, ulong size) => (long)UInt128.Min((UInt128)blocks * size, (UInt128)long.MaxValue);
}
