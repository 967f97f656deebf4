using System.Diagnostics;
using System.Net.Sockets;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Control;

/// <summary>
/// The agent's end of <c>paths.run/control.sock</c>: a unix stream socket, mode 0660, on which root, the agent's own
/// account and the members of the group <c>difusor-agent</c> send one request, a JSON line, and get one answer. The
/// kernel says who the caller is (SO_PEERCRED, SO_PEERGROUPS), so a caller cannot pretend to be another. One thread
/// waits for all callers at once, so that no silent or slow caller delays the others.
/// </summary>
public sealed class ControlSocket : IDisposable
{
    /// <summary>The group whose members may operate the agent.</summary>
    public const string GroupName = "difusor-agent";
    internal const int LongestLine = 64 << 10;
    const int Forever = -1;

    /// <summary>How many callers are served at a time, in all and of one account.</summary>
    internal const int Most = 32, MostOfOne = 8;

    /// <summary>How long a caller may take for its whole line, and then for the whole answer.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The pause after a connection that could not be accepted. No descriptor is free then, and without a pause it
    /// would be tried again at once.
    /// </summary>
    static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    readonly Socket listener;
    readonly string path;
    readonly Action<Signal> post;
    readonly Func<Peer, bool> mayOperate;
    readonly TimeSpan patience;
    readonly WakeUp end = new(), answered = new();
    /// <summary>
    /// Guards <see cref="isOver"/>, so that <see cref="answered"/> is not set after it was disposed of.
    /// </summary>
    readonly Lock waking = new();
    readonly List<ControlConnection> callers = [];
    readonly GuardedThread thread;
    OperatorRequest? publication;
    bool isOver;

    ControlSocket(Socket listener, string path, Action<Signal> post, Func<Peer, bool> mayOperate, TimeSpan patience)
    {
        (this.listener, this.path, this.post, this.mayOperate, this.patience) =
            (listener, path, post, mayOperate, patience);
        thread = new GuardedThread(BoundaryPoint.Control, "control", Run);
        thread.Start();
    }

    /// <summary>Opens the socket in <paramref name="folder"/> and starts to listen.</summary>
    /// <exception cref="SystemFault">The socket cannot be made.</exception>
    public static ControlSocket Open(string folder, Action<Signal> post) => Open(folder, post, Peer.IsOperator);

    internal static ControlSocket Open(
        string folder, Action<Signal> post, Func<Peer, bool> mayOperate, TimeSpan? patience = null)
    {
        var path = PathIn(folder);
        if (Syscall.unlink(path) < 0 && Stdlib.GetLastError() is not Errno.ENOENT)
            throw SystemFault.Last("unlink", path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            listener.Bind(EndPointOf(path));
            // Before listen(2) no one can connect, so the modes are never too wide.
            SystemFault.Check(Syscall.chmod(path, (FilePermissions)Modes.GroupSocket), "chmod", path);
            if (Syscall.getgrnam(GroupName) is { } group) _ = Syscall.chown(path, uint.MaxValue, group.gr_gid);
            listener.Listen(backlog: 16);
            return new ControlSocket(listener, path, post, mayOperate, patience ?? Patience);
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
        end.Set();
        thread.Join();
        listener.Dispose();
        end.Dispose();
        lock (waking)
        {
            isOver = true;
            answered.Dispose();
        }
        _ = Syscall.unlink(path);
    }

    void Run()
    {
        while (Wait(out var isCalled))
        {
            if (isCalled) Accept();
            foreach (var caller in callers)
                if (!Boundary.Run(BoundaryPoint.ControlClient, () => Attend(caller))) caller.Answer(InternalFaultReply);
            callers.RemoveAll(caller => caller.IsOver);
        }
        callers.ForEach(caller => caller.Dispose());
        callers.Clear();
    }

    static OperatorReply InternalFaultReply =>
        OperatorReply.Of(OperatorOutcome.Failed, "failed", ("fault", EventCode.InternalFault.Id()));

    /// <summary>
    /// Waits for a call, for a caller who is ready, for an answer, or for the first caller whose time is up.
    /// </summary>
    /// <returns>False: the agent ends.</returns>
    unsafe bool Wait(out bool isCalled)
    {
        var now = Stopwatch.GetTimestamp();
        var left = callers.Count == 0 ? TimeSpan.MaxValue : callers.Min(caller => caller.TimeLeft(now));
        // Poll waits in whole milliseconds, and a negative time would mean to wait for ever.
        var milliseconds = left == TimeSpan.MaxValue ? Forever
            : (int)Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 0, int.MaxValue);
        const int Own = 3;
        var entries = stackalloc Native.PollEntry[Own + Most];
        entries[0] = new() { Descriptor = end.Descriptor, Events = Native.PollIn };
        entries[1] = new() { Descriptor = answered.Descriptor, Events = Native.PollIn };
        entries[2] = new() { Descriptor = (int)listener.Handle, Events = Native.PollIn };
        for (var at = 0; at < callers.Count; at++) entries[Own + at] = callers[at].Awaited;
        _ = Native.poll(entries, (nuint)(Own + callers.Count), milliseconds);
        if (entries[1].Returned != 0) answered.Clear();
        for (var at = 0; at < callers.Count; at++) callers[at].IsReady = entries[Own + at].Returned != 0;
        isCalled = entries[2].Returned != 0;
        return entries[0].Returned == 0;
    }

