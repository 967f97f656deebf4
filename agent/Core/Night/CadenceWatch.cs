using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Night;

/// <summary>What the receiver sees of the drop.</summary>
/// <param name="Deliveries">The deliveries that have no verdict.</param>
/// <param name="Ignored">What is not a delivery; default: the drop has not been looked at yet.</param>
/// <param name="Unreadable">The drop's path where it cannot be read; else null.</param>
/// <param name="Door">Whether anybody can deliver into it; null: nobody has looked yet.</param>
public sealed record DropSight(
    IReadOnlyList<DeliveryProgress> Deliveries, ImmutableArray<IgnoredEntry> Ignored, string? Unreadable = null,
    DoorLook? Door = null)
{
    public static DropSight Empty { get; } = new([], []);
}

/// <summary>
/// Reports that the next corte is late, on whose side the delay is, and when it is over (call, I.11).
/// </summary>
public sealed class CadenceWatch(
    IReleases releases, EventRecorder recorder, NightClock clock, Publisher publisher, PublicationSettings settings)
{
    PublicationSettings settings = settings;
    OverdueWatch watch = OverdueWatch.Calm;

    /// <summary>Takes the settings of a reload.</summary>
    public void Follow(PublicationSettings changed) => settings = changed;

    /// <summary>Checks the time, and records a change.</summary>
    public void Tick(DropSight drop, ClockReading now)
    {
        var progress = Progress(drop, now);
        (var alarm, watch) = watch.Ask(progress, clock.BestTime(now), clock.Profile, settings.Grace);
        if (alarm is null) return;
        recorder.Record(
            alarm.Cause == OverdueCause.Ended
                ? new CorteResumed(
                    progress.Live, progress.Live is null ? null : progress.Since,
                    Math.Round(Math.Max(0, (clock.BestTime(now) - alarm.Began).TotalSeconds)))
                : new CorteOverdue(
                    progress.Live, progress.Since, alarm.Cause, alarm.Packages,
                    clock.Profile.Cadence.TotalSeconds), now);
    }

    /// <summary>Goes on with the delay that an earlier run has told of.</summary>
    public void Recall(OpenTrouble? told, ClockReading now)
    {
        if (told is not { } open) return;
        watch = OverdueWatch.After(
            open.Since, open.Last, Progress(DropSight.Empty, now), clock.Profile, settings.Grace);
    }

    /// <summary>Returns the published corte, and what has come since.</summary>
    CorteProgress Progress(DropSight drop, ClockReading now)
    {
        var withdrawn = releases.Choice(Root.Public) is { Release: null, At: var at } ? at : (DateTimeOffset?)null;
        var since = publisher.PublishedSince ?? withdrawn ?? clock.Profile.Opens;
        var live = releases.Live(Root.Public)?.Corte;
        return new CorteProgress(live, since, clock.HasOpened, [.. Judged(live, since, now), .. Unjudged(drop, since)]);
    }

    /// <summary>Returns what has its verdict and is not published.</summary>
    IEnumerable<(OverdueCause, string)> Judged(Corte? live, DateTimeOffset since, ClockReading now)
    {
        var (bound, time) = (clock.Bound(now), clock.BestTime(now));
        foreach (var release in publisher.Held(now).Where(release => release.Destination != Root.Rehearsal))
            if (PublicationOrder.Counts(release, bound)) yield return (OverdueCause.Held, release.Package);
            else if (release.SealedAt > since) yield return (OverdueCause.Future, release.Package);
        // One of a newer corte may have come before the corte that is live was published.
        foreach (var (rejected, at) in recorder.Rejections)
            if (rejected.Root == Root.Rehearsal) continue;
            else if (at > since || (rejected.Corte?.At > live?.At && rejected.Corte?.At <= time))
                yield return (OverdueCause.Rejected, rejected.Package);
        foreach (var (package, at) in recorder.NotNewer)
            if (at > since) yield return (OverdueCause.NotNewer, package);
    }

    /// <summary>Returns what is in the drop without a verdict, whether it gets one or not.</summary>
    static IEnumerable<(OverdueCause, string)> Unjudged(DropSight drop, DateTimeOffset since)
    {
        if (drop.Unreadable is { } path) yield return (OverdueCause.DropUnreadable, path);
        if (drop.Door?.Closed is { } closed) yield return (OverdueCause.DropClosed, closed.Path);
        foreach (var delivery in drop.Deliveries)
            yield return (delivery.State switch
            {
                DeliveryState.Arriving or DeliveryState.Judging or DeliveryState.Judged => OverdueCause.Arriving,
                DeliveryState.Stalled => OverdueCause.Stalled,
                DeliveryState.SetAside => OverdueCause.SetAside,
            }, delivery.Delivery);
        if (drop.Ignored.IsDefault) yield break;
        foreach (var entry in drop.Ignored)
            if (entry.Changed > since)
                yield return (
                    !entry.IsQuiet ? OverdueCause.Arriving
                    : entry.Cause == IgnoredCause.Unreadable ? OverdueCause.Unreadable : OverdueCause.Ignored,
                    entry.Name);
    }
}
