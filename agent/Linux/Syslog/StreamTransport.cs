using System.Buffers.Text;
using System.Net.Security;
using System.Net.Sockets;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// Sends over TCP with octet counting (RFC 6587, section 3.4.1), over TLS (RFC 5425), or over a unix stream with line
/// feeds. Syslog has no receipts: a successful write proves nothing. Here the receipt is the collector's own close: the
/// agent ends its direction, and the collector closes in order only after it has read everything. A reset, or something
/// that stays unacknowledged, means that something was lost.
/// </summary>
sealed class StreamTransport(Socket socket, TimeSpan patience, bool counted = true, SslStream? secured = null)
    : ISyslogTransport
{
    readonly Stream stream = (Stream?)secured ?? new NetworkStream(socket);
    readonly byte[] frame = new byte[16 << 10];

    /// <summary>
    /// Starts TLS, with the version that the host's policy allows. The certificate must be for the host that
    /// <paramref name="options"/> name, and of an authority that they trust, or else the host.
    /// </summary>
    public static StreamTransport Secure(
        Socket socket, SslClientAuthenticationOptions options, TimeSpan patience, CancellationToken ended)
    {
        var secured = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ended);
            limit.CancelAfter(patience);
            secured.AuthenticateAsClientAsync(options, limit.Token).GetAwaiter().GetResult();
            return new StreamTransport(socket, patience, counted: true, secured);
        }
        catch
        {
            secured.Dispose();
            socket.Dispose();
            throw;
        }
    }

    public void Send(ReadOnlySpan<byte> message)
    {
        var length = 0;
        if (counted)
        {
            Utf8Formatter.TryFormat(message.Length, frame, out length);
            frame[length++] = (byte)' ';
        }
        message.CopyTo(frame.AsSpan(length));
        length += message.Length;
        if (!counted) frame[length++] = (byte)'\n';
        stream.Write(frame, 0, length);
    }

    public bool Settle()
    {
        secured?.ShutdownAsync().WaitAsync(patience).GetAwaiter().GetResult();
        // Not Socket.Shutdown, which takes a connection that the collector has broken off for one that has ended.
        if (Native.shutdown(socket.SafeHandle, Native.ShutdownSend) < 0) return false;
        try
        {
            while (stream.Read(frame) > 0) { }
            // TLS has an end of its own, which a collector may send with much unread.
            while (socket.Receive(frame) > 0) { }
        }
        catch (Exception fault) when (IsTimeout(fault))
        {
            // The collector never closes. The most that can be known is that its kernel has acknowledged everything.
        }
        // A collector that had closed before all was sent looks the same, but nobody acknowledges what came after. Our
        // end of a TCP connection counts as one byte, and may be on its way.
        return SyslogTransports.Untaken(socket) <= 1;
    }

    public void Dispose()
    {
        stream.Dispose();
        socket.Dispose();
    }

    static bool IsTimeout(Exception fault) => (fault.InnerException ?? fault) is SocketException
    {
        SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock,
    };
}
