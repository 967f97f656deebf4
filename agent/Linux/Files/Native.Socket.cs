using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Difusor.Agent.Linux.Files;

static partial class Native
{
    /// <summary>struct iovec of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        public nint Start;
        public nuint Length;
    }

    /// <summary>struct msghdr of 64-bit Linux.</summary>
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
    /// Receives a message with its control messages (recvmsg(2), cmsg(3)). .NET's Socket does not give those, and the
    /// kernel's receive time is one.
    /// </summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint recvmsg(SafeSocketHandle socket, MessageHeader* message, int flags);

    /// <summary>
    /// The ioctl number that gives how much was sent and not taken yet (SIOCOUTQ, tcp(7)). Unix sockets have it too,
    /// also those for datagrams.
    /// </summary>
    internal const nuint SocketOutQueue = 0x5411;

    /// <summary>SHUT_WR of shutdown(2).</summary>
    internal const int ShutdownSend = 1;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int shutdown(SafeSocketHandle socket, int how);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(SafeSocketHandle socket, nuint request, out int value);
}
