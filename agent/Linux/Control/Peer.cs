using System.Net.Sockets;
using System.Runtime.InteropServices;
using Difusor.Agent.Night;

namespace Difusor.Agent.Linux.Control;

/// <summary>
/// The other end of a connection, as the kernel knows it: its effective uid and gid, and its supplementary groups.
/// </summary>
internal sealed record Peer(uint Uid, uint Gid, IReadOnlyCollection<uint> Groups)
{
    const int SolSocket = 1, SoPeerCred = 17, SoPeerGroups = 59;

    /// <exception cref="SocketException">The kernel does not say, or the other end is gone.</exception>
    public static Peer Of(Socket connection)
    {
        Span<byte> credentials = stackalloc byte[12];
        connection.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        var fields = MemoryMarshal.Cast<byte, uint>(credentials);
        return new Peer(fields[1], fields[2], GroupsOf(connection));
    }

    /// <summary>Returns whether the peer is root, the agent's own account, or in the operators' group.</summary>
    public static bool IsOperator(Peer peer) =>
        IsOperator(peer, Syscall.geteuid(), Syscall.getgrnam(ControlSocket.GroupName)?.gr_gid);

    /// <param name="agent">The agent's own account.</param>
    /// <param name="operators">The operators' group; null: the host has none.</param>
    internal static bool IsOperator(Peer peer, uint agent, uint? operators) =>
        peer.Uid == 0 || peer.Uid == agent
            || (operators is { } group && (peer.Gid == group || peer.Groups.Contains(group)));

    /// <summary>Gets the account with its name.</summary>
    public Operator Operator => new(Uid, NameOf(Uid));

    /// <summary>
    /// Returns the caller's supplementary groups as they were when it connected; none where the kernel is older than
    /// 4.13.
    /// </summary>
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
