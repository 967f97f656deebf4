using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Difusor.Agent.SystemTests.Harness;

/// <summary>
/// A real rsyslogd that listens on loopback by every transport, and writes each message's parsed fields as one JSON
/// line.
/// </summary>
sealed class Rsyslogd : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    readonly string folder = Directory.CreateTempSubdirectory("rsyslogd-").FullName;
    readonly FileSystemWatcher watcher;
    readonly AutoResetEvent changed = new(initialState: false);
    readonly List<JsonNode> messages = [];
    long read;
    Process? process;

    /// <param name="shipped">With the drop-in that the packages bring as well, its socket and its file beside the
    /// others.</param>
    /// <param name="forwardsTo">Whom the drop-in's example of forwarding names; null: it stays a comment.</param>
    public Rsyslogd(LoopbackCertificate? certificate = null, bool shipped = false, Rsyslogd? forwardsTo = null)
    {
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_001_001);
        // The queue is direct: what rsyslogd has read it has written, so that a kill loses only what it has not read.
        File.WriteAllText(Configuration,
            $$"""
            global(workDirectory="{{folder}}" maxMessageSize="16k"{{(certificate is null ? "" : $" defaultNetstreamDriver=\"gtls\" defaultNetstreamDriverCAFile=\"{certificate.File}\" defaultNetstreamDriverCertFile=\"{certificate.File}\" defaultNetstreamDriverKeyFile=\"{certificate.KeyFile}\"")}})
            main_queue(queue.type="Direct")
            module(load="imuxsock" SysSock.Use="off")
            module(load="imudp")
            module(load="imtcp"{{(certificate is null ? "" : " StreamDriver.Name=\"gtls\" StreamDriver.Mode=\"1\" StreamDriver.AuthMode=\"anon\"")}})
            module(load="mmpstrucdata")
            template(name="fields" type="list") {
              constant(value="{\"pri\":\"") property(name="pri") constant(value="\",\"host\":\"") property(name="hostname")
              constant(value="\",\"app\":\"") property(name="app-name") constant(value="\",\"procid\":\"") property(name="procid")
              constant(value="\",\"msgid\":\"") property(name="msgid") constant(value="\",\"msg\":\"") property(name="msg" format="json")
              constant(value="\",\"sd\":") property(name="$!rfc5424-sd") constant(value="}\n")
            }
            input(type="imuxsock" Socket="{{UnixSocket}}" UseSpecialParser="off" ParseHostname="on")
            input(type="imuxsock" Socket="{{LocalSocket}}")
            input(type="imudp" address="127.0.0.1" port="{{Port}}")
            input(type="imtcp" address="127.0.0.1" port="{{Port}}")
            action(type="mmpstrucdata")
            action(type="omfile" file="{{Out}}" template="fields")
            action(type="omfile" file="{{Text}}" template="RSYSLOG_SyslogProtocol23Format")
            action(type="omfile" file="{{Traditional}}" template="RSYSLOG_TraditionalFileFormat")
            """);
        if (shipped)
            File.AppendAllText(
                Configuration, "\n" + (forwardsTo is null ? DropIn() : Forwarding(DropIn(), forwardsTo.Port)));
        watcher = new FileSystemWatcher(
            folder) { NotifyFilter = NotifyFilters.Size | NotifyFilters.FileName | NotifyFilters.LastWrite };
        watcher.Changed += (_, _) => changed.Set();
        watcher.Created += (_, _) => changed.Set();
        watcher.EnableRaisingEvents = true;
    }

    public int Port { get; } = LoopbackPort.Free();
    public string UnixSocket => Path.Combine(folder, "rfc5424.sock");
    /// <summary>As /dev/log is: parsed as syslog(3) writes.</summary>
    public string LocalSocket => Path.Combine(folder, "log.sock");
    /// <summary>What a syslog file of a careful collector looks like.</summary>
    public string Text => Path.Combine(folder, "messages.log");
    /// <summary>What rsyslog's old default format writes.</summary>
    public string Traditional => Path.Combine(folder, "traditional.log");
    public string ShippedSocket => Path.Combine(folder, "shipped.sock");
    public string ShippedLog => Path.Combine(folder, "shipped.log");
    string Out => Path.Combine(folder, "fields.json");
    string Configuration => Path.Combine(folder, "rsyslog.conf");

    public Rsyslogd Start()
    {
        process = Process.Start(
            new ProcessStartInfo(
            "/usr/sbin/rsyslogd",
            ["-n", "-f", Configuration, "-i", Path.Combine(folder, "pid")]) { RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, line) => Errors += line.Data + "\n";
        process.BeginErrorReadLine();
        Await(() => CanConnect(), () => "rsyslogd does not listen: " + Errors);
        return this;
    }

    public string Errors { get; private set; } = "";

    /// <summary>Freezes it: the kernel goes on taking data for it until its buffers are full.</summary>
    public void Freeze() => Mono.Unix.Native.Syscall.kill(process!.Id, Mono.Unix.Native.Signum.SIGSTOP);

    /// <summary>As <c>systemctl stop rsyslog</c> does.</summary>
    public void Stop()
    {
        Mono.Unix.Native.Syscall.kill(process!.Id, Mono.Unix.Native.Signum.SIGTERM);
        End();
    }

    public void Kill()
    {
        process!.Kill();
        End();
    }

    void End()
    {
        Bounded.Ended(process!);
        process!.Dispose();
        process = null;
    }

    /// <summary>
    /// Waits until so many different records have come, and gives all messages in the order in which they were written.
    /// </summary>
    public IReadOnlyList<JsonNode> Await(int records)
    {
        var seen = 0;
        Await(() => (seen = Messages().Select(Seq).Distinct().Count()) >= records, () =>
            $"{seen} of {records} records came; {Errors}");
        return Messages();
    }

    /// <summary>The first message, of whatever kind.</summary>
    public JsonNode AwaitMessage()
    {
        Await(() => Messages().Count > 0, () => "no message came; " + Errors);
        return Messages()[0];
    }

    /// <summary>Waits until one of its text files has so many lines.</summary>
    public void AwaitLines(string file, int lines) =>
        Await(() => File.Exists(file) && File.ReadLines(file).Count() >= lines, () =>
            $"{file} has not {lines} lines; {Errors}");

    /// <summary>Waits until one of its text files has a text.</summary>
    public void AwaitText(string file, string text) =>
        Await(() => File.Exists(file) && File.ReadAllText(file).Contains(text, StringComparison.Ordinal), () =>
            $"{file} has no '{text}'; {Errors}");

    /// <summary>Puts the example of the drop-in in force, as its comment says.</summary>
    static string Forwarding(string dropIn, int port)
    {
        const string Ruleset = "ruleset(name=\"difusor-agent\") {\n";
        var example = dropIn.Split('\n').SkipWhile(line => !line.Contains("omfwd", StringComparison.Ordinal))
            .TakeWhile(line => line.StartsWith("#  ", StringComparison.Ordinal)).Select(line => line[1..]);
        var action = string.Join('\n', example).Replace("SIEM", "localhost", StringComparison.Ordinal)
            .Replace("6514", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("/etc/ssl/certs/ca-certificates.crt", LoopbackCertificate.Trusted.File, StringComparison.Ordinal);
        return dropIn.Replace(Ruleset, Ruleset + action + "\n", StringComparison.Ordinal);
    }

    string DropIn()
    {
        var top = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(top, "Difusor.Agent.sln")))
            top = Path.GetDirectoryName(top) ?? throw new InvalidOperationException("no working copy");
        return File.ReadAllText(Path.Combine(top, "packaging/rsyslog/difusor-agent.conf"))
            .Replace("/var/lib/difusor-syslog/dev/log", ShippedSocket, StringComparison.Ordinal)
                .Replace("/var/log/difusor-agent.log", ShippedLog, StringComparison.Ordinal);
    }

    public IReadOnlyList<JsonNode> Messages()
    {
        if (!File.Exists(Out)) return [];
        using var file = new FileStream(Out, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = read;
        var bytes = new byte[file.Length - read];
        file.ReadExactly(bytes);
        var whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        read += whole;
        messages.AddRange(Encoding.UTF8.GetString(bytes, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line.Replace("\"sd\":}", "\"sd\":null}", StringComparison.Ordinal))!));
        return [.. messages];
    }

    public static long Seq(JsonNode message) => long.Parse(Field(message, "seq") ?? "0");

    public static string? Field(JsonNode message, string name) => (string?)message["sd"]?["difusor@32473"]?[name];

    public void Dispose()
    {
        if (process is not null) Kill();
        watcher.Dispose();
        changed.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    void Await(Func<bool> holds, Func<string> otherwise)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!holds())
        {
            if (DateTime.UtcNow > deadline) throw new InvalidOperationException(otherwise());
            changed.WaitOne(TimeSpan.FromMilliseconds(200));
        }
    }

    bool CanConnect()
    {
        if (process is { HasExited: true }) throw new InvalidOperationException("rsyslogd ended: " + Errors);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try { socket.Connect(IPAddress.Loopback, Port); }
        catch (SocketException) { return false; }
        return File.Exists(UnixSocket) && File.Exists(LocalSocket);
    }
}
