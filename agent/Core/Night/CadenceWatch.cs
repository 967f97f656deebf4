using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Night;

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
    /// <param name="arriving">The names of deliveries that have no verdict yet.</param>
    public void Tick(IEnumerable<string> arriving, ClockReading now)
    {
        var progress = Progress(arriving, now);
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
        watch = OverdueWatch.After(open.Since, open.Last, Progress([], now), clock.Profile, settings.Grace);
    }

    /// <summary>Returns the published corte, and what has happened to the packages since.</summary>
    CorteProgress Progress(IEnumerable<string> arriving, ClockReading now)
    {
        var withdrawn = releases.Choice(Root.Public) is { Release: null, At: var at } ? at : (DateTimeOffset?)null;
        var since = publisher.PublishedSince ?? withdrawn ?? clock.Profile.Opens;
        var bound = clock.Bound(now);
        var held = publisher.Held(now)
            .Where(release => release.Destination != Root.Rehearsal && PublicationOrder.Counts(release, bound));
        var rejected = recorder.Rejections.Where(one => one.At > since).Select(one => one.Rejected.Package);
        return new CorteProgress(
            releases.Live(Root.Public)?.Corte, since, clock.HasOpened, [.. held.Select(release => release.Package)],
            [.. rejected], [.. arriving]);
    }
}
