using System.Diagnostics;
using System.Net.Sockets;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// Sends each message as a datagram over a unix socket. It waits in the collector's queue, and is lost with the queue
/// if the collector ends before it has read it. So the receipt has two parts: nothing of ours is in the queue any more,
/// and the socket is still the same one.
/// </summary>
sealed class UnixDatagramTransport : ISyslogTransport
{
    static readonly TimeSpan FirstGlance = TimeSpan.FromMilliseconds(1), LongestGlance = TimeSpan.FromMilliseconds(50);

    readonly Socket socket;
    readonly string path;
    readonly Place? place;
    readonly TimeSpan patience;

    UnixDatagramTransport(Socket socket, string path, Place? place, TimeSpan patience) =>
        (this.socket, this.path, this.place, this.patience) = (socket, path, place, patience);

    /// <exception cref="SocketException">The collector is away; with <see cref="SocketError.ProtocolType"/> it has a
    /// stream socket.</exception>
    public static UnixDatagramTransport Connect(string path, TimeSpan patience, CancellationToken ended)
    {
        // Before the connection: if another socket comes to the path in between, the receipt is refused, not forged.
        var place = PlaceOf(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        return new(
            SyslogTransports.Connected(socket, new UnixDomainSocketEndPoint(path), patience, ended), path, place,
            patience);
    }

    public void Send(ReadOnlySpan<byte> message) => socket.Send(message);

    public bool Settle()
    {
        var began = Stopwatch.GetTimestamp();
        // The kernel tells nobody when the queue is empty.
        for (var glance = FirstGlance; SyslogTransports.Untaken(socket) > 0; glance = Longer(glance))
        {
            if (Stopwatch.GetElapsedTime(began) > patience) return false;
            Thread.Sleep(glance);
        }
        return IsStillThere();
    }

    public void Dispose() => socket.Dispose();

    /// <summary>Returns whether the collector's socket lives: the kernel empties the queue of a dead one too.</summary>
    bool IsStillThere()
    {
        using var again = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try { again.Connect(new UnixDomainSocketEndPoint(path)); }
        catch (SocketException) { return false; }
        return place is not null && PlaceOf(path) == place;
    }

    static TimeSpan Longer(TimeSpan glance) => glance * 2 < LongestGlance ? glance * 2 : LongestGlance;

    static Place? PlaceOf(string path) => Syscall.stat(path, out var found) == 0
        ? new Place(found.st_dev, found.st_ino, found.st_ctime, found.st_ctime_nsec) : null;

    /// <summary>
    /// Which socket is at a path. A file system gives the number of an inode that has gone to the next one at once,
    /// so the time of its last change belongs to it.
    /// </summary>
    readonly record struct Place(ulong Device, ulong Inode, long Changed, long ChangedNanos);
}
