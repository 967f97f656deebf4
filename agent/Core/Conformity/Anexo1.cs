using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>A field of the form.</summary>
/// <param name="Key">The name for programs.</param>
/// <param name="Label">The label on the form, in Spanish.</param>
/// <param name="Value">The value; null if only people know it.</param>
public sealed record FormField(string Key, string Label, string? Value);

/// <summary>
/// Fills the technical fields of Anexo 1, the difusor's registration form, from this host. It never fills in a
/// password.
/// </summary>
public static class Anexo1
{
    public static ImmutableArray<FormField> Of(ConformityReport report, Language language)
    {
        var (host, site) = (report.Host, report.SiteName);
        var port = host.Ssh.Seen?.Ports is [var first, ..] ? first : 22;
        var addresses = host.Addresses.Where(NetworkRules.IsPublic).DefaultIfEmpty(null).First();
        return
        [
            new("site", "DIRECCIÓN DEL SITIO WEB DEL DIFUSOR", site is null ? null : $"https://{site}/"),
            new("link", "PROPUESTA DE ENLACE (LIGA DE ACCESO)", site),
            new("sftp_host", "IP O DOMINIO DE CUENTA FTP",
                site is null && addresses is null ? null
                : $"{string.Join(", ", new[] { site, addresses }.OfType<string>())}; SFTP (SSH), tcp {port}"),
            new("sftp_host_key", "HUELLA DE LA LLAVE DEL SERVIDOR SFTP (SSH)",
                host.Ssh.Seen?.HostKeys is { IsEmpty: false } keys ? string.Join("; ", keys) : null),
            new("sftp_user", "USUARIO", host.Institute),
            new("sftp_password", "CONTRASEÑA", Messages.Say(language, "check.form-password")),
            new("software", "SOFTWARE DEL SERVIDOR WEB (S.O., WEB, ETC)", string.Join("; ", Software(report))),
            new("hardware", "CARACTERÍSTICAS DE HARDWARE (RAM, HDD, ETC)",
                $"{host.Hardware.Processors} × {host.Hardware.Processor}; RAM {Times.Bytes(host.Hardware.Memory)}; "
                    + $"HDD {Times.Bytes(host.Hardware.Disk)}"),
            new("power", "INFRAESTRUCTURA DE ALIMENTACIÓN ELÉCTRICA", null),
            new("network", "INFRAESTRUCTURA DE RED Y SEGURIDAD DE ACCESO",
                string.Join("; ", Network(report, language))),
        ];
    }

    static IEnumerable<string> Software(ConformityReport report)
    {
        var host = report.Host;
        yield return host.System.Name;
        if (host.Web.Seen is { } web) yield return $"Apache {web.Version}";
        if (host.Ssh.Seen is { } ssh) yield return ssh.Version.Replace('_', ' ');
        if (host.Time.Client is { } client) yield return $"NTP: {client}";
        if (host.Syslog.Daemon is { } syslog) yield return $"Syslog: {syslog}";
        yield return $"difusor-agent {report.Version}";
    }

    static IEnumerable<string> Network(ConformityReport report, Language language)
    {
        foreach (var row in report.Rows)
            if (row.Id is "https" or "certificate-dates" or "firewall-https" or "firewall-ssh" or "ssh-account"
                && row.Standing is Standing.Pass or Standing.Warn)
                yield return row.Found.In(language).TrimEnd('.');
    }
}
