using System.Net.Sockets;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// Sends each message as a datagram: over a unix socket, which loses none while its daemon lives, or over UDP (RFC
/// 5426), which may lose some.
/// </summary>
sealed class DatagramTransport(Socket socket) : ISyslogTransport
{
    public void Send(ReadOnlySpan<byte> message) => socket.Send(message);

    public bool Settle() => true;

    public void Dispose() => socket.Dispose();
}
