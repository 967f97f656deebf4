using System.Text.Json.Nodes;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Sentinel;

/// <summary>The direction of a change: it became worse, or it is good again.</summary>
public enum Turn { Worse, Back }

/// <summary>A trouble has begun or become worse, or it is over. It must be reported.</summary>
public sealed record StateChange(OpenTrouble Trouble, Turn Turn);

/// <summary>A trouble that lasts.</summary>
/// <param name="Code">The event that shows its state now.</param>
/// <param name="Worst">The worst badness that was reported for it.</param>
/// <param name="Subject">What it is about, where there may be several: a probe's URL, a syslog target, a
/// root; else null.</param>
/// <param name="Since">When it began.</param>
/// <param name="Last">When an event showed it last.</param>
/// <param name="Seq">The number of that event's record.</param>
/// <param name="Fields">The fields of that event, with shortened lists.</param>
public sealed record OpenTrouble(
    TroubleEntry Entry, EventCode Code, int Worst, string? Subject, DateTimeOffset Since, DateTimeOffset Last, long Seq,
    JsonObject Fields)
{
    /// <summary>
    /// Gets the corte that a package must have at least to end it, so that an older one, or one that is verified again,
    /// does not. It counts for rejected and stalled deliveries.
    /// </summary>
    public DateTimeOffset Bar { get; init; } = DateTimeOffset.MinValue;

    /// <summary>Gets what tells it from every other one: <c>storage</c>, <c>probe https://localhost/</c>.</summary>
    public string Topic => TopicOf(Entry, Subject);

    /// <summary>Returns for how many seconds it has lasted.</summary>
    public double Lasted(DateTimeOffset now) => Math.Round(Math.Max(0, (now - Since).TotalSeconds));

    /// <summary>Returns the event that ends it where no event of its own does.</summary>
    public TroubleEnded Ended(TroubleEndCause cause, DateTimeOffset now) =>
        new(Entry.Trouble, Code.Id(), Subject, cause, Lasted(now));

    /// <summary>Returns the subject of what is about a root.</summary>
    public static string SubjectOf(Root root) => root == Root.Rehearsal ? "rehearsal" : "public";

    internal static string TopicOf(TroubleEntry entry, string? subject) =>
        subject is null ? entry.Name : $"{entry.Name} {subject}";
}

/// <summary>
/// Tracks what is wrong now, by the table of troubles. Records go in, and only changes come out: one when something
/// becomes worse, and one when it is good again. So the journal alone says what is wrong, also after a restart. It is
/// immutable.
/// </summary>
public sealed record Condition
{
    /// <summary>The troubles that are an election's own, and mean nothing to the next one.</summary>
    static readonly Trouble[] OfTheElection = [Trouble.Gate, Trouble.Corte, Trouble.Package, Trouble.Delivery];

    public static Condition Well { get; } = new();

    /// <summary>A trouble that is told late is not told a year late, whatever a record says; in seconds.</summary>
    const double Longest = 366 * 86400;

    /// <summary>Gets what is wrong, by topic.</summary>
    public ImmutableDictionary<string, OpenTrouble> Bad { get; init; } =
        ImmutableDictionary<string, OpenTrouble>.Empty;

    string? Election { get; init; }

    /// <summary>Gets the good packages of each root: the rehearsals' say nothing about the public's.</summary>
    ImmutableDictionary<string, GoodPackages> Good { get; init; } = ImmutableDictionary<string, GoodPackages>.Empty;

    /// <summary>Gets whether nothing is bad; only then the heartbeat is sent.</summary>
    public bool IsWell => Bad.IsEmpty;

