using System.Runtime.InteropServices;
using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux.Files;

/// <summary>
/// Declares the calls that open, list and identify beneath a folder: openat2(2), getdents64(2), statx(2). All names are
/// bytes with a zero at the end.
/// </summary>
static unsafe partial class Native
{
    internal const int OpenReadOnly = 0, OpenNonBlocking = 0x800, OpenNoTerminal = 0x100, OpenCloseOnExec = 0x80000,
    OpenNoAccessTime = 0x40000;
    internal static readonly int OpenFolder = Arm ? 0x4000 : 0x10000, OpenNoFollow = Arm ? 0x8000 : 0x20000;
    internal const int AtCurrentFolder = -100, AtSymlinkNoFollow = 0x100, AtRemoveFolder = 0x200, AtNoAutomount = 0x800,
    AtEmptyPath = 0x1000;
    internal const ulong ResolveNoMagicLinks = 0x02, ResolveNoSymlinks = 0x04, ResolveBeneath = 0x08;
    internal const uint StatxBasic = 0x7ff;

    static bool Arm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>Calls openat2(2), which no C library wraps. Its number is the same on all architectures.</summary>
    internal static int openat2(int folder, byte* path, in OpenHow how)
    {
        fixed (OpenHow* pointer = &how) return (int)syscall(437, folder, (nint)path, (nint)pointer, sizeof(OpenHow));
    }

    /// <summary>Calls getdents64(2), which the C library wraps only since glibc 2.30.</summary>
    internal static int getdents64(int folder, byte* buffer, int length) =>
        (int)syscall(Arm ? 61 : 217, folder, (nint)buffer, length, 0);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int openat(int folder, byte* path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int statx(int folder, byte* path, int flags, uint mask, Statx* result);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unlinkat(int folder, byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int descriptor);

    /// <summary>struct open_how.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenHow
    {
        public ulong Flags, Mode, Resolve;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct StatxTime
    {
        public long Seconds;
        public uint Nanoseconds;
        public int Unused;
        public readonly long Nanos => unchecked(Seconds * 1_000_000_000 + Nanoseconds);
    }

    /// <summary>struct statx: one layout on all architectures, 256 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    internal struct Statx
    {
        public uint Mask, BlockSize;
        public ulong Attributes;
        public uint Links, Uid, Gid;
        public ushort Mode, Unused;
        public ulong Inode, Size, Blocks, AttributesMask;
        public StatxTime Atime, Btime, Ctime, Mtime;
        public uint SpecialMajor, SpecialMinor, DeviceMajor, DeviceMinor;

        public readonly FileIdentity Identity => new(
            ((ulong)DeviceMajor << 32) | DeviceMinor, Inode, Kind, (long)Size, Mtime.Nanos, Ctime.Nanos, Mode & 0xFFFu,
            Uid, Links);

        public readonly FileKind Kind => (Mode & 0xF000) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Folder,
            0xA000 => FileKind.Symlink,
            0x1000 => FileKind.Fifo,
            0xC000 => FileKind.Socket,
            0x2000 => FileKind.CharacterDevice,
            0x6000 => FileKind.BlockDevice,
            _ => FileKind.Other,
        };
    }
}
