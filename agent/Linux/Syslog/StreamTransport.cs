using System.Buffers.Text;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// Sends over TCP with octet counting (RFC 6587, section 3.4.1), over TLS (RFC 5425), or over a unix stream with line
/// feeds. Syslog has no receipts: a successful write proves nothing. Here the receipt is the collector's own close: the
/// agent ends its direction, and the collector closes in order only after it has read everything. A reset means that
/// something was lost, and everything since the last receipt is sent again.
/// </summary>
sealed partial class StreamTransport(Socket socket, bool counted = true, SslStream? secured = null) : ISyslogTransport
{
    const ulong SocketOutQueue = 0x5411;   // SIOCOUTQ, tcp(7)

    readonly Stream stream = (Stream?)secured ?? new NetworkStream(socket);
    readonly byte[] frame = new byte[16 << 10];

    /// <summary>
    /// Starts TLS, with the version that the host's policy allows. The host must trust the certificate, and it must be
    /// for <paramref name="host"/>.
    /// </summary>
    public static StreamTransport Secure(Socket socket, string host)
    {
        var secured = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false);
        try
        {
            secured.AuthenticateAsClient(host);
            return new StreamTransport(socket, counted: true, secured);
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
        secured?.ShutdownAsync().GetAwaiter().GetResult();
        socket.Shutdown(SocketShutdown.Send);
        try
        {
            while (stream.Read(frame) > 0) { }
            return true;
        }
        catch (IOException fault)
            when (fault.InnerException
            is SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock })
        {
            // The collector never closes. The most that can be known is that its kernel has acknowledged everything.
            return ioctl(socket.SafeHandle, SocketOutQueue, out var unacknowledged) == 0 && unacknowledged == 0;
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        socket.Dispose();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeHandle socket, ulong request, out int value);
}