    /// <summary>Takes the next record of the journal.</summary>
    public (ImmutableArray<StateChange> Changes, Condition Next) Hear(JournalRecord record)
    {
        if (record.Happened is not { } happened) return ([], this);
        var next = happened is AgentStarted started ? For(started.Election) : this;
        var (changes, bad, subject) = (ImmutableArray.CreateBuilder<StateChange>(), next.Bad, SubjectOf(happened));
        var good = next.Good.GetValueOrDefault(subject ?? "", GoodPackages.None);
        foreach (var entry in TroubleCatalogue.All)
        {
            var topic = OpenTrouble.TopicOf(entry, subject);
            var known = bad.GetValueOrDefault(topic);
            if (Ends(entry, happened) && !(known is not null && good.IsOld(happened, known)))
            {
                if (known is null) continue;
                bad = bad.Remove(topic);
                changes.Add(new StateChange(known, Turn.Back));
            }
            else if (Begins(entry, happened))
            {
                // Less bad is not good yet, so do not report that it is good again.
                var (badness, told) = (entry.Badness(happened.Code), known?.Worst ?? 0);
                var open = new OpenTrouble(
                    entry, happened.Code, Math.Max(badness, told), subject,
                    known?.Since ?? record.BestTime - Untold(happened), record.BestTime, record.Seq,
                    NoticeText.Shortened(record.Fields))
                { Bar = good.BarOf(happened, record.BestTime, known) };
                bad = bad.SetItem(topic, open);
                if (badness > told) changes.Add(new StateChange(open, Turn.Worse));
            }
        }
        if (good.And(happened, record.BestTime) is { } more)
            next = next with { Good = next.Good.SetItem(subject ?? "", more) };
        return (changes.ToImmutable(), next with { Bad = bad });
    }

    /// <summary>Has a trouble that lasts shown as it is now, for it may have changed since its event.</summary>
    public Condition Showing(OpenTrouble open, AgentEvent now) => !Bad.ContainsKey(open.Topic) ? this : this with
    {
        Bad = Bad.SetItem(open.Topic, open with { Fields = NoticeText.Shortened(EventFields.Of(now)) }),
    };

    Condition For(string election) => Election is null || election == Election ? this with { Election = election }
        : this with
        {
            Election = election, Good = ImmutableDictionary<string, GoodPackages>.Empty,
            Bad = Bad.RemoveRange(
                Bad.Where(one => OfTheElection.Contains(one.Value.Entry.Trouble)).Select(one => one.Key)),
        };

    /// <summary>Returns for how long the trouble had lasted when the event told it.</summary>
    static TimeSpan Untold(AgentEvent happened) =>
        happened is SyslogFailed { Seconds: >= 0 and < Longest and var seconds } ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.Zero;

    static bool Begins(TroubleEntry entry, AgentEvent happened) =>
        // The end of a rehearsal closes its gate, and nothing is wrong.
        happened is not GateClosed { Window: not null } && entry.Begins.Contains(happened.Code);

    static bool Ends(TroubleEntry entry, AgentEvent happened) => happened switch
    {
        TroubleEnded over => over.Trouble == entry.Trouble,
        // Journals of earlier versions end it so.
        CorteOverdue { Cause: OverdueCause.Ended } => entry.Trouble == Trouble.Corte,
        GateOpened { Window: not null } => false,
        OperatorAction { Action: not Publication.RetryRejected.ActionName } or OperatorAction { Done: false } => false,
        _ => entry.Ends.Contains(happened.Code),
    };

    static string? SubjectOf(AgentEvent happened) => happened switch
    {
        ProbeFailed probe => probe.Url,
        ProbeStale probe => probe.Url,
        ProbeMismatch probe => probe.Url,
        ProbeRecovered probe => probe.Url,
        SyslogFailed syslog => syslog.Target,
        SyslogRecovered syslog => syslog.Target,
        HookFailed hook => OpenTrouble.SubjectOf(hook.Root),
        HookRecovered hook => OpenTrouble.SubjectOf(hook.Root),
        DeliveryIgnored { Entries: null } ignored => ignored.Entry,
        DropClosed closed => closed.Drop,
        DropServiceStopped stopped => stopped.Service,
        // What a rehearsal meets is over with the rehearsal, and ends nothing of the public's.
        PackageRejected { Root: Root.Rehearsal } or PackageVerified { Root: Root.Rehearsal }
            or DeliveryStalled { Root: Root.Rehearsal } or CortePublished { Root: Root.Rehearsal } =>
            OpenTrouble.SubjectOf(Root.Rehearsal),
        TroubleEnded over => over.Subject,
        _ => null,
    };
}
