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

    /// <summary>
    /// Asks for a password on the terminal (getpass(3)). It shows nothing of what is typed, nor of what was typed
    /// before it asks: there is no moment in which the terminal echoes, as there is between two keys that .NET reads.
    /// </summary>
    /// <returns>The password, in a buffer of libc's; null at an end or an error.</returns>
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint getpass(string prompt);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int descriptor, nuint request, out WindowSize size);
}
