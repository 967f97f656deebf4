using System.Net;
using System.Net.Sockets;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// An NTP server in this process on loopback; it is told how to make the datagrams that it sends for a question.
/// </summary>
sealed class LoopbackNtp : IDisposable
{
    readonly Socket socket;
    readonly Socket elsewhere = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    readonly Func<NtpPacket, IEnumerable<byte[]>> answer;

    public LoopbackNtp(Func<NtpPacket, IEnumerable<byte[]>> answer, bool v6 = false)
    {
        this.answer = answer;
        socket = new Socket(
            v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(v6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0));
        new Thread(Serve) { IsBackground = true }.Start();
    }

    /// <summary>A server whose clock is off by so much, and that knows true time to 1 ms.</summary>
    public static LoopbackNtp Honest(TimeSpan offset = default) =>
        new(question => [Answer(question, offset).ToBytes()]);

    public string Name => socket.LocalEndPoint!.ToString()!;
    public int Port => ((IPEndPoint)socket.LocalEndPoint!).Port;
    public int Questions { get; private set; }

    /// <summary>Also sends each answer from another port, before the server's own.</summary>
    public bool FromElsewhere { get; init; }

    public static NtpPacket Answer(NtpPacket question, TimeSpan offset = default)
    {
        var now = NtpTimestamp.Of(TrueInterval.Nanoseconds(HostClock.Read().System + offset));
        return new NtpPacket
        {
            Version = 4, Mode = NtpPacket.ServerMode, Stratum = 8, Precision = -20, RootDispersion = 1_000_000,
            Origin = question.Transmit, Receive = now, Transmit = now,
        };
    }

    void Serve()
    {
        var buffer = new byte[512];
        try
        {
            EndPoint from = socket.LocalEndPoint!;
            while (true)
            {
                var length = socket.ReceiveFrom(buffer, ref from);
                if (NtpPacket.Read(buffer.AsSpan(0, length)) is not { } question) continue;
                Questions++;
                foreach (var datagram in answer(question)) (FromElsewhere ? elsewhere : socket).SendTo(datagram, from);
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException) { }
    }

    public void Dispose()
    {
        socket.Dispose();
        elsewhere.Dispose();
    }
}
