using System.Runtime.InteropServices;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Linux.Ntp;

/// <summary>
/// What the host's own NTP client says, for <c>check</c>, <c>clock</c> and the clock's events. It is never a source of
/// time here. The agent asks the client through its own query program; the kernel keeps what the client last told it
/// (adjtimex(2)).
/// </summary>
/// <param name="Name"><c>chrony</c>, <c>ntpd</c>, <c>timesyncd</c> or <c>openntpd</c>; null if none is seen.</param>
/// <param name="Synchronized">Whether the client, or else the kernel, considers the system clock correct; null if
/// neither says.</param>
/// <param name="MaxError">The largest error of the system clock, as the kernel states it; null if it does not
/// say.</param>
/// <param name="Report">What the client itself answered; null if it did not answer.</param>
public sealed partial record HostTimeClient(
    string? Name, bool? Synchronized, TimeSpan? MaxError, HostTimeReport? Report)
{
    const int Unsynchronized = 5;   // TIME_ERROR, what adjtimex returns
    static readonly BoundedProgram Programs =
        new(BoundedProgram.HostFolders) { Most = 64 << 10, Patience = TimeSpan.FromSeconds(1) };

    static readonly (string Process, string Client)[] Known =
        [("chronyd", "chrony"), ("ntpd", "ntpd"), ("systemd-timesyn", "timesyncd"), ("openntpd", "openntpd")];

    /// <summary>Gets what the clock's events say about the client.</summary>
    public HostTime Told => new(Name, Synchronized, Report?.Offset);

    /// <summary>Asks the client and the kernel. A program that hangs costs up to a second.</summary>
    public static HostTimeClient Ask()
    {
        var running = Running();
        var (name, report) = running is null ? AskAll() : (running, Ask(running));
        var (synchronized, maxError) = Kernel();
        return new HostTimeClient(name, report?.Synchronized ?? synchronized, maxError, report);
    }

    /// <summary>
    /// Asks every known client: a sandbox may hide other processes (ProtectProc=), so one that answers must be running.
    /// </summary>
    static (string? Name, HostTimeReport? Report) AskAll()
    {
        foreach (var client in new[] { "chrony", "ntpd" })
            if (Ask(client) is { } report) return (client, report);
        // timedatectl reports NTP for any time client, but names a server only if timesyncd is the one in use.
        return Ask("timesyncd") is { Source: not null } timesyncd ? ("timesyncd", timesyncd) : (null, null);
    }

    static HostTimeReport? Ask(string client) => client switch
    {
        "chrony" => Said("chronyc", "-n", "tracking") is { } text ? HostTimeReport.OfChrony(text) : null,
        "ntpd" => Said("ntpq", "-n", "-c", "rv 0 leap,stratum,refid,offset") is { } text ? HostTimeReport.OfNtpd(text)
            : null,
        "timesyncd" => Said("timedatectl", "show", "-p", "NTPSynchronized") is { } text
            ? HostTimeReport.OfTimesyncd(
                text + Said(
                "timedatectl", "show-timesync", "-p", "ServerName", "-p", "ServerAddress", "-p",
                "NTPMessage")) : null,
        _ => null,
    };

    static string? Said(string program, params string[] arguments) =>
        Programs.Run(program, arguments) is { Succeeded: true } answer ? answer.Output : null;

    /// <summary>Asks the kernel; returns nulls if a sandbox forbids that (ProtectClock=).</summary>
    static (bool? Synchronized, TimeSpan? MaxError) Kernel()
    {
        var timex = default(Timex);
        var state = adjtimex(ref timex);
        return state < 0 ? (null, null) : (state != Unsynchronized, TimeSpan.FromMicroseconds(timex.MaxError));
    }

    /// <summary>
    /// Returns the client among the names of running processes, which the kernel cuts to 15 bytes; null if there is
    /// none.
    /// </summary>
    internal static string? NameOf(IReadOnlySet<string> processes)
    {
        foreach (var (process, client) in Known)
            if (processes.Contains(process)) return client;
        return null;
    }

    static string? Running()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(folder["/proc/".Length])) continue;
            try
            {
                // The kernel cuts a process's name to 15 bytes.
                var name = File.ReadAllText(folder + "/comm").TrimEnd('\n');
                foreach (var (process, client) in Known)
                    if (name == process) return client;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { }
        }
        return null;
    }

    /// <summary>
    /// struct timex of a 64-bit Linux, up to maxerror; the kernel writes 208 bytes. Modes 0 only reads.
    /// </summary>
    [StructLayout(LayoutKind.Sequential, Size = 208)]
    struct Timex
    {
        public int Modes;
        readonly int padding;
        public long Offset, Frequency, MaxError, EstimatedError;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int adjtimex(ref Timex timex);
}
