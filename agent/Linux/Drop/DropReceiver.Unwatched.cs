using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Looks at what hints do not report in time: the drop can hold more folders than may be watched, a flood makes more
/// hints than can be read, and where all places are taken a hint is passed over.
/// </summary>
public sealed partial class DropReceiver
{
    static readonly TimeSpan LookAtUnwatchedEvery = TimeSpan.FromSeconds(1);

    /// <summary>Since when more hints come than are read; <c>long.MaxValue</c>: all are read.</summary>
    long behindSince = long.MaxValue;
    long nextUnwatched;
    int unwatchedFrom;

    /// <summary>Whether a name of a newer corte has found no place since the last look.</summary>
    bool lacksPlaces;

    bool MissesHints => lacksPlaces || opened.Watch is { IsPartial: true }
        || (opened.Watch is { IsBehind: true }
            && now.Monotonic - Patience.Nanos(LookAtUnwatchedEvery) >= behindSince);

    /// <summary>
    /// Looks each second at the entries that bear the name of a newer corte: first at those that are not known yet,
    /// then at those that are arriving, each for one slice of time and in turn. A full look every ten seconds would be
    /// too late for the genuine corte, whose hints may be among those that are missing.
    /// </summary>
    void LookAtUnwatched()
    {
        behindSince = opened.Watch is { IsBehind: true } ? Math.Min(behindSince, now.Monotonic) : long.MaxValue;
        if (Drop is null || !MissesHints || now.Monotonic < nextUnwatched) return;
        nextUnwatched = now.Monotonic + Patience.Nanos(LookAtUnwatchedEvery);
        lacksPlaces = false;
        var unknown = UnknownNewerNames();
        var until = HostClock.Monotonic() + Patience.Nanos(bounds.LookSlice);
        for (var done = 0; done < unknown.Count && HostClock.Monotonic() < until; done++)
        {
            var root = unknown[unwatchedFrom % unknown.Count];
            Guard(BoundaryPoint.ReceivingLook, root, () => LookAtEntry(root));
            // The next look begins with it.
            if (lacksPlaces) break;
            unwatchedFrom++;
        }
        if (unwatchedFrom > bounds.Names) unwatchedFrom = 0;
        until = HostClock.Monotonic() + Patience.Nanos(bounds.LookSlice);
        foreach (var reception in receptions.Values.Where(IsArrivingNow).OrderBy(one => one.LookedAt).ToList())
        {
            reception.LookedAt = now.Monotonic;
            Guard(BoundaryPoint.ReceivingLook, reception.Delivery.Root, () => LookAt(reception));
            if (HostClock.Monotonic() >= until) return;
        }
    }

    List<RawPath> UnknownNewerNames()
    {
        List<RawPath> unknown = [];
        if (rules.Settings.Drop.Layout != DropLayout.Packages) return unknown;
        var read = 0;
        Drop!.ListNames(name =>
        {
            var root = RawPath.Of(name);
            if (!IsKnown(root) && PromiseOf(PackageName.Read(root.Bytes)) == Promise.Newer) unknown.Add(root);
            return ++read < bounds.Names;
        });
        return unknown;

        bool IsKnown(RawPath root) =>
            DropMap.IsPassedOver(rules.Settings.Drop, root) || receptions.ContainsKey(root) || judged.Has(root)
            || givenWay.Has(root) || aside.Has(root);
    }

    static bool IsArrivingNow(Reception one) =>
        one is { Promise: Promise.Newer, Delivery: { IsArchive: true } or { Files.Count: > 1 } }
        && one.Delivery.State is DeliveryState.Arriving or DeliveryState.Stalled;
}
