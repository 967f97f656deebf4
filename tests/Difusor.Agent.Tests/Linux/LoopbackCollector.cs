using System.Net;
using System.Net.Sockets;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

/// <summary>What a collector has read: which record it is, and how bad its message says it is.</summary>
readonly record struct Heard(long Seq, Severity Severity);

/// <summary>
/// A collector in this process, at one place. At first nobody is there; it comes and vanishes when it is told, as a
/// program does that is killed: what lies in its socket unread is lost. It reads no message that it was not told to.
/// </summary>
/// <param name="read">Reads a message.</param>
sealed class LoopbackCollector(SyslogTransportKind kind, SocketType type, Func<string, Heard> read) : IDisposable
{
    const int All = 1_000_000;
    readonly TemporaryFolder folder = new();
    readonly List<Heard> heard = [];
    readonly Semaphore turns = new(initialCount: 0, int.MaxValue);
    readonly ManualResetEvent gone = new(initialState: false);
    Socket? place, connection;
    Thread? thread;
    int port;

    /// <summary>Where it is, or will be.</summary>
    public SyslogTarget Target
    {
        get
        {
            if (kind == SyslogTransportKind.Unix) return new SyslogTarget(kind, Path, 0);
            place ??= Bound();
            return new SyslogTarget(kind, "127.0.0.1", port);
        }
    }

    /// <summary>What it has read, in order.</summary>
    public IReadOnlyList<Heard> Messages
    {
        get { lock (heard) return [.. heard]; }
    }

    string Path => folder["collector.sock"];

    public void Come()
    {
        place ??= Bound();
        if (type == SocketType.Stream) place.Listen();
        // A second Listen of the same Socket does nothing, though Vanish has ended the first.
        if (kind == SyslogTransportKind.Tcp) Assert.Equal(0, Syscall.listen((int)place.Handle, 128));
        // Under its own name at last: a socket file that is there has somebody behind it, until that one vanishes.
        if (kind == SyslogTransportKind.Unix) Assert.Equal(0, Stdlib.rename(Path + ".new", Path));
        var mine = place;
        thread = new Thread(() => Serve(mine)) { Name = "collector", IsBackground = true };
        thread.Start();
    }

    /// <summary>Lets it read so many messages more; all of them if no number is given.</summary>
    public void Read(int messages = All) => turns.Release(messages);

    public void Vanish()
    {
        gone.Set();
        // The port stays bound, though nobody listens: a child that is being started may still hold a closed socket.
        if (kind == SyslogTransportKind.Tcp && thread is not null) place?.Shutdown(SocketShutdown.Both);
        else if (kind != SyslogTransportKind.Tcp) place?.Dispose();
        connection?.Dispose();
        if (thread is not null) Bounded.Ended(thread);
        (connection, thread) = (null, null);
        if (kind != SyslogTransportKind.Tcp) place = null;
        gone.Reset();
    }

    /// <summary>Waits until it has read all records up to one.</summary>
    public void Await(long seq) => Bounded.Until(
        () => Messages.Select(message => message.Seq).Where(one => one <= seq).Distinct().Count() == seq,
        $"all records up to {seq} at the collector");

    public void Dispose()
    {
        Vanish();
        place?.Dispose();
        turns.Dispose();
        gone.Dispose();
        folder.Dispose();
    }

    Socket Bound()
    {
        if (kind == SyslogTransportKind.Unix)
        {
            var unix = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
            unix.Bind(new UnixDomainSocketEndPoint(Path + ".new"));
            return unix;
        }
        using var chosen = Tcp(at: 0);
        port = ((IPEndPoint)chosen.LocalEndPoint!).Port;
        // Bound by number: a port that the kernel chose is given up when a listening socket is shut down.
        return Tcp(port);
    }

    static Socket Tcp(int at)
    {
        var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        tcp.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        tcp.Bind(new IPEndPoint(IPAddress.Loopback, at));
        return tcp;
    }

    void Serve(Socket mine)
    {
        try
        {
            if (type == SocketType.Dgram) while (HasTurn()) Take(Datagram(mine));
            else while (true) ServeOne(mine.Accept());
        }
        catch (Exception vanished) when (vanished is SocketException or ObjectDisposedException) { }
    }

    void ServeOne(Socket accepted)
    {
        using (connection = accepted)
        {
            try
            {
                while (HasTurn() && Message(accepted) is { } message) Take(message);
            }
            catch (SocketException) { } // the sender broke off
        }
    }

    bool HasTurn() => WaitHandle.WaitAny([gone, turns], Bounded.Patience) == 1;

    void Take(string message)
    {
        lock (heard) heard.Add(read(message));
    }

    /// <summary>The next message of a stream, and no byte after it; null at its end.</summary>
    string? Message(Socket from)
    {
        if (kind == SyslogTransportKind.Unix) return Line(from);
        var length = 0;
        while (true)
        {
            if (Exactly(from, 1) is not [var digit]) return null;
            if (digit == ' ') break;
            length = length * 10 + digit - '0';
        }
        return Exactly(from, length) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
    }

    static string? Line(Socket from)
    {
        List<byte> line = [];
        var ahead = new byte[16 << 10];
        while (true)
        {
            var seen = from.Receive(ahead, SocketFlags.Peek);
            var feed = Array.IndexOf(ahead, (byte)'\n', 0, seen);
            if (seen == 0 || Exactly(from, feed < 0 ? seen : feed + 1) is not { } bytes) return null;
            line.AddRange(bytes);
            if (feed >= 0) return Encoding.UTF8.GetString([.. line]).TrimEnd('\n');
        }
    }

    static string Datagram(Socket from)
    {
        var buffer = new byte[64 << 10];
        return Encoding.UTF8.GetString(buffer, 0, from.Receive(buffer));
    }

    static byte[]? Exactly(Socket from, int count)
    {
        var bytes = new byte[count];
        for (var have = 0; have < count;)
        {
            var got = from.Receive(bytes, have, count - have, SocketFlags.None);
            if (got == 0) return null;
            have += got;
        }
        return bytes;
    }
}
