using System.Net.Sockets;
using System.Runtime.InteropServices;
using Difusor.Agent.Journal;
using Difusor.Agent.Publication;
using Difusor.Agent.Texts;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux;

/// <summary>
/// The agent's end of <c>paths.run/control.sock</c>: a unix stream socket, mode 0660, on which root, the agent's own account and the members of
/// the group <c>difusor-agent</c> send one request, a JSON line, and get one answer. One thread, one operator at a time; the
/// caller is who the kernel says (SO_PEERCRED, SO_PEERGROUPS), and nobody can pretend.
/// </summary>
public sealed class ControlSocket : IDisposable
{
    /// <summary>Members may operate the agent.</summary>
    public const string GroupName = "difusor-agent";
    internal const int LongestLine = 64 << 10;
    const int Forever = -1, SolSocket = 1, SoPeerCred = 17, SoPeerGroups = 59;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    readonly Socket listener;
    readonly string path;
    readonly Action<Signal> post;
    readonly Func<Peer, bool> mayOperate;
    readonly CancellationTokenSource ending = new();
    readonly WakeUp end = new();
    readonly GuardedThread thread;

    ControlSocket(Socket listener, string path, Action<Signal> post, Func<Peer, bool> mayOperate)
    {
        (this.listener, this.path, this.post, this.mayOperate) = (listener, path, post, mayOperate);
        thread = new GuardedThread(BoundaryPoint.Control, "control", Run);
        thread.Start();
    }

    /// <summary>Opens the socket in <paramref name="folder"/> and starts to listen.</summary>
    /// <exception cref="SystemFault">The socket cannot be made.</exception>
    public static ControlSocket Open(string folder, Action<Signal> post) => Open(folder, post, IsOperator);

    internal static ControlSocket Open(string folder, Action<Signal> post, Func<Peer, bool> mayOperate)
    {
        var path = PathIn(folder);
        if (Syscall.unlink(path) < 0 && Stdlib.GetLastError() is not Errno.ENOENT) throw SystemFault.Last("unlink", path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(EndPointOf(path));
            // Before listen(2) nobody can connect, so the modes are never too wide.
            SystemFault.Check(Syscall.chmod(path, FilePermissions.S_IRUSR | FilePermissions.S_IWUSR | FilePermissions.S_IRGRP | FilePermissions.S_IWGRP), "chmod", path);
            if (Syscall.getgrnam(GroupName) is { } group) _ = Syscall.chown(path, uint.MaxValue, group.gr_gid);
            listener.Listen(backlog: 16);
            return new ControlSocket(listener, path, post, mayOperate);
        }
        catch (SocketException fault)
        {
            listener.Dispose();
            throw new SystemFault("bind", path, (Errno)fault.NativeErrorCode);
        }
    }

    public static string PathIn(string folder) => Path.Combine(folder, "control.sock");

    /// <exception cref="SystemFault">The path is longer than the 107 bytes that sun_path holds (unix(7)).</exception>
    internal static UnixDomainSocketEndPoint EndPointOf(string path)
    {
        try { return new UnixDomainSocketEndPoint(path); }
        catch (ArgumentOutOfRangeException) { throw new SystemFault("bind", path, Errno.ENAMETOOLONG); }
    }

    public void Dispose()
    {
        ending.Cancel();
        end.Set();
        thread.Join();
        listener.Dispose();
        ending.Dispose();
        end.Dispose();
        _ = Syscall.unlink(path);
    }

    void Run()
    {
        while (true)
        {
            // Not in accept(2), which would pin an object all night: the collector keeps the whole region around it.
            end.WaitBeside((int)listener.Handle, Forever);
            if (ending.IsCancellationRequested) return;
            try
            {
                using var connection = listener.Accept();
                if (!Boundary.Run(BoundaryPoint.ControlClient, () => TryServe(connection))) Send(connection, InternalFaultReply);
            }
            catch (Exception fault) when (IsAway(fault))
            {
                // The caller went away, or the agent ends: neither is of interest to anybody else.
            }
        }
    }

