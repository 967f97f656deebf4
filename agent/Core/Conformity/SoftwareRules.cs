using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>Clause II.1: operating system, Apache, SSH server, NTP client.</summary>
static class SoftwareRules
{
    public static IEnumerable<ConformityRow> Rows(HostFacts host, Configured configured)
    {
        yield return System(host, configured);
        yield return Apache(host);
        var web = host.Web.Seen;
        var config = new Clause("apache-config");
        if (web?.Problem is { } problem)
            yield return config.Fail(
                new Said("check.apache-config-wrong", ("problem", problem)),
                command: host.System.Either("apache2ctl configtest", "apachectl configtest"));
        else if (ContentRules.Unseen(host) is { } why) yield return config.Unseen(why);
        else yield return config.Pass(new Said("check.apache-config-right"));
        yield return Ssh(host);
        var ntp = new Clause("ntp-client");
        yield return host.Time.Client is { } client
            ? ntp.Pass(new Said("check.runs", ("program", client)))
            : ntp.Fail(
                new Said("check.ntp-client-none"),
                command: host.System.Install("chrony", "chrony") + " && systemctl enable --now " + host.System.Either(
                "chrony", "chronyd"));
    }

    static ConformityRow System(HostFacts host, Configured configured)
    {
        var names = configured.Profile.Clauses == CallClauses.Ieem2021;
        var clause = new Clause("operating-system");
        var system = host.System;
        var night = DateOnly.FromDateTime(
            (host.Now > configured.Profile.KeepUntil ? host.Now : configured.Profile.KeepUntil).UtcDateTime);
        if (names && !system.IsNamed && system.KinOf is null)
            return clause.Fail(
                new Said("check.system-other", ("name", system.Name)), new Said("check.system-other-mend"));
        if (system.End is not { } end)
            return clause.Warn(
                new Said("check.system-unknown", ("name", system.Name)), new Said("check.system-unknown-mend"));
        if (end < night)
            return clause.Fail(
                new Said("check.system-old", ("name", system.Name), ("end", end.ToString("O"))),
                new Said("check.system-old-mend"));
        return system.IsNamed || !names
            ? clause.Pass(new Said("check.system-named", ("name", system.Name), ("end", end.ToString("O"))))
            : clause.Warn(
                new Said("check.system-kin", ("name", system.Name), ("kin", system.KinOf), ("end", end.ToString("O"))),
                new Said("check.system-kin-mend"));
    }

    static ConformityRow Apache(HostFacts host)
    {
        var clause = new Clause("apache");
        var start = "systemctl enable --now " + host.System.Either("apache2", "httpd");
        if (host.Web.Hidden is { } why) return clause.Unseen(why);
        if (host.Web.Seen is not { } web)
            return clause.Fail(
                new Said("check.apache-none"),
                command: host.System.Install("apache2", "httpd mod_ssl") + " && " + start);
        if (!Version.TryParse(web.Version, out var version) || version < new Version(2, 4))
            return clause.Fail(
                new Said("check.apache-old", ("version", web.Version)),
                command: host.System.Install("apache2", "httpd"));
        return web.Running ? clause.Pass(new Said("check.apache-runs", ("version", web.Version)))
            : clause.Fail(new Said("check.apache-stopped", ("version", web.Version)), command: start);
    }

    static ConformityRow Ssh(HostFacts host)
    {
        var clause = new Clause("ssh");
        var start = "systemctl enable --now " + host.System.Either("ssh", "sshd");
        if (host.Ssh.Hidden is { } why) return clause.Unseen(why);
        if (host.Ssh.Seen is not { } ssh)
            return clause.Fail(
                new Said("check.ssh-none"),
                command: host.System.Install("openssh-server", "openssh-server") + " && " + start);
        if (host.Listening.Hidden is { } hidden) return clause.Unseen(hidden);
        var heard = ssh.Ports.Where(port => host.Listening.Seen!.Contains(port)).ToList();
        return heard.Count > 0
            ? clause.Pass(new Said("check.ssh-runs", ("version", ssh.Version), ("port", heard[0])))
            : clause.Fail(
                new Said("check.ssh-stopped", ("version", ssh.Version), ("ports", string.Join(", ", ssh.Ports))),
                command: start);
    }
}
