using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>
/// Which rows <c>check</c> has, and in which order: by the clauses of a call, or by subject where the profile names no
/// call that the program knows. What a call does not ask for is in no row.
/// </summary>
public sealed class ClauseTable
{
    static readonly (string Clause, string[] Rows)[] Ieem2021 =
    [
        ("I.1",
            ["opening", "agent-running", "agent-at-boot", "selinux-agent", "ntp-servers", "time-zone",
                "local-files", "one-file-system", "disk-space"]),
        ("I.2", ["public-access", "not-modified", "site-paths", "selinux", "selinux-page"]),
        ("I.3", ["site-root", "site-public"]),
        ("I.4", ["allow-override", "filters", "includes", "cgi", "charset"]),
        ("I.5", ["notice-to-institute"]),
        ("I.8", ["certificate-name", "registration"]),
        ("I.9", ["held-private", "troubles", "commitment"]),
        ("I.10", ["hash-coverage", "heal"]),
        ("I.11", ["cadence"]),
        ("I.12", ["probes"]),
        ("I.13", ["notify"]),
        ("II.1.a", ["operating-system"]),
        ("II.1.b", ["apache", "apache-config"]),
        ("II.1.c", ["ssh"]),
        ("II.1.d", ["ntp-client"]),
        ("II.1.e", ["syslog", "selinux-syslog", "syslog-delivered", "syslog-file", "syslog-journald", "syslog-remote"]),
        ("II.2.a", ["bandwidth"]),
        ("II.2.b", ["public-address"]),
        ("II.2.c",
            ["firewall-https", "firewall-ssh", "https", "tls-protocols", "certificate-dates", "ssh-forwarding",
                "ssh-password", "drop-modes", "ntp-sync", "ntp-pool"]),
        ("II.3", ["ssh-account", "ssh-chroot", "drop", "selinux-drop", "drop-service", "receipts", "rehearsal"]),
        ("III", ["institute-verifies"]),
        ("IV", ["contact"]),
    ];

    static readonly (string Subject, string[] Rows)[] Generic =
    [
        ("publication",
            ["opening", "agent-running", "agent-at-boot", "selinux-agent", "cadence", "held-private", "troubles"]),
        ("site",
            ["site-root", "site-public", "site-paths", "public-access", "not-modified", "allow-override", "filters",
                "includes", "cgi", "charset", "selinux", "selinux-page", "https", "tls-protocols",
                "certificate-dates", "certificate-name", "hash-coverage", "heal", "probes"]),
        ("delivery",
            ["ssh", "ssh-account", "ssh-chroot", "ssh-forwarding", "ssh-password", "drop", "drop-modes",
                "selinux-drop", "drop-service", "receipts"]),
        ("time", ["ntp-client", "ntp-sync", "ntp-servers", "time-zone"]),
        ("host",
            ["operating-system", "apache", "apache-config", "public-address", "firewall-https", "firewall-ssh",
                "local-files", "one-file-system", "disk-space"]),
        ("notices",
            ["notify", "syslog", "selinux-syslog", "syslog-delivered", "syslog-file", "syslog-journald",
                "syslog-remote"]),
        ("institute",
            ["notice-to-institute", "registration", "commitment", "rehearsal", "institute-verifies", "contact"]),
    ];

    readonly bool isOfACall;
    readonly List<(string Part, string Row)> rows;

    ClauseTable(bool isOfACall, (string Part, string[] Rows)[] parts) =>
        (this.isOfACall, rows) = (isOfACall, [.. parts.SelectMany(part => part.Rows.Select(row => (part.Part, row)))]);

    /// <summary>Gets the ids of its rows.</summary>
    public IEnumerable<string> Ids => rows.Select(row => row.Row);

    public static ClauseTable Of(CallClauses clauses) => clauses switch
    {
        CallClauses.Generic => new(isOfACall: false, Generic),
        CallClauses.Ieem2021 => new(isOfACall: true, Ieem2021),
    };

    /// <summary>Returns the rows that the call asks for, in its order, each with its clause.</summary>
    public IEnumerable<ConformityRow> Ordered(IEnumerable<ConformityRow> found)
    {
        var byId = found.ToLookup(row => row.Id);
        return rows.SelectMany(place => byId[place.Row].Select(row => isOfACall
            ? row with { Clause = place.Part }
            : row with { Subject = new Said($"check.subject-{place.Part}") }));
    }
}
