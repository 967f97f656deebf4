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
        if (syslog.Deaf is { } deaf)
            yield return daemon.Fail(
                new Said("check.syslog-deaf", ("target", deaf)), Mend(host, deaf), Start(host, deaf));
        else if (syslog.Daemon is { } running)
            yield return daemon.Pass(new Said("check.runs", ("program", running)));
        else yield return daemon.Fail(new Said("check.syslog-none"), Masked(host), Start(host));

        Clause delivered = new("syslog-delivered"), file = new("syslog-file"),
        remote = new("syslog-remote");
        if (LiveRules.Hidden(host) is { } hidden)
        {
            foreach (var clause in new[] { delivered, file, remote }) yield return clause.Unseen(hidden);
            yield break;
        }
        var status = host.Agent.Status.Seen!;
        (string, object?) last = ("seq", status.Journal.Seq);
        yield return Delivered(delivered, host, status, last);

        if (syslog.File.Seen is { } path)
            yield return file.Pass(new Said("check.syslog-file-found", ("path", path), last));
        else if (syslog.File.Hidden is { } why) yield return file.Unseen(why);
        // A new event reaches no file while rsyslog is down.
        else if (IsDown(host)) yield return file.Fail(
            new Said("check.syslog-file-none", last), Masked(host) ?? new Said("check.syslog-file-down"),
            Start(host, syslog.Deaf is { } away && IsLocal(away) ? away : null));
        else yield return file.Fail(
            new Said("check.syslog-file-none", last), new Said("check.syslog-file-mend"), NewEvent);

        if (Journald(new Clause("syslog-journald"), syslog, configured.Settings.Syslog, last) is { } row)
            yield return row;
        yield return Remote(remote, syslog, status, last);
    }

    static bool IsDown(HostFacts host) => host.Syslog.Rsyslog is UnitState.Missing or UnitState.Masked
        || (host.Syslog.Deaf is { } deaf && IsLocal(deaf));

    static bool IsLocal(string target) => target.StartsWith("unix:", StringComparison.Ordinal);

    /// <summary>
    /// Returns the command by which rsyslog runs, whatever state it is in: a masked unit cannot be enabled, and one
    /// that runs without the agent's socket has not read its file.
    /// </summary>
    /// <param name="deaf">The target at which nobody listens; null: no syslog runs.</param>
    /// <returns>Null for a target on another host.</returns>
    static string? Start(HostFacts host, string? deaf = null)
    {
        if (deaf is not null && !IsLocal(deaf)) return null;
        if (LabelRules.SocketMend(host) is { } labelled) return labelled;
        const string Enable = "systemctl enable --now rsyslog";
        var install = $"{host.System.Install("rsyslog", "rsyslog")} && {Enable}";
        return host.Syslog.Rsyslog switch
        {
            UnitState.Masked => $"systemctl unmask rsyslog.service syslog.socket && {Enable}",
            UnitState.Missing => install,
            UnitState.Unseen or UnitState.There when host.Syslog.Daemon == "rsyslogd" => "systemctl restart rsyslog",
            UnitState.There => Enable,
            UnitState.Unseen => deaf is null ? install : Enable,
        };
    }

    /// <summary>Returns what to know of a unit that is masked; null for every other.</summary>
    static Said? Masked(HostFacts host) =>
        host.Syslog.Rsyslog == UnitState.Masked ? new Said("check.syslog-masked-mend") : null;

    static Said Mend(HostFacts host, string deaf) => !IsLocal(deaf) ? new Said("check.syslog-mend-refused")
        : Masked(host) ?? new Said(
            host.Syslog.Rsyslog == UnitState.Missing ? "check.syslog-missing-mend" : "check.syslog-deaf-mend");

    static ConformityRow Delivered(
        Clause clause, HostFacts host, AgentStatus status, (string, object?) last)
    {
        if (status.Syslog.Count == 0) return clause.Unseen(new Said("check.syslog-unknown"));
        if (status.Syslog.FirstOrDefault(each => each.Problem is not null) is { Problem: { } problem } away)
            return clause.Fail(
                new Said(
                "check.syslog-away", ("target", away.Target), ("pending", away.Pending), ("since", away.Since),
                ("problem", new Said($"check.syslog-is-{problem}"))), new Said($"check.syslog-mend-{problem}"),
                problem is "missing" or "refused" && IsLocal(away.Target) ? Start(host, away.Target) : null);
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
