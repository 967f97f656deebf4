using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// Finds journald's own socket, which is separate from the one it keeps for syslog(3). Through /dev/log journald takes
/// only a text; through its own socket it takes the fields too. It still passes the text on to a syslog daemon.
/// </summary>
static class JournaldSocket
{
    const string ForSyslog = "/run/systemd/journal/dev-log", Own = "/run/systemd/journal/socket";

    /// <summary>
    /// Returns journald's own socket if the target is journald's. Null if the target belongs to another program, or
    /// journald has no socket of its own.
    /// </summary>
    public static SyslogTarget? Behind(SyslogTarget target) =>
        target.Kind == SyslogTransportKind.Unix && RealPath(target.Host) == ForSyslog && File.Exists(Own)
            ? target with { Host = Own } : null;

    static string RealPath(string path)
    {
        try { return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path; }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { return path; }
    }
}
