using System.Net.Sockets;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// A message a datagram: a unix socket (which loses none while its daemon lives) or UDP (RFC 5426, which may).
/// </summary>
sealed class DatagramTransport(Socket socket) : ISyslogTransport
{
    public void Send(ReadOnlySpan<byte> message) => socket.Send(message);

    public bool Settle() => true;

    public void Dispose() => socket.Dispose();
}
