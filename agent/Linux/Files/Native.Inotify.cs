using System.Runtime.InteropServices;

namespace Difusor.Agent.Linux.Files;

/// <summary>Declares inotify(7), eventfd(2) and poll(2).</summary>
static unsafe partial class Native
{
    internal const int InNonBlocking = 0x800, InCloseOnExec = 0x80000;

    internal const uint InModify = 0x2, InAttributes = 0x4, InCloseWrite = 0x8, InMovedFrom = 0x40, InMovedTo = 0x80,
    InCreate = 0x100,
        InDelete = 0x200, InDeleteSelf = 0x400, InMoveSelf = 0x800, InUnmount = 0x2000, InOverflow = 0x4000,
        InIgnored = 0x8000,
        InOnlyFolder = 0x1000000, InExcludeUnlinked = 0x4000000, InFolder = 0x40000000;

    internal const short PollIn = 1, PollOut = 4;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int inotify_add_watch(int inotify, byte* path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int inotify_rm_watch(int inotify, int watch);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(int descriptor, void* buffer, nint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(int descriptor, void* buffer, nint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(PollEntry* entries, nuint count, int milliseconds);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        public int Descriptor;
        public short Events, Returned;
    }

    /// <summary>struct inotify_event, without the name that follows it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct InotifyEvent
    {
        public int Watch;
        public uint Mask, Cookie, NameLength;
    }
}
