using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Linux.Ntp;

/// <summary>
/// One request to one address, on its own socket: the kernel chooses a random source port, and only passes on datagrams
/// from the address and port that were asked (RFC 9109). It stays open until the first answer, or until it is disposed.
/// </summary>
sealed class NtpExchange : IDisposable
{
    const int SocketLevel = 1;      // SOL_SOCKET
    const int ControlHeader = 16;   // struct cmsghdr of a 64-bit Linux

    /// <summary>The kernel's stamps, the best first: the option, and the nanoseconds of the second number's unit.
    /// </summary>
    static readonly (int Option, long Unit)[] Stamps = [(35, 1), (29, 1_000)];   // SO_TIMESTAMPNS, SO_TIMESTAMP

    const int DatagramsAtOnce = 32;

    readonly Socket? socket;
    readonly string server;
    readonly ClockReading sent;
    readonly NtpQuery query;

    public NtpExchange(string server, IPEndPoint address)
    {
        this.server = server;
        Address = address;
        query = new NtpQuery(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))), 0);
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            AskForStamps(socket);
            socket.Connect(address);
            sent = HostClock.Read();
            query = query with { SentRaw = sent.Raw };
            socket.Send(NtpPacket.Request(query.Stamp).ToBytes());
        }
        catch (SocketException)
        {
            // No route, no IPv6 in this kernel, or a firewall that refuses: that is an answer too.
            Answer(ReplyKind.Unreachable);
        }
    }

    public IPEndPoint Address { get; }
    public int Descriptor => (int)socket!.Handle;

    /// <summary>Gets the answer; null while there is none.</summary>
    public ServerReply? Reply { get; private set; }

    /// <summary>Gets the answer, or silence if the time for answers is over.</summary>
    public ServerReply ReplyOrSilence => Reply ?? new ServerReply(server, Address.ToString(), ReplyKind.Silent);

    /// <summary>
    /// Reads datagrams until one is the answer or none is left. A datagram that is not the answer changes nothing. A
    /// flood of them delays no other server: a call reads at most <see cref="DatagramsAtOnce"/>, and the next call goes
    /// on.
    /// </summary>
    public void Receive()
    {
        Span<byte> datagram = stackalloc byte[512];
        for (var datagrams = 0; Reply is null && datagrams < DatagramsAtOnce; datagrams++)
        {
            var length = Receive(datagram, out var kernelTime);
            if (length < 0)
            {
                // ECONNREFUSED and similar: the host says that no program listens there. Anyone can forge that, but it
                // only ends this request.
                if (Marshal.GetLastPInvokeError() is not (11 or 4)) Answer(ReplyKind.Unreachable);
                return;
            }
            var answer = NtpAnswer.Judge(query, datagram[..length], ReceivedRaw(kernelTime, HostClock.Read()));
            if (answer.Kind is { } kind) Answer(kind, answer);
        }
    }

    public void Dispose() => socket?.Dispose();

    /// <summary>
    /// Asks the kernel to stamp what arrives. Where it knows no such stamp (an old kernel, an emulated one), the time
    /// of the read counts: the round trip then looks longer, never shorter.
    /// </summary>
    static void AskForStamps(Socket socket)
    {
        foreach (var (option, _) in Stamps)
        {
            try
            {
                socket.SetRawSocketOption(SocketLevel, option, BitConverter.GetBytes(1));
                return;
            }
            catch (SocketException fault) when (fault.NativeErrorCode is 92 or 95)   // ENOPROTOOPT, EOPNOTSUPP
            {
                continue;
            }
        }
    }

    void Answer(ReplyKind kind, NtpAnswer answer = default) =>
        Reply = new ServerReply(
            server, Address.ToString(), kind, answer.Stratum, kind == ReplyKind.Answered ? answer.Sample : null);

    /// <summary>
    /// Returns when the datagram arrived. The kernel's stamp is by CLOCK_REALTIME, which may be stepped or slewed in
    /// between; in that case, and without a stamp, the time of the read is used. chrony slews by up to 8.3 %, so a
    /// tenth of the datagram's age is left out, and the round trip never looks too short.
    /// </summary>
    long ReceivedRaw(long? kernelTime, ClockReading now)
    {
        var trip = now.Raw - sent.Raw;
        var stepped = Math.Abs((now.System - sent.System).Ticks * 100 - trip) > 1_000_000 + trip / 10;
        var age = TrueInterval.Nanoseconds(now.System) - kernelTime;
        return stepped || age is not { } known || known < 0 || known > trip ? now.Raw : now.Raw - known / 11 * 10;
    }

    /// <returns>The datagram's length (anything longer than the buffer is cut off), or a negative number and
    /// errno.</returns>
    unsafe int Receive(Span<byte> datagram, out long? kernelTime)
    {
        var control = stackalloc byte[256];
        fixed (byte* bytes = datagram)
        {
            var vector = new Native.IoVector { Start = (nint)bytes, Length = (nuint)datagram.Length };
            var header =
                new Native.MessageHeader { Vectors = (nint)(&vector), VectorCount = 1, Control = (nint)control,
                ControlLength = 256 };
            var length = (int)Native.recvmsg(socket!.SafeHandle, &header, 0);
            kernelTime = length < 0 ? null : KernelTime(new ReadOnlySpan<byte>(control, (int)header.ControlLength));
            return length;
        }
    }

    /// <summary>
    /// Reads the kernel's stamp, in nanoseconds: struct cmsghdr {size_t length; int level; int type}, then a struct
    /// timespec or timeval of two numbers of 64 bits.
    /// </summary>
    internal static long? KernelTime(ReadOnlySpan<byte> control)
    {
        while (control.Length >= ControlHeader)
        {
            var length = (int)Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(control), 0, control.Length);
            if (length < ControlHeader) return null;
            var level = BinaryPrimitives.ReadInt32LittleEndian(control[8..]);
            var type = BinaryPrimitives.ReadInt32LittleEndian(control[12..]);
            foreach (var (option, unit) in Stamps)
                if (level == SocketLevel && type == option && length >= ControlHeader + 16)
                    return BinaryPrimitives.ReadInt64LittleEndian(control[16..]) * 1_000_000_000
                        + BinaryPrimitives.ReadInt64LittleEndian(control[24..]) * unit;
            control = control[Math.Min(control.Length, (length + 7) & ~7)..];
        }
        return null;
    }
}
