using Difusor.Agent.Events;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Report;

/// <summary>
/// One reading of the clock: the system clock minus the middle of the bound, and half the width of the bound, in
/// seconds.
/// </summary>
public readonly record struct ClockSample(DateTimeOffset At, double Offset, double Uncertainty)
{
    /// <summary>Returns the reading that a record of the journal has; null if it has none.</summary>
    public static ClockSample? Of(JournalRecord record) => record.Happened switch
    {
        ClockSynchronized { UncertaintySeconds: { } half } one =>
            new ClockSample(record.BestTime, one.OffsetSeconds, half),
        ClockDrift { Earliest: { } from, Latest: { } to } one =>
            new ClockSample(record.BestTime, one.OffsetSeconds, (to - from).TotalSeconds / 2),
        GateOpened { OffsetSeconds: { } offset, UncertaintySeconds: { } half } =>
            new ClockSample(record.BestTime, offset, half),
        GateClosed { OffsetSeconds: { } offset, UncertaintySeconds: { } half } =>
            new ClockSample(record.BestTime, offset, half),
        _ => null,
    };
}

/// <summary>
/// Keeps readings of the clock of a whole night: where they become too many, every second one goes, and the next ones
/// are taken half as often.
/// </summary>
/// <param name="most">How many readings are kept.</param>
public sealed class ClockHistory(int most = ClockHistory.Most)
{
    /// <summary>How many readings a plot can show.</summary>
    public const int Most = 360;

    readonly List<ClockSample> samples = [];
    TimeSpan between = TimeSpan.FromSeconds(5);

    /// <summary>Gets the readings, oldest first.</summary>
    public IReadOnlyList<ClockSample> Samples => samples;

    /// <summary>Takes a reading, unless it comes too soon after the last one.</summary>
    public void Add(ClockSample sample)
    {
        // The clock may have been set back: then the plot begins again.
        if (samples.Count > 0 && sample.At < samples[^1].At) samples.Clear();
        if (samples.Count > 0 && sample.At - samples[^1].At < between) return;
        samples.Add(sample);
        if (samples.Count <= most) return;
        var kept = samples.Where((_, index) => index % 2 == 0).ToList();
        samples.Clear();
        samples.AddRange(kept);
        between *= 2;
    }
}