    static OperatorReply InternalFaultReply => OperatorReply.Of(OperatorOutcome.Failed, "failed", ("fault", EventCode.InternalFault.Id()));

    static bool IsAway(Exception fault) => fault is SocketException or IOException or ObjectDisposedException or OperationCanceledException;

    void TryServe(Socket connection)
    {
        try { Serve(connection); }
        catch (Exception fault) when (IsAway(fault)) { }
    }

    void Serve(Socket connection)
    {
        connection.ReceiveTimeout = connection.SendTimeout = (int)Patience.TotalMilliseconds;
        var peer = PeerOf(connection);
        // A stranger is told no before a byte of his is read.
        var reply = mayOperate(peer) ? Decide(connection, peer) : OperatorReply.Of(OperatorOutcome.Refused, "not-allowed", ("uid", $"{peer.Uid}"), ("group", GroupName));
        Send(connection, reply);
    }

    static void Send(Socket connection, OperatorReply reply)
    {
        byte[] line = [.. reply.ToJson(), (byte)'\n'];
        for (var sent = 0; sent < line.Length;) sent += connection.Send(line, sent, line.Length - sent, SocketFlags.None);
    }

    OperatorReply Decide(Socket connection, Peer peer)
    {
        if (ReadLine(connection, LongestLine) is not { } line || OperatorAction.Read(line) is not { } action)
            return OperatorReply.Of(OperatorOutcome.Refused, "not-understood");
        var request = new OperatorRequest(action, new Operator(peer.Uid, NameOf(peer.Uid)), new TaskCompletionSource<OperatorReply>(TaskCreationOptions.RunContinuationsAsynchronously));
        post(request);
        request.Reply.Task.Wait(ending.Token);
        return request.Reply.Task.Result;
    }

    /// <summary>One line without its line feed; null where the sender ends before it, or sends more than <paramref name="limit"/>.</summary>
    internal static byte[]? ReadLine(Socket connection, int limit)
    {
        var bytes = new byte[4096];
        var length = 0;
        while (true)
        {
            if (length == bytes.Length)
            {
                if (length >= limit) return null;
                Array.Resize(ref bytes, Math.Min(limit, length * 4));
            }
            var read = connection.Receive(bytes, length, bytes.Length - length, SocketFlags.None);
            if (read == 0) return null;
            if (bytes.AsSpan(length, read).IndexOf((byte)'\n') is var end and >= 0) return bytes[..(length + end)];
            length += read;
        }
    }

    static bool IsOperator(Peer peer) =>
        peer.Uid == 0 || peer.Uid == Syscall.geteuid() || (Syscall.getgrnam(GroupName) is { } group && (peer.Gid == group.gr_gid || peer.Groups.Contains(group.gr_gid)));

    static Peer PeerOf(Socket connection)
    {
        Span<byte> credentials = stackalloc byte[12];
        connection.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        var fields = MemoryMarshal.Cast<byte, uint>(credentials);
        return new Peer(fields[1], fields[2], GroupsOf(connection));
    }

    /// <summary>The caller's supplementary groups as they were when it connected; none where the kernel is older than 4.13.</summary>
    static uint[] GroupsOf(Socket connection)
    {
        try
        {
            var bytes = new byte[64 << 10];
            var length = connection.GetRawSocketOption(SolSocket, SoPeerGroups, bytes);
            return MemoryMarshal.Cast<byte, uint>(bytes.AsSpan(0, length)).ToArray();
        }
        catch (SocketException) { return []; }
    }

    static string NameOf(uint uid)
    {
        var account = new Passwd();
        return Syscall.getpwuid_r(uid, account, out var found) == 0 && found is not null ? found.pw_name : $"uid {uid}";
    }
}

/// <summary>The other end of a connection: its effective uid and gid, and its supplementary groups.</summary>
internal sealed record Peer(uint Uid, uint Gid, IReadOnlyCollection<uint> Groups);
