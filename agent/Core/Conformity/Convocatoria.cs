using Difusor.Agent.Configuration;

namespace Difusor.Agent.Conformity;

/// <summary>
/// The convocatoria, clause by clause (contract, section 3): turns the facts about a host into the rows of
/// <c>check</c>.
/// </summary>
public static class Convocatoria
{
    /// <summary>
    /// Returns all rows that the election's call asks for, in its order, with their times as its clocks show them.
    /// </summary>
    public static IReadOnlyList<ConformityRow> Rows(HostFacts host, Configured configured)
    {
        var zone = ZoneAgreement.Zone(configured.Profile);
        return
        [
            .. ClauseTable.Of(configured.Profile.Clauses).Ordered(All(host, configured))
                .Select(row => row with { Found = row.Found.At(zone), Mend = row.Mend?.At(zone) }),
        ];
    }

    static IEnumerable<ConformityRow> All(HostFacts host, Configured configured) =>
    [
        .. PublicationRules.Rows(host, configured),
        .. ContentRules.Rows(host, configured),
        .. AgentRules.Rows(host, configured),
        .. LiveRules.Rows(host, configured),
        .. SoftwareRules.Rows(host, configured),
        .. SyslogRules.Rows(host, configured),
        .. NetworkRules.Rows(host),
        .. SiteRules.Rows(host, configured),
        .. SshRules.Rows(host, configured),
        .. DropRules.Rows(host, configured),
        .. LabelRules.Rows(host),
        .. TimeRules.Rows(host, configured),
        .. StorageRules.Rows(host, configured),
        .. PaperRules.Rows(configured),
    ];

    /// <summary>Returns whether no clause fails.</summary>
    public static bool Conforms(IEnumerable<ConformityRow> rows) => rows.All(row => row.Standing != Standing.Fail);
}
