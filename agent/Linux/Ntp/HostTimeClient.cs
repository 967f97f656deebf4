using System.Runtime.InteropServices;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Linux.Ntp;

/// <summary>
/// What the host's own NTP client says, for <c>check</c>, <c>clock</c> and the clock's events; never a source of time
/// here. The client is asked by its own query program; the kernel keeps what it last told it (adjtimex(2)).
/// </summary>
/// <param name="Name"><c>chrony</c>, <c>ntpd</c>, <c>timesyncd</c> or <c>openntpd</c>; null where none is seen.</param>
/// <param name="Synchronized">The client, or else the kernel, holds the system clock to be right; null where neither
/// says.</param>
/// <param name="MaxError">By how much the kernel says the system clock may be wrong at most; null where it does not
/// say.</param>
/// <param name="Report">What the client itself answered; null where it did not.</param>
public sealed partial record HostTimeClient(
    string? Name, bool? Synchronized, TimeSpan? MaxError, HostTimeReport? Report)
{
    const int Unsynchronized = 5;   // TIME_ERROR, what adjtimex returns
    static readonly BoundedProgram Programs =
        new(BoundedProgram.HostFolders) { Most = 64 << 10, Patience = TimeSpan.FromSeconds(1) };

    static readonly (string Process, string Client)[] Known =
        [("chronyd", "chrony"), ("ntpd", "ntpd"), ("systemd-timesyn", "timesyncd"), ("openntpd", "openntpd")];

    /// <summary>Gets what the clock's events tell of it.</summary>
    public HostTime Told => new(Name, Synchronized, Report?.Offset);

    /// <summary>Takes up to a second a program that hangs.</summary>
    public static HostTimeClient Ask()
    {
        var running = Running();
        var (name, report) = running is null ? AskAll() : (running, Ask(running));
        var (synchronized, maxError) = Kernel();
        return new HostTimeClient(name, report?.Synchronized ?? synchronized, maxError, report);
    }

    /// <summary>A sandbox may hide other processes (ProtectProc=): then whoever answers is there.</summary>
    static (string? Name, HostTimeReport? Report) AskAll()
    {
        foreach (var client in new[] { "chrony", "ntpd" })
            if (Ask(client) is { } report) return (client, report);
        // timedatectl speaks of NTP whoever keeps the time, and names a server only where timesyncd follows it.
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

    /// <summary>Nothing where a sandbox forbids to ask (ProtectClock=).</summary>
    static (bool? Synchronized, TimeSpan? MaxError) Kernel()
    {
        var timex = default(Timex);
        var state = adjtimex(ref timex);
        return state < 0 ? (null, null) : (state != Unsynchronized, TimeSpan.FromMicroseconds(timex.MaxError));
    }

    /// <summary>
    /// The client among the names of running processes, which the kernel cuts to 15 bytes; null where none is.
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
