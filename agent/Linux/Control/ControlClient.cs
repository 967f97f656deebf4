using System.Net.Sockets;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Control;

/// <summary>
/// The command's end of the control socket: sends one request and waits for its answer, as long as the agent needs.
/// </summary>
public static class ControlClient
{
    const int LongestAnswer = 16 << 20;

    /// <returns>The answer; null where the agent ended before it gave one.</returns>
    /// <exception cref="SystemFault">No agent listens (ENOENT, ECONNREFUSED), or the caller is not allowed to connect
    /// (EACCES).</exception>
    public static OperatorReply? Ask(string folder, OperatorCommand action)
    {
        var path = ControlSocket.PathIn(folder);
        using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            connection.Connect(ControlSocket.EndPointOf(path));
        }
        catch (SocketException fault)
        {
            // .NET has no SocketError for ENOENT and calls it AddressNotAvailable.
            throw new SystemFault(
                "connect", path, fault.SocketErrorCode == SocketError.AddressNotAvailable ? Errno.ENOENT
                : (Errno)fault.NativeErrorCode);
        }
        try
        {
            byte[] line = [.. action.ToJson(), (byte)'\n'];
            for (var sent = 0; sent < line.Length;)
                sent += connection.Send(line, sent, line.Length - sent, SocketFlags.None);
        }
        catch (SocketException)
        {
            // The agent refused before it read the line. Its answer says why.
        }
        try
        {
            return ControlSocket.ReadLine(connection, LongestAnswer) is { } answer ? OperatorReply.Read(answer) : null;
        }
        catch (SocketException) { return null; }
    }
}
