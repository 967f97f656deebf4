using System.Net;
using System.Net.Sockets;

namespace Difusor.Agent.SystemTests.Harness;

/// <summary>
/// A port of loopback for a server that a test starts. Below the range from which the kernel gives ports to those who
/// ask for any (ip_local_port_range), so that no client gets it before the server does; never the same twice in one
/// run.
/// </summary>
static class LoopbackPort
{
    static readonly HashSet<int> Given = [];

    public static int Free()
    {
        for (var attempt = 0; attempt < 10_000; attempt++)
        {
            var port = Random.Shared.Next(10240, 32768);
            lock (Given)
                if (!Given.Contains(port) && IsFree(port, SocketType.Stream) && IsFree(port, SocketType.Dgram))
                {
                    Given.Add(port);
                    return port;
                }
        }
        throw new InvalidOperationException("no port of loopback is free");
    }

    static bool IsFree(int port, SocketType type)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, ProtocolType.Unspecified);
        try { socket.Bind(new IPEndPoint(IPAddress.Loopback, port)); }
        catch (SocketException) { return false; }
        return true;
    }
}
