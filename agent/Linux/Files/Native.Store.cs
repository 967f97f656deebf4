using System.Runtime.InteropServices;

namespace Difusor.Agent.Linux.Files;

/// <summary>
/// Declares the calls that the store needs and that Mono.Posix lacks, or does too slowly for 13,000 files. All names
/// are bytes with a zero at the end.
/// </summary>
static unsafe partial class Native
{
    internal const int OpenReadWrite = 2, OpenCreate = 0x40, OpenExclusive = 0x80, LockExclusive = 2,
    LockNonBlocking = 4, Unlock = 8;
    internal const int TimeOmit = 0x3ffffffe;

    /// <summary>The ioctl number that shares all blocks of a file, where the file system can do that.</summary>
    internal const nuint FileClone = 0x40049409;

    /// <summary>
    /// The ioctl numbers for the flags of an inode, as chattr(1) names them; <see cref="TopFolder"/> is its T.
    /// </summary>
    internal const nuint GetFlags = 0x80086601, SetFlags = 0x40086602;
    internal const int TopFolder = 0x20000;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int linkat(int fromFolder, byte* from, int toFolder, byte* to, int flags);

    /// <summary>Exchanges two paths in one step: renameat2(2) with RENAME_EXCHANGE.</summary>
    internal static int Exchange(string one, string other) =>
        renameat2(AtCurrentFolder, one, AtCurrentFolder, other, 2);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mkdirat(int folder, byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pread(int descriptor, byte* buffer, nint length, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(int descriptor, byte* buffer, nint length);

    internal const int SeekSet = 0, SeekCurrent = 1, SeekData = 3, SeekHole = 4;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial long lseek(int descriptor, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ftruncate(int descriptor, long length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchmod(int descriptor, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int futimens(int descriptor, Timespec* accessAndModification);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int flock(int descriptor, int operation);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int descriptor, nuint request, int argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int descriptor, nuint request, int* argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint copy_file_range(
        int from, long* fromOffset, int to, long* toOffset, nint length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fstatfs(int descriptor, StatFs* result);

    [StructLayout(LayoutKind.Sequential)]
    internal struct Timespec
    {
        public long Seconds, Nanoseconds;
    }

    /// <summary>struct statfs of 64-bit Linux: the type first, 120 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 120)]
    internal struct StatFs
    {
        public long Type, BlockSize;
        public ulong Blocks, FreeBlocks, AvailableBlocks, Files, FreeFiles;
    }
}
