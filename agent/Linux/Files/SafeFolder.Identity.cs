using Difusor.Agent.Drop;
using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Files;

/// <summary>Identifies what is at a path, without opening it.</summary>
public sealed unsafe partial class SafeFolder
{
    /// <summary>
    /// Returns what is at <paramref name="path"/>. A link is returned itself, not its target. Null where nothing lies
    /// there, or where a component on the way is not a folder.
    /// </summary>
    public FileIdentity? Identify(ReadOnlySpan<byte> path)
    {
        var slash = path.LastIndexOf((byte)'/');
        if (slash < 0) return IdentifyHere(path);
        using var folder = TryOpenFolder(path[..slash], out _);
        return folder?.IdentifyHere(path[(slash + 1)..]);
    }

    /// <summary>
    /// Gets whether its names can be listed, but nothing in it can be looked at: the account may read it and not enter
    /// it.
    /// </summary>
    public bool IsShut => IdentifyHere("."u8) is null;

    public FileIdentity? Identify(RelativePath path)
    {
        Span<byte> buffer = stackalloc byte[LongestPath];
        return Identify(Utf8(path, buffer));
    }

    /// <summary>Returns the bytes that an entry takes on disk; 0 where nothing is there.</summary>
    public long AllocatedBytes(ReadOnlySpan<byte> path)
    {
        if (path.LastIndexOf((byte)'/') is var slash and >= 0)
        {
            using var folder = TryOpenFolder(path[..slash], out _);
            return folder?.AllocatedBytes(path[(slash + 1)..]) ?? 0;
        }
        Span<byte> buffer = stackalloc byte[LongestPath];
        Native.Statx found;
        fixed (byte* pointer = Terminated(path, buffer))
            return Native.statx(
                Descriptor(handle), pointer, Native.AtSymlinkNoFollow | Native.AtNoAutomount, Native.StatxBasic,
                &found) == 0 ? (long)found.Blocks * 512 : 0;
    }

    /// <summary>Returns what an open file is now (statx(2) of the descriptor).</summary>
    public static FileIdentity IdentityOf(SafeFileHandle file, string subject)
    {
        Native.Statx found;
        byte empty = 0;
        SystemFault.Check(
            Native.statx(Descriptor(file), &empty, Native.AtEmptyPath, Native.StatxBasic, &found), "statx", subject);
        GC.KeepAlive(file);
        return found.Identity;
    }

    FileIdentity? IdentifyHere(ReadOnlySpan<byte> name)
    {
        if (name.Length >= LongestPath || name.Contains((byte)0)) return null;
        Span<byte> buffer = stackalloc byte[LongestPath];
        fixed (byte* pointer = Terminated(name, buffer)) return StatHere(pointer);
    }

    FileIdentity? StatHere(byte* name)
    {
        Native.Statx found;
        const int flags = Native.AtSymlinkNoFollow | Native.AtNoAutomount;
        if (Native.statx(Descriptor(handle), name, flags, Native.StatxBasic, &found) == 0) return found.Identity;
        return Stdlib.GetLastError() is Errno.ENOENT or Errno.ENOTDIR or Errno.EACCES or Errno.ENAMETOOLONG
            or Errno.ELOOP
            ? null : throw SystemFault.Last("statx", Subject);
    }
}
