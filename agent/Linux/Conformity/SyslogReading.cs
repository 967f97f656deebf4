using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Difusor.Agent.Conformity;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Linux.Conformity;

/// <summary>
/// Reads which syslog runs, whether somebody listens at the agent's targets, where its last event has arrived, and
/// where messages are sent on to.
/// </summary>
sealed partial class SyslogReading(HostTree tree, BoundedProgram programs, bool isRoot)
{
    static readonly string[] Daemons = ["rsyslogd", "syslog-ng", "systemd-journal"];
    static readonly string[] UsualFiles =
        ["/var/log/difusor-agent.log", "/var/log/syslog", "/var/log/messages", "/var/log/user.log"];
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    const int LongestLine = 4096;

    /// <param name="targets">The agent's targets.</param>
    /// <param name="last">The last record of its journal; null if it is not known.</param>
    public SyslogFacts Read(IReadOnlySet<string> processes, IReadOnlyList<string> targets, JournalStatus? last)
    {
        var (files, forwards) = Rsyslog();
        var head = last is { Head: { } known } && known.All(char.IsAsciiHexDigit) ? known : null;
        return new SyslogFacts(
            Daemons.FirstOrDefault(processes.Contains),
            targets.FirstOrDefault(target => IsThere(SyslogTarget.Read(target)) == false),
            head is null ? null : FileWith(head, files),
            head is not null && processes.Contains("systemd-journal") ? JournaldHas(head) : null, forwards)
        {
            Rsyslog = Unit(),
        };
    }

    /// <summary>Returns what systemd knows of rsyslog; a masked socket of its keeps it from starting, too.</summary>
    UnitState Unit()
    {
        if (!tree.Exists("/run/systemd/system")
            || programs.Run("systemctl", "show", "-p", "LoadState", "rsyslog.service", "syslog.socket")
                is not { Succeeded: true, Output: var shown }) return UnitState.Unseen;
        if (shown.Contains("LoadState=masked", StringComparison.Ordinal)) return UnitState.Masked;
        return shown.StartsWith("LoadState=not-found", StringComparison.Ordinal) ? UnitState.Missing
            : shown.StartsWith("LoadState=loaded", StringComparison.Ordinal) ? UnitState.There : UnitState.Unseen;
    }

    bool? IsThere(SyslogTarget? target)
    {
        if (target is null or { Kind: SyslogTransportKind.Udp }) return null;
        if (target.Kind == SyslogTransportKind.Unix) return Connects(tree.At(target.Host));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try { return socket.ConnectAsync(target.Host, target.Port).Wait(Patience); }
        catch (AggregateException) { return false; }
    }

    /// <summary>
    /// Returns whether a socket accepts a connection: its file stays behind when its server ends, so only that shows
    /// it.
    /// </summary>
    static bool? Connects(string path)
    {
        if (!Path.Exists(path)) return false;
        foreach (var type in new[] { SocketType.Dgram, SocketType.Stream })
        {
            using var socket = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
                return true;
            }
            catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AccessDenied) { return null; }
            catch (Exception fault) when (fault is SocketException or ArgumentException) { }
        }
        return false;
    }

    /// <summary>
    /// Finds the first of these files that has an event in its last 4 MiB, or had it when it was rotated last.
    /// </summary>
    Fact<string> FileWith(string head, IEnumerable<string> configured)
    {
        Said? hidden = null;
        foreach (var path in configured.Concat(UsualFiles).Distinct().SelectMany(path => new[] { path, path + ".1" }))
        {
            var text = tree.Text(path);
            if (text.Seen?.Contains(head, StringComparison.Ordinal) == true) return path;
            hidden ??= text.Hidden;
        }
        return hidden is null ? null : new Fact<string>(null, hidden);
    }

    /// <summary>Returns whether journald has an event; null if this account may not see all of it.</summary>
    bool? JournaldHas(string head)
    {
        var found = programs.Run(
            "journalctl", "-q", "--no-pager", "-n", "1", "-o", "cat", $"{JournaldEntry.Prefix}HEAD={head}");
        if (found is { Succeeded: true, Output.Length: > 0 }) return true;
        return isRoot && found is { Exit: not null } ? false : null;
    }

    /// <summary>Reads from rsyslog's configuration which files it writes, and to which other hosts it sends.</summary>
    (List<string> Files, Fact<ImmutableList<string>> Forwards) Rsyslog()
    {
        List<string> files = [], hosts = [];
        Said? hidden = null;
        foreach (var path in tree.Files("/etc/rsyslog.d", "*.conf").Prepend("/etc/rsyslog.conf"))
        {
            var read = tree.Text(path);
            hidden ??= read.Hidden;
            foreach (var line in (read.Seen ?? "").Split('\n', StringSplitOptions.TrimEntries))
            {
                if (line.Length > LongestLine || line.StartsWith('#')) continue;
                files.AddRange(
                    OutputFile().Matches(line)
                    .Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value));
                hosts.AddRange(
                    Forward().Matches(line)
                    .Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value));
            }
        }
        hosts.RemoveAll(
            host => host is "localhost"
            || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)));
        return (files,
            hosts.Count == 0 && hidden is not null ? new Fact<ImmutableList<string>>(null, hidden)
            : hosts.ToImmutableList());
    }

    [GeneratedRegex(
        @"(?<![A-Za-z0-9_])file=""(/[^""]{1,512})""|^[a-z0-9.*,;!=]{1,256}[ \t]{1,64}-?(/[^ \t]{1,512})",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OutputFile();

    [GeneratedRegex(
        @"(?<![A-Za-z0-9_])target=""([^""]{1,256})""|^[a-z0-9.*,;!=]{1,256}[ \t]{1,64}"
            + @"@@?(?:\([^)]{0,64}\))?\[?([A-Za-z0-9.:-]{0,253}[A-Za-z0-9])\]?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Forward();
}
