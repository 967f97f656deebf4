using System.Net.Sockets;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// One connection to a collector. It throws a SocketException, an IOException or an AuthenticationException, and cannot
/// be used after that.
/// </summary>
interface ISyslogTransport : IDisposable
{
    void Send(ReadOnlySpan<byte> message);

    /// <summary>Ends the connection so that everything sent on it is known to be delivered.</summary>
    /// <returns>False if that cannot be known: what was sent on it may be lost.</returns>
    bool Settle();
}

static class SyslogTransports
{
    /// <summary>How long a collector may take for one write, to accept a connection, or to close it.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static ISyslogTransport Connect(SyslogTarget target) => target.Kind switch
    {
        SyslogTransportKind.Unix => ConnectUnix(target.Host),
        SyslogTransportKind.Udp => new DatagramTransport(ConnectHost(target, SocketType.Dgram, ProtocolType.Udp)),
        SyslogTransportKind.Tcp => new StreamTransport(ConnectHost(target, SocketType.Stream, ProtocolType.Tcp)),
        SyslogTransportKind.Tls =>
            StreamTransport.Secure(ConnectHost(target, SocketType.Stream, ProtocolType.Tcp), target.Host),
    };

    /// <summary>
    /// Connects to a datagram socket, as syslogd and journald have, or else to a stream socket, whose messages end with
    /// a line feed.
    /// </summary>
    static ISyslogTransport ConnectUnix(string path)
    {
        // The runtime's own message for this is "Cannot assign requested address".
        if (!File.Exists(path))
            throw new FileNotFoundException(
                $"unix:{path}: ENOENT, nobody has made this socket: start syslog, or mend syslog.target", path);
        var endpoint = new UnixDomainSocketEndPoint(path);
        try
        {
            return new DatagramTransport(
                Connected(new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified), endpoint));
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.ProtocolType)
        {
            return new StreamTransport(
                Connected(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), endpoint),
                counted: false);
        }
    }

    static Socket ConnectHost(SyslogTarget target, SocketType type, ProtocolType protocol)
    {
        SocketException? last = null;
        foreach (var address in System.Net.Dns.GetHostAddresses(target.Host))
        {
            try
            {
                return Connected(
                    new Socket(address.AddressFamily, type, protocol), new System.Net.IPEndPoint(address, target.Port));
            }
            catch (SocketException fault) { last = fault; }
        }
        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    static Socket Connected(Socket socket, System.Net.EndPoint endpoint)
    {
        socket.SendTimeout = socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        try
        {
            using var limit = new CancellationTokenSource(Patience);
            socket.ConnectAsync(endpoint, limit.Token).AsTask().GetAwaiter().GetResult();
            return socket;
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
