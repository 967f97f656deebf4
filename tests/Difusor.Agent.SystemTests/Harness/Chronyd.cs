using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Difusor.Agent.SystemTests.Harness;

/// <summary>
/// A real chronyd that serves this host's time, or a wrong one under faketime, on a loopback port of its own. Sets no
/// clock.
/// </summary>
sealed class Chronyd : IDisposable
{
    readonly Process process;
    readonly string folder = Directory.CreateTempSubdirectory("chronyd-").FullName;

    /// <param name="fake">What faketime's <c>-f</c> takes: <c>+5s</c>, <c>@2021-06-07 01:00:00</c> (UTC); null: the
    /// true time.</param>
    public Chronyd(string? fake = null)
    {
        Port = LoopbackPort.Free();
        string[] command =
        [
            .. fake is null ? Array.Empty<string>() : MovableClock.Shifted(fake),
            "chronyd", "-d", "-x", "-F", "0", "-u", Environment.UserName,
            $"port {Port}", "bindaddress 127.0.0.1", "allow 127.0.0.1", "cmdport 0", "bindcmdaddress /",
            $"pidfile {folder}/pid", "local stratum 8",
        ];
        var start = new ProcessStartInfo(
            command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["TZ"] = "UTC";
        start.Environment["PATH"] += ":/usr/sbin:/sbin";
        process = Process.Start(start)!;
        AwaitAnswer();
    }

    public int Port { get; }
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Asks until it answers: the kernel refuses at once while nobody listens.</summary>
    void AwaitAnswer()
    {
        using var socket = new UdpClient();
        socket.Client.ReceiveTimeout = 100;
        socket.Connect(IPAddress.Loopback, Port);
        var question = new byte[48];
        question[0] = 0b00_100_011;
        for (var deadline = DateTime.UtcNow.AddSeconds(20); DateTime.UtcNow < deadline;)
        {
            try
            {
                socket.Send(question);
                var from = new IPEndPoint(IPAddress.Any, 0);
                if (socket.Receive(ref from).Length == 48) return;
            }
            catch (SocketException) { }
            if (process.HasExited) break;
        }
        var why = process.HasExited ? Bounded.Result(process.StandardError.ReadToEndAsync(), "its errors") : "it runs";
        throw new InvalidOperationException($"chronyd does not answer on {Port}: {why}");
    }

    public void Dispose()
    {
        if (!Directory.Exists(folder)) return;
        process.Kill(entireProcessTree: true);
        Bounded.Ended(process);
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
