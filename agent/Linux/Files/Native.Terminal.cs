using System.Runtime.InteropServices;

namespace Difusor.Agent.Linux.Files;

static partial class Native
{
    /// <summary>POLLERR: of a pipe, that its other end is closed.</summary>
    internal const short PollError = 8;

    /// <summary>TIOCGWINSZ, ioctl_tty(2).</summary>
    internal const nuint WindowSizeOf = 0x5413;

    /// <summary>struct winsize.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct WindowSize
    {
        public ushort Rows, Columns, Width, Height;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int descriptor, nuint request, out WindowSize size);
}
