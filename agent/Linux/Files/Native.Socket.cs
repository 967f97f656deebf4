using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Difusor.Agent.Linux.Files;

static partial class Native
{
    /// <summary>struct iovec of a 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        public nint Start;
        public nuint Length;
    }

    /// <summary>struct msghdr of a 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader
    {
        public nint Name;
        public uint NameLength;
        public nint Vectors;
        public nuint VectorCount;
        public nint Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>
    /// .NET's Socket gives no control messages, and the kernel's receive time is one (recvmsg(2), cmsg(3)).
    /// </summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint recvmsg(SafeSocketHandle socket, MessageHeader* message, int flags);
}
