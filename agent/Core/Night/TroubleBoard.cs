using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Report;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Night;

/// <summary>
/// Takes every record, and knows from it what is wrong now, how often each event has happened, and what was published.
/// It reports each change to worse, and back, as one line of JSON.
/// </summary>
/// <param name="tell">Called for each change with the line that <c>notify.command</c> reads.</param>
public sealed class TroubleBoard(Language language, Action<string> tell)
{
    readonly List<JournalRecord> publications = [];
    Language language = language;
    Condition condition = Condition.Well;
    long recalled;

    public Tally Tally { get; } = new();

    /// <summary>Gets what has happened to each corte, including what earlier runs have told it.</summary>
    public NightStory Night { get; } = new();

    /// <summary>Gets which series are known not to show their corte.</summary>
    public UnseenCortes Unseen { get; } = new();

    /// <summary>
    /// Gets the records of publications in the public root, oldest first, including those of earlier runs.
    /// </summary>
    public IReadOnlyList<JournalRecord> Publications => publications;

    /// <summary>Gets what is wrong now, in the order of the table.</summary>
    public IReadOnlyList<OpenTrouble> Open => InOrder(condition);

    /// <summary>
    /// Gets or sets what lasts although the journal could not take it yet: it may be on the very disk that fails. The
    /// status, the page and the metrics show it; everything else waits for its record.
    /// </summary>
    public (AgentEvent What, ClockReading At)? Unrecorded { get; set; }

    /// <summary>Gets what is wrong now, as the status has it.</summary>
    public IReadOnlyList<TroubleStatus> Troubles =>
    [
        .. InOrder(Shown).Select(open => new TroubleStatus(
            open.Code.Id(), open.Entry.Name, open.Since, open.Entry.Told(language, open.Fields),
            open.Entry.HelpWith(open.Fields), open.Fields)),
    ];

    public bool IsWell => Shown.IsWell;

    /// <summary>
    /// Gets or sets how many alterations are open: integrity is not good again before the last of them is healed.
    /// </summary>
    public int OpenAlterations { get; set; }

    /// <summary>Returns a trouble that lasts; null if there is none.</summary>
    /// <param name="subject">What it is about, where there may be several.</param>
    public OpenTrouble? Of(Trouble trouble, string? subject = null) =>
        condition.Bad.GetValueOrDefault(OpenTrouble.TopicOf(TroubleCatalogue.Of(trouble), subject));

    /// <summary>Returns whether only an earlier run has met a trouble.</summary>
    public bool IsRecalled(OpenTrouble open) => open.Seq <= recalled;

    /// <summary>Shows a trouble that lasts as it is now. Nothing is recorded, and nobody is told again.</summary>
    public void Show(OpenTrouble open, AgentEvent now) => condition = condition.Showing(open, now);

    /// <summary>Takes the language of a reload.</summary>
    public void Follow(Language changed) => language = changed;

    /// <summary>
    /// Takes a record of an earlier run, in their order: what was published, and what was wrong. Nothing is reported
    /// again.
    /// </summary>
    public void Recall(JournalRecord record)
    {
        Night.Hear(record);
        Unseen.Hear(record);
        if (IsPublic(record)) publications.Add(record);
        (_, condition) = condition.Hear(record);
        recalled = record.Seq;
    }

    /// <summary>Takes a record that is on disk.</summary>
    public void Hear(JournalRecord record)
    {
        Tally.Hear(record);
        Night.Hear(record);
        Unseen.Hear(record);
        if (IsPublic(record)) publications.Add(record);
        if (record.Happened is TamperHealed && OpenAlterations > 0) return;
        (var changes, condition) = condition.Hear(record);
        foreach (var change in changes) tell(NoticeText.Of(change, record, language));
    }

    Condition Shown => Unrecorded is var (what, at)
        ? condition.Hear(
            new JournalRecord(long.MaxValue, null, at.System, what.Code.Id(), EventFields.Of(what), "", "")).Next
        : condition;

    static IReadOnlyList<OpenTrouble> InOrder(Condition condition) =>
    [
        .. condition.Bad.Values.OrderBy(open => open.Entry.Trouble)
            .ThenBy(open => open.Subject, StringComparer.Ordinal),
    ];

    static bool IsPublic(JournalRecord record) => record.Happened is CortePublished { Root: Root.Public };
}
