using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Journal;

/// <summary>What all messages of one agent have in common.</summary>
/// <param name="Facility">The number of the facility: 16 for local0.</param>
/// <param name="Host">HOSTNAME; null if it is left out.</param>
/// <param name="Zone">The time zone of the host: the local format has local time without an offset.</param>
/// <param name="SdId">The SD-ID: <c>difusor@32473</c>.</param>
/// <param name="Instance">The name of the instance, which each message tells; null: it is the host's first one.</param>
public sealed record SyslogIdentity(
    int Facility, string? Host, int Pid, TimeZoneInfo Zone, string SdId, Language Language, string? Instance = null)
{
    public const string AppName = "difusor-agent";

    static readonly string[] Facilities =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
        "audit", "alert", "clock",
        "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    /// <summary>Returns the number of a facility; null if the name is unknown.</summary>
    public static int? FacilityNamed(string name) =>
        Array.IndexOf(Facilities, name) is var number and >= 0 ? number : null;

    /// <summary>Returns PRI (RFC 5424, section 6.2.1).</summary>
    public int Priority(Severity severity) => Facility * 8 + (int)severity;
}
