using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Linux;

/// <summary>
/// Looks at what hints may not tell in time: the drop can hold more folders than may be watched, and a flood makes more
/// hints than can be read.
/// </summary>
public sealed partial class Receiving
{
    static readonly TimeSpan LookAtUnwatchedEvery = TimeSpan.FromSeconds(1);

    /// <summary>Since when more hints come than are read.</summary>
    long behindSince = long.MaxValue;

    bool MissesHints =>
        watch is { IsPartial: true } || (watch is { IsBehind: true } && now.Monotonic - Patience.Nanos(LookAtUnwatchedEvery) >= behindSince);

    long nextUnwatched;
    int unwatchedFrom;

    /// <summary>
    /// Where hints are missing or late, those of the genuine corte may be among them, and a full look comes too seldom.
    /// What bears the name of a newer corte is looked at each second: what is not known yet, and what arrives, each for
    /// one slice and in turn.
    /// </summary>
    void LookAtUnwatched()
    {
        behindSince = watch is { IsBehind: true } ? Math.Min(behindSince, now.Monotonic) : long.MaxValue;
        if (drop is null || !MissesHints || now.Monotonic < nextUnwatched) return;
        nextUnwatched = now.Monotonic + Patience.Nanos(LookAtUnwatchedEvery);
        var unknown = NewerNamesNotKnown();
        var until = HostClock.Read().Monotonic + Patience.Nanos(bounds.LookSlice);
        for (var done = 0; done < unknown.Count && HostClock.Read().Monotonic < until; done++)
        {
            var root = unknown[unwatchedFrom++ % unknown.Count];
            Guard(BoundaryPoint.ReceivingLook, root, () => LookAtEntry(root));
        }
        if (unwatchedFrom > bounds.Names) unwatchedFrom = 0;
        until = HostClock.Read().Monotonic + Patience.Nanos(bounds.LookSlice);
        foreach (var reception in receptions.Values.Where(IsArrivingNow).OrderBy(one => one.LookedAt).ToList())
        {
            reception.LookedAt = now.Monotonic;
            Guard(BoundaryPoint.ReceivingLook, reception.Delivery.Root, () => LookAt(reception));
            if (HostClock.Read().Monotonic >= until) return;
        }
    }

    List<RawPath> NewerNamesNotKnown()
    {
        List<RawPath> unknown = [];
        var read = 0;
        if (rules.Settings.Drop.Layout == DropLayout.Packages) drop!.ListNames(name =>
        {
            var root = RawPath.Of(name);
            var isKnown = receptions.ContainsKey(root) || judged.ContainsKey(root) || givenWay.ContainsKey(root)
                || aside.ContainsKey(root) || root.Bytes[0] == '.' || Leftovers.Is(root.Bytes);
            if (!isKnown && PromiseOf(PackageName.Read(root.Bytes)) == Promise.Newer) unknown.Add(root);
            return ++read < bounds.Names;
        });
        return unknown;
    }

    static bool IsArrivingNow(Reception one) =>
        one is { Promise: Promise.Newer, Delivery: { IsArchive: true } or { Files.Count: > 1 } }
            && one.Delivery.State is DeliveryState.Arriving or DeliveryState.Stalled;
}
