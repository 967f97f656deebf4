using Difusor.Agent.Configuration;

namespace Difusor.Agent.Journal;

public enum SyslogTransportKind { Unix, Udp, Tcp, Tls }

/// <summary>Where messages go: <c>unix:/path</c>, or a host with a port.</summary>
/// <param name="Host">The name or address of the host; the path for a unix socket.</param>
/// <param name="Port">The port; 0 for a unix socket.</param>
public sealed record SyslogTarget(SyslogTransportKind Kind, string Host, int Port)
{
    /// <summary>
    /// Reads <c>syslog.target</c>. Returns null if it has none of the four forms. If the port is missing, the default
    /// of the transport is used.
    /// </summary>
    public static SyslogTarget? Read(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal))
            return text.Length > 6 && text[5] == '/' ? new(SyslogTransportKind.Unix, text[5..], 0) : null;
        return ReadHost(text, "udp://", SyslogTransportKind.Udp, 514)
            ?? ReadHost(text, "tcp://", SyslogTransportKind.Tcp, 601)
            ?? ReadHost(text, "tls://", SyslogTransportKind.Tls, 6514);
    }

    /// <summary>
    /// Returns the format to use. Auto means RFC 5424, but the local format for a socket that belongs to journald,
    /// which does not read RFC 5424.
    /// </summary>
    public SyslogFormat FormatFor(SyslogFormat asked) => (asked, Kind, Host) switch
    {
        (SyslogFormat.Auto, SyslogTransportKind.Unix, "/dev/log" or "/run/systemd/journal/dev-log") =>
            SyslogFormat.Local,
        (SyslogFormat.Auto, _, _) => SyslogFormat.Rfc5424,
        _ => asked,
    };

    public override string ToString() => Kind == SyslogTransportKind.Unix
        ? $"unix:{Host}"
        : string.Create(CultureInfo.InvariantCulture, $"{Kind.ToString().ToLowerInvariant()}://{Bracketed}:{Port}");

    string Bracketed => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;

    static SyslogTarget? ReadHost(string text, string scheme, SyslogTransportKind kind, int port)
    {
        if (!text.StartsWith(scheme, StringComparison.Ordinal)) return null;
        var rest = text[scheme.Length..].TrimEnd('/');
        var bracket = rest.StartsWith('[') ? rest.IndexOf(']', StringComparison.Ordinal) : -1;
        var colon = rest.LastIndexOf(':');
        var host = bracket > 0 ? rest[1..bracket] : colon >= 0 ? rest[..colon] : rest;
        if (colon > bracket
            && !(int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port is > 0 and < 65536)) return null;
        var valid = bracket > 0 ? Uri.CheckHostName(host) == UriHostNameType.IPv6
            : Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4;
        return valid ? new SyslogTarget(kind, host, port) : null;
    }
}
