using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>
/// Clause II.1.e: syslog runs, receives the agent's messages, stores them, and another host has them too.
/// </summary>
static class SyslogRules
{
    public static IEnumerable<ConformityRow> Rows(HostFacts host, Configured configured)
    {
        var (syslog, target) = (host.Syslog, configured.Settings.Syslog.Target);
        var daemon = new Clause("syslog", "II.1.e");
        var install = host.System.Install("rsyslog", "rsyslog") + " && systemctl enable --now rsyslog";
        if (syslog.TargetIsThere == false)
            yield return daemon.Fail(
                new Said("check.syslog-deaf", ("target", target)), new Said("check.syslog-deaf-mend"),
                "systemctl enable --now rsyslog");
        else if (syslog.Daemon is { } running)
            yield return daemon.Pass(new Said("check.syslog-runs", ("program", running), ("target", target)));
        else yield return daemon.Fail(new Said("check.syslog-none"), command: install);

        var file = new Clause("syslog-file", "II.1.e");
        if (syslog.File.Hidden is { } why) yield return file.Unseen(why);
        else if (syslog.File.Seen is { } path)
            yield return file.Pass(new Said("check.syslog-file-found", ("path", path)));
        else yield return file.Fail(new Said("check.syslog-file-none"), new Said("check.syslog-file-mend"), install);

        var remote = new Clause("syslog-remote", "II.1.e");
        var own = target.StartsWith("unix:", StringComparison.Ordinal)
            || target.Contains("//localhost", StringComparison.Ordinal) || target.Contains(
            "//127.", StringComparison.Ordinal) ? null : target;
        if (own is not null) yield return remote.Pass(new Said("check.syslog-remote-found", ("hosts", own)));
        else if (syslog.Forwards.Seen is { Count: > 0 } hosts)
            yield return remote.Pass(new Said("check.syslog-remote-found", ("hosts", string.Join(", ", hosts))));
        else yield return remote.Warn(
            syslog.Forwards.Hidden ?? new Said("check.syslog-remote-none"), new Said("check.syslog-remote-mend"));
    }
}
