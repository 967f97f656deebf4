using System.Net;
using System.Net.Sockets;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli.Demo;

/// <summary>
/// The host of the demo. One temporary folder holds a drop, a state, an election that opens in a few seconds, and a
/// configuration. Two time servers and a syslog collector run on loopback, and the real daemon runs as a child process.
/// All of it ends with the demo.
/// </summary>
sealed class DemoHost : IDisposable
{
    /// <summary>That of the centre of Mexico, without the rules that old zone data have for it.</summary>
    const string Zone = "Etc/GMT+6";
    static readonly TimeSpan Offset = TimeSpan.FromHours(-6);

    readonly DemoTimeServer[] servers = [new(), new()];
    readonly DemoSyslog syslog;
    readonly System.Diagnostics.Process daemon;

    /// <param name="opensIn">The time from now to the opening, in whole seconds.</param>
    public DemoHost(TimeSpan opensIn, Language language)
    {
        Folder = Directory.CreateTempSubdirectory("difusor-demo-").FullName;
        var now = DateTimeOffset.UtcNow.ToOffset(Offset);
        Opens = new DateTimeOffset(now.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, now.Offset) + opensIn;
        foreach (var folder in new[] { "entrega", "acuses", "estado", "run" }) Directory.CreateDirectory(At(folder));
        File.WriteAllText(At("eleccion.yaml"),
            $"""
            id: demo
            title: PREP de demostración, Diputaciones Locales
            authority: INE
            time_zone: {Zone}
            publication:
              opens: {new Corte(Opens)}
              keep_until: {new Corte(Opens.AddDays(1))}
              first_corte: {new Corte(Opens.AddHours(-1))}
            cadence: 1m

            """);
        syslog = new DemoSyslog(At("log"));
        File.WriteAllText(At("agent.yaml"),
            $"""
            election: eleccion.yaml
            paths: {"{"}drop: entrega, receipts: acuses, state: estado, run: run{"}"}
            drop: {"{"}settle: 500ms, keep: null{"}"}
            limits: {"{"}min_free: 64MiB{"}"}
            clock: {"{"}servers: ["{servers[0].Address}", "{servers[1].Address}"]{"}"}
            syslog: {"{"}target: "unix:{At("log")}"{"}"}
            language: {language.Tag()}

            """);
        daemon = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(Environment.ProcessPath!, ["run", "--config", At("agent.yaml")])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        daemon.ErrorDataReceived += (_, line) => Complaints += line.Data + "\n";
        daemon.BeginErrorReadLine();
        daemon.BeginOutputReadLine();
    }

    public string Folder { get; }
    public DateTimeOffset Opens { get; }
    public string Drop => At("entrega");
    public string Configuration => At("agent.yaml");

    /// <summary>Gets the folder that Apache would serve now.</summary>
    public string Current => At("estado/public/current");
    public int SyslogMessages => syslog.Messages;

    /// <summary>Gets what the daemon wrote to standard error.</summary>
    public string Complaints { get; private set; } = "";
    public bool Ended => daemon.HasExited;

    public string At(string path) => Path.Combine(Folder, path);

    /// <summary>Returns the corte that is this many minutes after the minute of the opening.</summary>
    public Corte Corte(int minutes) =>
        new(Opens.AddTicks(-(Opens.Ticks % TimeSpan.TicksPerMinute)).AddMinutes(minutes));

    public void Dispose()
    {
        if (!daemon.HasExited)
        {
            Mono.Unix.Native.Syscall.kill(daemon.Id, Mono.Unix.Native.Signum.SIGTERM);
            if (!daemon.WaitForExit(TimeSpan.FromSeconds(3))) daemon.Kill();
        }
        daemon.Dispose();
        foreach (var server in servers) server.Dispose();
        syslog.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A collector that counts the datagrams on a unix socket.</summary>
    sealed class DemoSyslog : IDisposable
    {
        readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        int messages;

        public DemoSyslog(string path)
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            new Thread(Receive) { IsBackground = true }.Start();
        }

        public int Messages => Volatile.Read(ref messages);

        void Receive()
        {
            var buffer = new byte[65536];
            try
            {
                while (socket.Receive(buffer) > 0) Interlocked.Increment(ref messages);
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException) { }
        }

        public void Dispose() => socket.Dispose();
    }

    /// <summary>
    /// An NTP server on loopback that gives this host's own time (RFC 5905, stratum 8, like chronyd's <c>local stratum
    /// 8</c>).
    /// </summary>
    sealed class DemoTimeServer : IDisposable
    {
        static readonly DateTime Era = new(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        public DemoTimeServer()
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            new Thread(Serve) { IsBackground = true }.Start();
        }

        public string Address => socket.LocalEndPoint!.ToString()!;

        void Serve()
        {
            var packet = new byte[48];
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            try
            {
                while (true)
                {
                    if (socket.ReceiveFrom(packet, ref from) < packet.Length) continue;
                    packet.AsSpan(40, 8).CopyTo(packet.AsSpan(24));         // origin: the client's transmit timestamp
                    Stamp(packet.AsSpan(32));                               // receive
                    // No leap second, version 4, server mode; stratum 8; precision 2^-20.
                    (packet[0], packet[1], packet[3]) = (0b00_100_100, 8, 0xEC);
                    packet.AsSpan(4, 8).Clear();                            // no root delay or dispersion
                    Stamp(packet.AsSpan(16));                               // reference
                    Stamp(packet.AsSpan(40));                               // transmit
                    socket.SendTo(packet, from);
                }
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException) { }
        }

        static void Stamp(Span<byte> stamp)
        {
            var ticks = (DateTime.UtcNow - Era).Ticks;
            var seconds = ticks / TimeSpan.TicksPerSecond;
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(stamp, (uint)seconds);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(stamp[4..],
                (uint)((ulong)(ticks % TimeSpan.TicksPerSecond << 32) / TimeSpan.TicksPerSecond));
        }

        public void Dispose() => socket.Dispose();
    }
}
