using System.Text.RegularExpressions;

namespace Difusor.Agent.Setup;

/// <summary>
/// Names and own files of one instance: <c>agent</c> is the one of difusor-agent.service; another has its name from its
/// configuration file, /etc/difusor-agent/NAME.yaml.
/// </summary>
public sealed partial record SetupInstance(string Name)
{
    const string Etc = "/etc/difusor-agent";

    public bool IsFirst => Name == "agent";

    /// <summary>
    /// The instance of a configuration file; null where its place or name is no instance's: units look in
    /// /etc/difusor-agent only.
    /// </summary>
    public static SetupInstance? Of(string config) =>
        config.StartsWith(Etc + "/", StringComparison.Ordinal) && config.EndsWith(".yaml", StringComparison.Ordinal)
        && config[(Etc.Length + 1)..^5] is var name && Simple().IsMatch(name) && name is not "entrega"
            ? new SetupInstance(name) : null;

    public string Unit => IsFirst ? "difusor-agent.service" : $"difusor-agent@{Name}.service";
    public string Account => IsFirst ? "difusor-entrega" : $"difusor-{Name}";
    public string Config => $"{Etc}/{Name}.yaml";
    public string Home => IsFirst ? "/srv/difusor" : $"/srv/difusor/{Name}";
    public string State => IsFirst ? "/var/lib/difusor-agent" : $"/var/lib/difusor-agent-{Name}";
    public string Run => IsFirst ? "/run/difusor-agent" : $"/run/difusor-agent-{Name}";
    /// <summary>The name of Apache's site, of sshd's drop-in, of the rest.</summary>
    public string Site => IsFirst ? "difusor-agent" : $"difusor-agent-{Name}";

    public string Keys => $"{Etc}/ssh/{Account}.keys";
    public string SshDropIn => $"/etc/ssh/sshd_config.d/10-difusor-agent-{Name}.conf";
    public string ApacheNames => $"{Etc}/apache/{Name}.conf";
    public string RsyslogDropIn =>
        IsFirst ? "/etc/rsyslog.d/30-difusor-agent.conf" : $"/etc/rsyslog.d/30-difusor-agent-{Name}.conf";
    public string Sysusers => $"/etc/sysusers.d/difusor-agent-{Name}.conf";
    public string Tmpfiles => $"/etc/tmpfiles.d/difusor-agent-{Name}.conf";
    /// <summary>What `--undo` has to run: a command a line, its words between tabs.</summary>
    public string Record => $"{Etc}/setup/{Name}.undo";
    /// <summary>
    /// Where rsyslog's socket for it lies: a folder of root's, for rsyslogd removes and makes it as root; not the
    /// agent's, whose account could lead that elsewhere. AppArmor's profile of rsyslogd on Ubuntu allows
    /// /var/lib/*/dev/log and no other place.
    /// </summary>
    public string SyslogFolder => IsFirst ? "/var/lib/difusor-syslog" : $"/var/lib/difusor-syslog-{Name}";
    public string SyslogSocket => SyslogFolder + "/dev/log";
    /// <summary>Where it lay up to version 0.1.0.</summary>
    public string FormerSyslogSocket => State + "/dev/log";

    public string SiteFile(bool debian) =>
        $"{(debian ? "/etc/apache2/sites-available" : "/etc/httpd/conf.d")}/{Site}.conf";
    public static string SharedSite(bool debian) => new SetupInstance("agent").SiteFile(debian);

    /// <summary>All files that setup may write or remove for it.</summary>
    public IEnumerable<string> Files(bool debian)
    {
        string[] always = [Config, Keys, SshDropIn, ApacheNames, Record];
        return IsFirst ? always : [.. always, RsyslogDropIn, Sysusers, Tmpfiles, SiteFile(debian)];
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,19}\\z")]
    private static partial Regex Simple();
}
