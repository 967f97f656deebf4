using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux.Host;

/// <summary>
/// Reads who may deliver into the drop: owners, modes, access lists, flags, the mount and the accounts.
/// </summary>
/// <param name="root">Where the host's files are: empty, or a prepared tree.</param>
sealed unsafe class DoorReading(string root)
{
    const ulong ImmutableFlag = 0x10;
    const string Acl = "system.posix_acl_access";

    public static DoorReading OfHost { get; } = new("");

    /// <param name="agent">The agent's account.</param>
    /// <param name="institute">The name of the account that setup makes for the institute.</param>
    /// <returns>Null where the drop is not there, or cannot be seen.</returns>
    public DropDoor? Read(string drop, uint agent, string? institute)
    {
        var folders = ImmutableArray.CreateBuilder<DoorFolder>();
        for (var path = Path.TrimEndingDirectorySeparator(drop); path is { Length: > 0 };
            path = Path.GetDirectoryName(path))
        {
            // What cannot be seen above it says nothing.
            if (Folder(path) is not { } folder) break;
            folders.Add(folder);
        }
        if (folders.Count == 0) return null;
        var mounts = Lines("/proc/self/mountinfo").Select(Mount.Read).OfType<Mount>().ToList();
        return new DropDoor(
            folders.ToImmutable(), Mount.Of(mounts, drop) is { IsReadOnly: true } mount ? mount.Point : null,
            HostAccounts.Read(Lines("/etc/passwd"), Lines("/etc/group")), agent, institute,
            File.Exists(root + "/etc/difusor-agent/fetch.env"));
    }

    DoorFolder? Folder(string path)
    {
        Native.Statx found;
        fixed (byte* name = Encoding.UTF8.GetBytes(root + path + '\0'))
            if (Native.statx(Native.AtCurrentFolder, name, Native.AtNoAutomount, Native.StatxBasic, &found) != 0)
                return null;
        if (found.Kind != FileKind.Folder) return null;
        return new DoorFolder(
            path, found.Mode & 0xFFFu, found.Uid, found.Gid,
            Syscall.getxattr(root + path, Acl, out var acl) > 0 ? PosixAcl.Read(acl) : [],
            (found.Attributes & ImmutableFlag) != 0);
    }

    /// <summary>Returns the lines of one of the host's own files; none where it cannot be read.</summary>
    string[] Lines(string path)
    {
        try { return File.ReadAllLines(root + path); }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { return []; }
    }
}
