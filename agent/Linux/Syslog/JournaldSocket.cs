using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// journald's own socket beside the one it keeps for syslog(3). Through /dev/log it takes a text only; through its own
/// also the fields, and it hands the text on to a syslog daemon all the same.
/// </summary>
static class JournaldSocket
{
    const string ForSyslog = "/run/systemd/journal/dev-log", Own = "/run/systemd/journal/socket";

    /// <summary>
    /// Where the target is journald's: the same host's own socket. Null where it is somebody else's, or journald has
    /// none.
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
