using Difusor.Agent.Texts;
using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Store;

/// <summary>Checks that a state folder is on a local file system, and all of it on one.</summary>
static unsafe class StateCheck
{
    /// <summary>
    /// Network file systems, where a rename or a flush does not do what it does on a local disk (statfs(2), magic.h).
    /// </summary>
    static readonly Dictionary<long, string> Remote = new()
    {
        [0x6969] = "NFS", [0xFF534D42] = "CIFS", [0xFE534D42] = "SMB2", [0x517B] = "SMB", [0x65735546] = "FUSE",
        [0x01021997] = "9P",
        [0x00C36400]
        = "Ceph", [0x5346414F] = "AFS", [0x73757245] = "Coda", [0x0BD00BD0] = "Lustre", [0x47504653] = "GPFS",
    };

    internal static Said? FileSystemProblem(string path)
    {
        using var folder = OwnFolder.Open(path);
        Native.StatFs found;
        SystemFault.Check(Native.fstatfs((int)folder.Handle.DangerousGetHandle(), &found), "statfs", path);
        return Remote.TryGetValue(found.Type, out var name)
            ? new Said("store.not-local", ("path", path), ("detail", name)) : null;
    }

    internal static Said? TwoFileSystems(StoreFolders folders)
    {
        var device = DeviceOf(folders.State);
        foreach (var path in folders.Private.Concat(folders.Readable).Append(folders.Public + "/releases")
            .Append(folders.Rehearsal + "/releases"))
            if (DeviceOf(path) != device)
                return new Said("store.two-file-systems", ("path", path), ("detail", folders.State));
        return null;
    }

    static ulong DeviceOf(string path)
    {
        using var folder = OwnFolder.Open(path);
        return SafeFolder.IdentityOf(folder.Handle, path).Device;
    }
}

/// <summary>
/// Allows one instance per state folder: an exclusive flock(2) on <c>state/lock</c>. The kernel releases it however the
/// process ends.
/// </summary>
sealed class StateLock : IDisposable
{
    readonly SafeFileHandle file;

    StateLock(SafeFileHandle file) => this.file = file;

    internal static StateLock? TryTake(string state, out Said? problem)
    {
        var path = Path.Combine(state, "lock");
        using var folder = OwnFolder.Open(state);
        var file = folder.TryOpen("lock") ?? folder.Create("lock", Modes.PrivateFile);
        problem = null;
        if (Native.flock((int)file.DangerousGetHandle(), Native.LockExclusive | Native.LockNonBlocking) == 0)
            return new StateLock(file);
        var errno = SystemFault.LastErrno;
        file.Dispose();
        if (errno != Mono.Unix.Native.Errno.EAGAIN) throw new SystemFault("flock", path, errno);
        problem = new Said("store.in-use", ("path", state));
        return null;
    }

    /// <summary>
    /// Unlocks explicitly, because a child process that is just starting also has the descriptor until its exec.
    /// </summary>
    public void Dispose()
    {
        _ = Native.flock((int)file.DangerousGetHandle(), Native.Unlock);
        file.Dispose();
    }
}
