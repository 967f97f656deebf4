using Difusor.Agent.Configuration;
using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>
/// Clause II.1.e: syslog runs, and the agent's last event has arrived wherever it must: at each target, in a file, in
/// journald, on another host.
/// </summary>
static class SyslogRules
{
    /// <summary>Makes a fresh event, which must then arrive everywhere.</summary>
    const string NewEvent = "difusor-agent notify test";

    public static IEnumerable<ConformityRow> Rows(HostFacts host, Configured configured)
    {
        var syslog = host.Syslog;
        var daemon = new Clause("syslog");
        var install = host.System.Install("rsyslog", "rsyslog") + " && systemctl enable --now rsyslog";
        if (syslog.Deaf is { } deaf)
            yield return daemon.Fail(
                new Said("check.syslog-deaf", ("target", deaf)), new Said("check.syslog-deaf-mend"),
                "systemctl enable --now rsyslog");
        else if (syslog.Daemon is { } running)
            yield return daemon.Pass(new Said("check.runs", ("program", running)));
        else yield return daemon.Fail(new Said("check.syslog-none"), command: install);

        Clause delivered = new("syslog-delivered"), file = new("syslog-file"),
        remote = new("syslog-remote");
        if (LiveRules.Hidden(host) is { } hidden)
        {
            foreach (var clause in new[] { delivered, file, remote }) yield return clause.Unseen(hidden);
            yield break;
        }
        var status = host.Agent.Status.Seen!;
        (string, object?) last = ("seq", status.Journal.Seq);
        yield return Delivered(delivered, status, last);

        if (syslog.File.Seen is { } path)
            yield return file.Pass(new Said("check.syslog-file-found", ("path", path), last));
        else if (syslog.File.Hidden is { } why) yield return file.Unseen(why);
        else yield return file.Fail(
            new Said("check.syslog-file-none", last), new Said("check.syslog-file-mend"), NewEvent);

        if (Journald(new Clause("syslog-journald"), syslog, configured.Settings.Syslog, last) is { } row)
            yield return row;
        yield return Remote(remote, syslog, status, last);
    }

    static ConformityRow Delivered(Clause clause, AgentStatus status, (string, object?) last)
    {
        if (status.Syslog.Count == 0) return clause.Unseen(new Said("check.syslog-unknown"));
        if (status.Syslog.FirstOrDefault(each => each.Problem is not null) is { Problem: { } problem } away)
            return clause.Fail(
                new Said(
                "check.syslog-away", ("target", away.Target), ("pending", away.Pending), ("since", away.Since),
                ("problem", new Said($"check.syslog-is-{problem}"))), new Said($"check.syslog-mend-{problem}"));
        if (status.Syslog.FirstOrDefault(each => each.Pending > 0) is { } behind)
            return clause.Warn(
                new Said("check.syslog-behind", ("target", behind.Target), ("pending", behind.Pending)),
                new Said("check.syslog-behind-mend"));
        (string, object?) targets = ("targets", string.Join(", ", status.Syslog.Select(each => each.Target)));
        return status.Syslog.Any(IsUdp)
            ? clause.ByHand(
                new Said("check.syslog-udp", targets, last), new Said("check.syslog-udp-mend"), NewEvent)
            : clause.Pass(new Said("check.syslog-delivered-all", targets, last));
    }

    /// <summary>
    /// Checks whether <c>journalctl -x</c> shows the events with the texts of the catalogue. The call does not ask for
    /// it.
    /// </summary>
    /// <returns>Null on a host without journald, or if nobody may look.</returns>
    static ConformityRow? Journald(Clause clause, SyslogFacts syslog, SyslogSettings settings, (string, object?) last)
    {
        if (syslog.Journald is not { } arrived) return null;
        if (arrived) return clause.Pass(new Said("check.syslog-journald-found", last));
        return settings.All.Any(target => target is "unix:/dev/log" or "unix:/run/systemd/journal/dev-log")
            ? clause.Fail(new Said("check.syslog-journald-none", last), command: NewEvent)
            : clause.Warn(new Said("check.syslog-journald-unsent"), new Said("check.syslog-journald-mend"));
    }

    static ConformityRow Remote(Clause clause, SyslogFacts syslog, AgentStatus status, (string, object?) last)
    {
        var others = status.Syslog.Where(IsElsewhere).ToList();
        if (others.Find(each => !IsUdp(each) && each is { Pending: 0, Problem: null }) is { } proven)
            return clause.Pass(new Said("check.syslog-remote-found", ("host", proven.Target), last));
        if (others.Count > 0 || syslog.Forwards.Seen is { Count: > 0 })
            return clause.ByHand(
                new Said(
                "check.syslog-remote-said",
                ("hosts",
                    string.Join(
                    ", ", others.Select(each => each.Target).Concat(syslog.Forwards.Seen ?? [])))),
                new Said("check.syslog-remote-look", last));
        return clause.Warn(
            syslog.Forwards.Hidden ?? new Said("check.syslog-remote-none"), new Said("check.syslog-remote-mend"));
    }

    static bool IsUdp(SyslogStatus target) => target.Target.StartsWith("udp:", StringComparison.Ordinal);

    static bool IsElsewhere(SyslogStatus target) =>
        !target.Target.StartsWith("unix:", StringComparison.Ordinal)
        && !target.Target.Contains("//localhost", StringComparison.Ordinal)
        && !target.Target.Contains("//127.", StringComparison.Ordinal)
        && !target.Target.Contains("//[::1]", StringComparison.Ordinal);
}
