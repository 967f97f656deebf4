using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Night;

/// <summary>
/// Tells what is at the top of the drop and is not a delivery, each entry once, and when it is gone. It remembers
/// nothing of its own: the troubles that last say what was told, so a restart tells nothing again.
/// </summary>
public sealed class IgnoredWatch(EventRecorder recorder, TroubleBoard troubles, NightClock clock)
{
    /// <summary>
    /// How many entries are told at the same time, each by its own event. One event tells the rest together.
    /// </summary>
    public const int MostAlone = 8;

    /// <summary>How many events a sender may cause at once, and a minute after that.</summary>
    public const int MostAtOnce = 20, MostAMinute = 6;

    /// <summary>Gets the service that opens what the agent may not read.</summary>
    public string Service { get; init; } = "difusor-agent-entrega";

    readonly MinuteBudget budget = new(MostAtOnce, MostAMinute);

    /// <summary>Compares what was told with what is there.</summary>
    /// <param name="entries">What is not a delivery; default: nothing has looked yet.</param>
    /// <param name="root">The rehearsal's root while one is on, else null.</param>
    public void Tick(ImmutableArray<IgnoredEntry> entries, Root? root, ClockReading now)
    {
        if (entries.IsDefault) return;
        var open = troubles.Open.Where(one => one.Entry.Trouble == Trouble.Ignored).ToList();
        var alone = open.Select(one => one.Subject).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var names = entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        var others = entries.Where(entry => !alone.Contains(entry.Name)).ToList();
        foreach (var told in open)
            if (told.Subject is { } name ? !names.Contains(name) : others.Count == 0)
                recorder.Record(told.Ended(TroubleEndCause.Gone, clock.BestTime(now)), now);
        // While one event has told of many, whatever comes besides is one of them.
        if (open.Exists(told => told.Subject is null)) return;
        Tell([.. others.Where(entry => entry.IsQuiet)], alone.Count(names.Contains), root, now);
    }

    void Tell(ImmutableArray<IgnoredEntry> untold, int alone, Root? root, ClockReading now)
    {
        if (untold.IsEmpty) return;
        if (alone + untold.Length > MostAlone)
        {
            // The order is that of the causes: loose files say most about what has gone wrong.
            var first = untold.MinBy(entry => entry.Cause)!;
            if (budget.Take(hasClaim: true, now.Monotonic))
                recorder.Record(
                    new DeliveryIgnored(first.Name, first.Cause, untold.Length, root, ServiceFor(untold)), now);
            return;
        }
        foreach (var entry in untold)
        {
            if (!budget.Take(hasClaim: true, now.Monotonic)) return;
            recorder.Record(
                new DeliveryIgnored(entry.Name, entry.Cause, null, root, ServiceFor([entry])), now);
        }
    }

    string? ServiceFor(ImmutableArray<IgnoredEntry> told) =>
        told.Any(entry => entry.Cause == IgnoredCause.Unreadable) ? Service : null;
}
