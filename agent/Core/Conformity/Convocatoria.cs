using Difusor.Agent.Configuration;

namespace Difusor.Agent.Conformity;

/// <summary>
/// The convocatoria, clause by clause (contract, section 3): turns the facts about a host into the rows of
/// <c>check</c>.
/// </summary>
public static class Convocatoria
{
    static readonly string[] Parts = ["I", "II", "III", "IV"];

    /// <summary>Returns all rows, in the order of the call.</summary>
    public static IReadOnlyList<ConformityRow> Rows(HostFacts host, Configured configured) =>
        [.. All(host, configured).OrderBy(row => Place(row.Clause))];

    /// <summary>Returns <c>II.2.c</c> as a number to sort by.</summary>
    static int Place(string clause)
    {
        var steps = clause.Split('.');
        var number = steps.Length > 1
            && int.TryParse(steps[1], NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : 0;
        return (Array.IndexOf(Parts, steps[0]) * 10_000) + (number * 100) + (steps.Length > 2 ? steps[2][0] - 'a' : 0);
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
        .. TimeRules.Rows(host, configured),
        .. StorageRules.Rows(host, configured),
        .. PaperRules.Rows(configured),
    ];

    /// <summary>Returns whether no clause fails.</summary>
    public static bool Conforms(IEnumerable<ConformityRow> rows) => rows.All(row => row.Standing != Standing.Fail);
}
