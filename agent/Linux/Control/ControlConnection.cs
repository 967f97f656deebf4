using System.Diagnostics;
using System.Net.Sockets;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Control;

/// <summary>
/// One caller of the control socket: it sends a line, waits for the agent's answer and reads it. There is one time
/// limit for the whole line and one for the whole answer, whatever the caller does meanwhile. While the agent works on
/// the request there is no limit; then the agent only checks whether the caller has gone away.
/// </summary>
sealed class ControlConnection(Socket socket, Peer peer, TimeSpan patience) : IDisposable
{
    const int FirstBuffer = 4 << 10;

    byte[] bytes = new byte[FirstBuffer];
    int length, sent;
    long since = Stopwatch.GetTimestamp();
    OperatorRequest? request;
    bool isHeard;
    byte[]? answer;

    public Peer Peer => peer;

    /// <summary>Gets whether the connection is closed.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Sets whether poll(2) reports something to read, room to write, or that the other end is gone.</summary>
    public bool IsReady { private get; set; }

    /// <summary>Gets whether its line is not complete yet.</summary>
    public bool IsReading => !IsOver && answer is null && request is null;

    /// <summary>Gets its request, if it has not been handed over yet; null where there is none.</summary>
    public OperatorRequest? Unheard => IsOver || isHeard ? null : request;

    /// <summary>
    /// Gets what poll(2) is to wait for. For a caller who waits for the agent that is only its going away.
    /// </summary>
    public Native.PollEntry Awaited => new()
    {
        Descriptor = (int)socket.Handle,
        Events = IsReading ? Native.PollIn : answer is not null ? Native.PollOut : (short)0,
    };

    public TimeSpan TimeLeft(long now)
    {
        if (IsReading || answer is not null) return patience - Stopwatch.GetElapsedTime(since, now);
        return TimeSpan.MaxValue;
    }

    public void Asks(OperatorRequest asked) => request = asked;

    public void IsHeard() => isHeard = true;

    /// <summary>Goes on as far as it can without waiting.</summary>
    /// <returns>The caller's line, once it is complete; otherwise null.</returns>
    public byte[]? Attend()
    {
        if (IsOver) return null;
        if (IsReading)
        {
            if (IsReady && Read() is { } line) return line;
        }
        else if (answer is not null)
        {
            if (IsReady) Write();
        }
        else if (request?.Reply.Task is { IsCompletedSuccessfully: true } given) Answer(given.Result);
        else if (IsReady) Dispose(); // the caller has gone away; its request is carried out all the same
        if (!IsOver && TimeLeft(Stopwatch.GetTimestamp()) <= TimeSpan.Zero) Dispose();
        return null;
    }

    /// <summary>Begins to send the answer. What the kernel takes at once is sent before this returns.</summary>
    public void Answer(OperatorReply reply)
    {
        answer = [.. reply.ToJson(), (byte)'\n'];
        since = Stopwatch.GetTimestamp();
        Write();
    }

    byte[]? Read()
    {
        if (length == bytes.Length) Array.Resize(ref bytes, Math.Min(ControlSocket.LongestLine, length * 4));
        var read = socket.Receive(bytes.AsSpan(length), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock) return null;
        if (error != SocketError.Success)
        {
            Dispose();
            return null;
        }
        if (bytes.AsSpan(length, read).IndexOf((byte)'\n') is var end and >= 0) return bytes[..(length + end)];
        length += read;
        if (read == 0 || length >= ControlSocket.LongestLine)
            Answer(OperatorReply.Of(OperatorOutcome.Refused, "not-understood"));
        return null;
    }

    void Write()
    {
        while (sent < answer!.Length)
        {
            var count = socket.Send(answer.AsSpan(sent), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return;
            if (error != SocketError.Success) break;
            sent += count;
        }
        Dispose();
    }

    public void Dispose()
    {
        IsOver = true;
        socket.Dispose();
    }
}
