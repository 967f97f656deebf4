using System.Net.Sockets;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// Sends each message as a datagram over UDP (RFC 5426), which has no receipts: what was sent counts as delivered,
/// unless the collector's host has refused it by then. The only transport that may lose something.
/// </summary>
sealed class UdpTransport(Socket socket) : ISyslogTransport
{
    public void Send(ReadOnlySpan<byte> message) => socket.Send(message);

    public bool Settle() => socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is 0;

    public void Dispose() => socket.Dispose();
}
