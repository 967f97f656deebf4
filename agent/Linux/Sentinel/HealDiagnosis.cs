using Difusor.Agent.Linux.Store;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>Finds out why the system refused a heal, from the errno and the folders on the path.</summary>
static unsafe class HealDiagnosis
{
    const ulong Immutable = 0x10, AppendOnly = 0x20;

    /// <summary>The obstacle that a heal met.</summary>
    /// <param name="Path">The path of the obstacle.</param>
    /// <param name="Error">The refusal in words, with the command that would remove the obstacle.</param>
    public sealed record Refusal(HealObstacle Obstacle, string Path, string Error);

    public static Refusal Explain(SystemFault fault, StoreFolders folders, Root root, ReleaseId? release)
    {
        var (obstacle, path) = Find(fault, folders, root, release);
        return new Refusal(obstacle, path, InWords(fault, obstacle, path));
    }

    /// <summary>
    /// Returns whether an obstacle that can be observed is still there. False also if only another attempt would show
    /// it.
    /// </summary>
    public static bool Stands(Refusal refusal)
    {
        switch (refusal.Obstacle)
        {
            case HealObstacle.Mount:
                using (var mounts = new MountTable()) return mounts.Read().Contains(refusal.Path);
            case HealObstacle.ImmutableFlag:
                return IsFrozen(refusal.Path);
            case HealObstacle.ForeignOwner:
                return Syscall.lstat(refusal.Path, out var found) == 0 && found.st_uid != Syscall.geteuid();
            default:
                return false;
        }
    }

    static string InWords(SystemFault fault, HealObstacle obstacle, string path)
    {
        var account = Syscall.getpwuid(Syscall.geteuid())?.pw_name
            ?? Syscall.geteuid().ToString(System.Globalization.CultureInfo.InvariantCulture);
        return HealAdvice.Command(obstacle, path, account) is { } command ? $"{fault.Message}. Run as root: {command}"
            : fault.Message;
    }

    static (HealObstacle, string) Find(SystemFault fault, StoreFolders folders, Root root, ReleaseId? release)
    {
        if (fault.IsNoSpace) return (HealObstacle.NoSpace, folders.State);
        if (fault.Errno == Errno.EROFS) return (HealObstacle.ReadOnly, folders.State);
        string[] onTheWay =
            [folders.State, folders.Of(root), $"{folders.Of(root)}/releases", .. Release(folders, root, release)];
        using (var mounts = new MountTable())
            foreach (var point in mounts.Read()
                .Where(point => point.StartsWith(folders.Of(root), StringComparison.Ordinal)).Reverse())
                return (HealObstacle.Mount, point);
        foreach (var path in onTheWay)
            if (IsFrozen(path)) return (HealObstacle.ImmutableFlag, path);
        foreach (var path in onTheWay)
            if (Syscall.lstat(path, out var found) == 0 && found.st_uid != Syscall.geteuid())
                return (HealObstacle.ForeignOwner, path);
        return (HealObstacle.Other, folders.Of(root));
    }

    static string[] Release(StoreFolders folders, Root root, ReleaseId? release) =>
        release is { } id ? [$"{folders.Of(root)}/releases/{id}"]
            : [$"{folders.Of(root)}/current", $"{folders.Of(root)}/current.map"];

    static bool IsFrozen(string path)
    {
        Native.Statx found;
        fixed (byte* name = System.Text.Encoding.UTF8.GetBytes(path + '\0'))
            return Native.statx(Native.AtCurrentFolder, name, Native.AtSymlinkNoFollow, Native.StatxBasic, &found) == 0
                && (found.Attributes & (Immutable | AppendOnly)) != 0;
    }
}
