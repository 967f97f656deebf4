using System.Text.RegularExpressions;

namespace Difusor.Agent.Setup;

/// <summary>
/// The names and files of one instance. <c>agent</c> is the one of difusor-agent.service; another instance is named
/// after its configuration file, /etc/difusor-agent/NAME.yaml.
/// </summary>
public sealed partial record SetupInstance(string Name)
{
    const string Etc = "/etc/difusor-agent";

    public bool IsFirst => Name == "agent";

    /// <summary>
    /// Returns the instance of a configuration file; null if its folder or name does not fit, because units look only
    /// in /etc/difusor-agent. Two names would give the accounts of the first instance.
    /// </summary>
    public static SetupInstance? Of(string config) =>
        config.StartsWith(Etc + "/", StringComparison.Ordinal) && config.EndsWith(".yaml", StringComparison.Ordinal)
        && config[(Etc.Length + 1)..^5] is var name && Simple().IsMatch(name)
        && name is not ("entrega" or "agent-fetch")
            ? new SetupInstance(name) : null;

    public string Unit => UnitNamed("") + ".service";
    public string Account => IsFirst ? "difusor-entrega" : $"difusor-{Name}";
    public string Config => $"{Etc}/{Name}.yaml";
    public string Home => IsFirst ? "/srv/difusor" : $"/srv/difusor/{Name}";
    public string State => IsFirst ? "/var/lib/difusor-agent" : $"/var/lib/difusor-agent-{Name}";
    public string Run => IsFirst ? "/run/difusor-agent" : $"/run/difusor-agent-{Name}";
    /// <summary>Gets the name of Apache's site, which rsyslog's files use too.</summary>
    public string Site => IsFirst ? "difusor-agent" : $"difusor-agent-{Name}";

    public string Keys => $"{Etc}/ssh/{Account}.keys";
    public string SshDropIn => $"/etc/ssh/sshd_config.d/10-difusor-agent-{Name}.conf";
    public string ApacheNames => $"{Etc}/apache/{Name}.conf";
    public string RsyslogDropIn =>
        IsFirst ? "/etc/rsyslog.d/30-difusor-agent.conf" : $"/etc/rsyslog.d/30-difusor-agent-{Name}.conf";
    public string Sysusers => $"/etc/sysusers.d/difusor-agent-{Name}.conf";
    public string Tmpfiles => $"/etc/tmpfiles.d/difusor-agent-{Name}.conf";
    /// <summary>
    /// Gets the file with the commands that `--undo` must run: one command per line, its words separated by tabs.
    /// </summary>
    public string Record => $"{Etc}/setup/{Name}.undo";
    /// <summary>Gets where `--undo` leaves an agent.yaml that somebody has edited since setup wrote it.</summary>
    public string Saved => $"{Etc}/setup/{Name}.yaml.saved";
    /// <summary>
    /// Gets the folder of its rsyslog socket. The folder belongs to root, because rsyslogd removes and creates the
    /// socket as root; the agent's account could redirect that if it owned the folder. Ubuntu's AppArmor profile of
    /// rsyslogd allows /var/lib/*/dev/log and no other place.
    /// </summary>
    public string SyslogFolder => IsFirst ? "/var/lib/difusor-syslog" : $"/var/lib/difusor-syslog-{Name}";
    public string SyslogSocket => SyslogFolder + "/dev/log";
    /// <summary>Gets where the socket was up to version 0.1.0.</summary>
    public string FormerSyslogSocket => State + "/dev/log";

    public string SiteFile(bool debian) =>
        $"{(debian ? "/etc/apache2/sites-available" : "/etc/httpd/conf.d")}/{Site}.conf";

    /// <summary>Returns the name of one of its units, without the ending.</summary>
    /// <param name="part">What it does beside the agent: <c>-entrega</c>; empty: the agent's own unit.</param>
    public string UnitNamed(string part) => IsFirst ? $"difusor-agent{part}" : $"difusor-agent{part}@{Name}";

    public static string SharedSite(bool debian) => new SetupInstance("agent").SiteFile(debian);

    /// <summary>Returns all files that setup may write or remove for it.</summary>
    public IEnumerable<string> Files(bool debian)
    {
        string[] always = [Config, Keys, SshDropIn, ApacheNames, Record, Saved];
        return IsFirst ? always : [.. always, RsyslogDropIn, Sysusers, Tmpfiles, SiteFile(debian)];
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,19}\\z")]
    private static partial Regex Simple();
}
