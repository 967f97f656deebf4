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
public sealed class TroubleBoard(NightClock clock, Language language, Action<string> tell)
{
    /// <summary>The nanoseconds without another internal fault after which the trouble is over.</summary>
    static readonly long FaultIsPast = (long)TimeSpan.FromHours(1).TotalNanoseconds;

    readonly List<JournalRecord> publications = [];
    Language language = language;
    Condition condition = Condition.Well;
    long? lastFault;

    public Tally Tally { get; } = new();

    /// <summary>Gets what has happened to each corte, including what earlier runs have told it.</summary>
    public NightStory Night { get; } = new();

    /// <summary>
    /// Gets the records of publications in the public root, oldest first, including those of earlier runs.
    /// </summary>
    public IReadOnlyList<JournalRecord> Publications => publications;

    /// <summary>Gets what is wrong now, as event codes.</summary>
    public IReadOnlyList<string> Troubles =>
        [.. condition.Bad.Values.Select(bad => EventCatalogue.Id(bad.Code)).Distinct().Order(StringComparer.Ordinal)];

    public bool IsWell => condition.IsWell;

    /// <summary>
    /// Gets or sets how many alterations are open: integrity is not good again before the last of them is healed.
    /// </summary>
    public int OpenAlterations { get; set; }

    /// <summary>Takes the language of a reload.</summary>
    public void Follow(Language changed) => language = changed;

    /// <summary>
    /// Restores what earlier runs have published, and that deliveries are set aside; this is not reported again.
    /// </summary>
    public void Recall(IEnumerable<JournalRecord> records, bool areSetAside)
    {
        publications.AddRange(records.Where(IsPublic));
        var aside = new BadTopic(EventCode.DeliverySetAside, 1);
        if (areSetAside) condition = condition with { Bad = condition.Bad.SetItem(Condition.SetAside, aside) };
    }

    /// <summary>Takes a record that is on disk.</summary>
    public void Hear(JournalRecord record, ClockReading now)
    {
        Tally.Hear(record);
        Night.Hear(record);
        if (IsPublic(record)) publications.Add(record);
        if (record.Happened is not { } happened) return;
        if (happened is InternalFault) lastFault = now.Monotonic;
        if (happened is TamperHealed && OpenAlterations > 0) return;
        (var change, condition) = condition.Hear(happened, clock.OpeningProven);
        if (change is not null) tell(NoticeText.Of(change, record, language));
    }

    /// <summary>Ends the trouble of an unforeseen fault once an hour has passed without another one.</summary>
    public void Tick(ClockReading now)
    {
        if (lastFault is not { } last || now.Monotonic - last < FaultIsPast) return;
        lastFault = null;
        (var change, condition) = condition.FaultIsPast();
        if (change is not null) tell(NoticeText.FaultPast(change, now.System, language));
    }

    /// <summary>Ends the trouble of a probe.</summary>
    public void ProbeIsGood(string probed, ClockReading now)
    {
        (var change, condition) = condition.ProbeIsGood(probed);
        if (change is not null) tell(NoticeText.Good(change, now.System, language));
    }

    /// <summary>Forgets what a probe found that is not configured any more.</summary>
    public void OnlyProbes(IEnumerable<string> probed) => condition = condition.OnlyProbes(probed);

    static bool IsPublic(JournalRecord record) => record.Happened is CortePublished { Root: Root.Public };
}
