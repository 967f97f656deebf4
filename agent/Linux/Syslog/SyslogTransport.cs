using System.Net.Security;
using System.Net.Sockets;
using Difusor.Agent.Configuration;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// One connection to a collector. It throws a SocketException, an IOException, an AuthenticationException or a
/// TimeoutException, and cannot be used after that. Another thread may dispose of it, which ends what waits on it.
/// </summary>
interface ISyslogTransport : IDisposable
{
    void Send(ReadOnlySpan<byte> message);

    /// <summary>
    /// Gets the receipt for everything sent on this connection, which cannot be used after that.
    /// </summary>
    /// <returns>False if there is none: what was sent on it may be lost.</returns>
    bool Settle();
}

static class SyslogTransports
{
    /// <summary>
    /// How long a collector may take for one write, to accept a connection, or to give the receipt.
    /// </summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="settings">What they say about certificates, for TLS.</param>
    /// <param name="ended">Ends an attempt under way.</param>
    public static ISyslogTransport Connect(
        SyslogTarget target, SyslogSettings settings, TimeSpan patience, CancellationToken ended)
    {
        try
        {
            return target.Kind switch
            {
                SyslogTransportKind.Unix => ConnectUnix(target.Host, patience, ended),
                SyslogTransportKind.Udp => new UdpTransport(ToHost(SocketType.Dgram, ProtocolType.Udp)),
                SyslogTransportKind.Tcp => new StreamTransport(ToHost(SocketType.Stream, ProtocolType.Tcp), patience),
                SyslogTransportKind.Tls => ToTls(TlsOptions.For(target.Host, settings)),
            };
        }
        catch (OperationCanceledException)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }

        Socket ToHost(SocketType type, ProtocolType protocol) => ConnectHost(target, type, protocol, patience, ended);

        StreamTransport ToTls(SslClientAuthenticationOptions options) =>
            StreamTransport.Secure(ToHost(SocketType.Stream, ProtocolType.Tcp), options, patience, ended);
    }

    /// <summary>
    /// Returns how much of what was sent the other end has not taken: over TCP its kernel has not acknowledged it, over
    /// a unix socket it has not been read, while the other end lives.
    /// </summary>
    internal static int Untaken(Socket socket) =>
        Native.ioctl(socket.SafeHandle, Native.SocketOutQueue, out var untaken) == 0 ? untaken : int.MaxValue;

    internal static Socket Connected(
        Socket socket, System.Net.EndPoint endpoint, TimeSpan patience, CancellationToken ended)
    {
        socket.SendTimeout = socket.ReceiveTimeout = (int)patience.TotalMilliseconds;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ended);
            limit.CancelAfter(patience);
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

    /// <summary>
    /// Connects to a datagram socket, as syslogd and journald have, or else to a stream socket, whose messages end with
    /// a line feed.
    /// </summary>
    static ISyslogTransport ConnectUnix(string path, TimeSpan patience, CancellationToken ended)
    {
        // The runtime's own message for this is "Cannot assign requested address".
        if (!File.Exists(path))
            throw new FileNotFoundException(
                $"unix:{path}: ENOENT, nobody has made this socket: start syslog, or mend syslog.target", path);
        try { return UnixDatagramTransport.Connect(path, patience, ended); }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.ProtocolType)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            return new StreamTransport(
                Connected(socket, new UnixDomainSocketEndPoint(path), patience, ended), patience, counted: false);
        }
    }

    static Socket ConnectHost(
        SyslogTarget target, SocketType type, ProtocolType protocol, TimeSpan patience, CancellationToken ended)
    {
        SocketException? last = null;
        foreach (var address in System.Net.Dns.GetHostAddressesAsync(target.Host, ended).GetAwaiter().GetResult())
        {
            try
            {
                return Connected(
                    new Socket(address.AddressFamily, type, protocol), new System.Net.IPEndPoint(address, target.Port),
                    patience, ended);
            }
            catch (SocketException fault) { last = fault; }
        }
        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }
}