    void Accept()
    {
        try
        {
            var connection = listener.Accept();
            connection.Blocking = false;
            Take(connection);
        }
        catch (SocketException fault) when (fault.SocketErrorCode
            is SocketError.WouldBlock or SocketError.ConnectionAborted or SocketError.Interrupted)
        {
            // The caller has gone away already.
        }
        catch (SocketException)
        {
            end.Rest(Rest);
        }
    }

    void Take(Socket connection)
    {
        try
        {
            var peer = Peer.Of(connection);
            var caller = new ControlConnection(connection, peer, patience);
            // A caller who is not allowed is refused before a byte of its line is read.
            if (!mayOperate(peer))
                caller.Answer(
                    OperatorReply.Of(
                    OperatorOutcome.Refused, "not-allowed", ("uid", $"{peer.Uid}"), ("group", GroupName)));
            else if (!HasRoomFor(peer)) caller.Answer(OperatorReply.Of(OperatorOutcome.Refused, "busy"));
            // A caller that has its answer is not read any further. A refused one keeps no place.
            else callers.Add(caller);
            if (!callers.Contains(caller)) caller.Dispose();
        }
        catch (SocketException)
        {
            connection.Dispose();
        }
    }

    /// <summary>
    /// Returns whether there is room for another caller. Where there is none, the first caller whose line is not
    /// complete is refused as busy and makes room (a caller of the same account, if that is at its limit): an honest
    /// caller sends its line at once.
    /// </summary>
    bool HasRoomFor(Peer peer)
    {
        var own = callers.Where(caller => caller.Peer.Uid == peer.Uid).ToList();
        if (own.Count < MostOfOne && callers.Count < Most) return true;
        var idle = (own.Count < MostOfOne ? callers : own).FirstOrDefault(caller => caller.IsReading);
        if (idle is null) return false;
        idle.Answer(OperatorReply.Of(OperatorOutcome.Refused, "busy"));
        idle.Dispose();
        callers.Remove(idle);
        return true;
    }

    void Attend(ControlConnection caller)
    {
        if (caller.Attend() is { } line)
        {
            var reply = new TaskCompletionSource<OperatorReply>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (OperatorCommand.Read(line) is { } action)
                caller.Asks(new OperatorRequest(action, caller.Peer.Operator, reply));
            else caller.Answer(OperatorReply.Of(OperatorOutcome.Refused, "not-understood"));
        }
        if (caller.Unheard is not { } request) return;
        // Verification takes time and memory, so publish one at a time. Every other command runs beside it.
        if (request.Action is PublishByHand)
        {
            if (publication is { Reply.Task.IsCompleted: false }) return;
            publication = request;
        }
        caller.IsHeard();
        request.Reply.Task.ContinueWith(_ => Stir(), TaskScheduler.Default);
        post(request);
    }

    /// <summary>Wakes the thread because an answer is there. Any thread, also after the end.</summary>
    void Stir()
    {
        lock (waking)
            if (!isOver) answered.Set();
    }

    /// <summary>
    /// Reads one line, and returns it without its line feed; null where the sender ends before it, or sends more than
    /// <paramref name="limit"/> bytes.
    /// </summary>
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
}
