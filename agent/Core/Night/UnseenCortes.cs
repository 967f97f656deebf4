using Difusor.Agent.Events;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Night;

/// <summary>
/// Knows from the records of which series it was told this night that no page shows the corte. What the institute's
/// pages lack they lack at each corte: once is enough.
/// </summary>
public sealed class UnseenCortes
{
    readonly HashSet<string> told = new(StringComparer.Ordinal);
    string? election;

    /// <summary>Returns whether it is still to be told of a package.</summary>
    public bool IsNews(string package) => !told.Contains(SeriesOf(package));

    /// <summary>Takes a record, of this run or an earlier one.</summary>
    public void Hear(JournalRecord record)
    {
        if (record.Happened is CorteNotShown unseen) told.Add(SeriesOf(unseen.Package));
        if (record.Happened is not AgentStarted started || started.Election == election) return;
        told.Clear();
        election = started.Election;
    }

    static string SeriesOf(string package) => PackageName.Read(package).Series ?? "";
}
