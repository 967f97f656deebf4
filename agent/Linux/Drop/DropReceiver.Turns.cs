using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Decides whose turn it is: only <c>drop.at_once</c> deliveries are staged at one time, and the best claim comes
/// first.
/// </summary>
public sealed partial class DropReceiver
{
    /// <summary>
    /// How often (nanoseconds) the thread checks whether a slice of time is over, while some delivery waits.
    /// </summary>
    static readonly long SliceLook = Patience.Nanos(TimeSpan.FromMilliseconds(250));

    // Whose turn it is follows from all receptions, so these lists have no other owner than the receptions.
    readonly List<Reception> present = [], contending = [], atWork = [];
    readonly List<Contender> contenders = [];
    int waiting;
    string? busiest;

    /// <summary>Gets how many deliveries may wait before the drop counts as crowded.</summary>
    int MostWaiting => 4 * rules.Settings.Drop.AtOnce;

    /// <summary>Goes on with the deliveries in hand, and now and then weighs whose turn it is.</summary>
    void TakeTurns()
    {
        if (Drop is null || looks.IsFirst(now.Monotonic))
        {
            pace.WaitUntil(Drop is null ? long.MaxValue : looks.FirstEnds);
            return;
        }
        atWork.RemoveAll(reception => !IsAtWork(reception));
        places.Recount(
            atWork.Count(one => one.Delivery is { State: DeliveryState.Judging, Wholeness: not Wholeness.Whole }));
        if (!pace.MayWeigh(now.Monotonic))
        {
            foreach (var reception in atWork)
                Guard(BoundaryPoint.ReceivingDelivery, reception.Delivery.Root, () =>
                    { if (!IsOver(reception)) GoOnWith(reception); });
            return;
        }
        var start = HostClock.Monotonic();
        WeighTurns();
        atWork.Clear();
        atWork.AddRange(contending.Where(reception => reception.Slice is not null));
        var until = receptions.Count == 0 ? long.MaxValue : receptions.Values.Min(DeadlineOf);
        pace.Weighed(start, HostClock.Monotonic(), until);
    }

    /// <summary>Returns whether a delivery has a place, and has not ended or been replaced.</summary>
    bool IsAtWork(Reception one) => one.Slice is not null && receptions.GetValueOrDefault(one.Delivery.Root) == one;

    /// <summary>
    /// Returns when turns are to be weighed again if nothing happens before (nanoseconds of CLOCK_MONOTONIC).
    /// </summary>
    long TurnsDeadline()
    {
        var deadline = pace.Deadline;
        foreach (var reception in atWork) deadline = Math.Min(deadline, DeadlineOf(reception));
        return deadline;
    }

    void WeighTurns()
    {
        present.Clear();
        contending.Clear();
        contenders.Clear();
        present.AddRange(receptions.Values);
        (waiting, busiest) = (0, null);
        foreach (var reception in present)
        {
            try { Contend(reception); }
            catch (Exception fault) when (fault is not SystemFault)
            {
                SetAside(BoundaryPoint.ReceivingDelivery, reception.Delivery.Root, fault);
            }
        }
        var plan = Turns.Next(contenders, Math.Min(rules.Settings.Drop.AtOnce, inHand.AtOnce), bounds.Unpacking);
        foreach (var at in plan.Yield) Yield(contending[at], contenders[at]);
        foreach (var at in plan.Begin) Begin(contending[at]);
        waiting -= plan.Begin.Count;
        foreach (var reception in contending)
            if (reception.Promise == Promise.Newer) GoOnWith(reception);
        foreach (var reception in contending)
            if (reception.Promise != Promise.Newer) GoOnWith(reception);
        // A place has become free.
        if (plan.Yield.Count > 0) inbox.Wake();
    }

    /// <summary>Enters a delivery into this round, if there is anything to do for it.</summary>
    void Contend(Reception reception)
    {
        if (IsOver(reception)) return;
        reception.Promise = PromiseOf(reception.Named);
        if (reception.Slice is null && !WantsATurn(reception)) return;
        contenders.Add(ContenderOf(reception));
        contending.Add(reception);
        if (reception.Slice is null) waiting++;
    }

    void GoOnWith(Reception reception)
    {
        if (reception.Slice is not null)
            Guard(BoundaryPoint.ReceivingDelivery, reception.Delivery.Root, () => Advance(reception));
    }

    /// <summary>
    /// Removes the copies of files that are gone, and ends a delivery that is gone, gives way, or is something else by
    /// now.
    /// </summary>
    /// <returns>True where the delivery has ended.</returns>
    bool IsOver(Reception reception)
    {
        var delivery = reception.Delivery;
        if (delivery.State == DeliveryState.Judging) return false;
        if (delivery.GivesWay && reception.Outstanding == 0)
        {
            GiveWay(reception);
            return true;
        }
        if (reception.IsOutdated)
        {
            if (reception.Outstanding > 0) return false;
            Dismiss(reception);
            LookAtEntry(delivery.Root);
            return true;
        }
        while (delivery.HasGone && delivery.TakeGone() is { } gone) Unstage(reception, gone);
        if (delivery.Files.Count > 0) return false;
        Dismiss(reception);
        return true;
    }

    /// <summary>Returns whether there is something to do for a delivery that waits for its turn.</summary>
    bool WantsATurn(Reception reception)
    {
        var delivery = reception.Delivery;
        if (reception.OnlyLosses && delivery.RipenessAt(now.Monotonic) == Ripeness.Moving) return false;
        if (MakeRoomFor(reception)) return false;
        if (now.Monotonic < reception.NotBefore)
        {
            if (telling.IsBusy(delivery.Root)) busiest = reception.Name;
            return false;
        }
        if (reception.Promise == Promise.Newer || receptions.Count <= MostWaiting) Announce(reception);
        var occasion = delivery.Next(now.Monotonic);
        if (occasion == Occasion.QuietButOpen && !delivery.HasWork)
        {
            Announce(reception);
            Stall(reception, ToldNames.Of(delivery.OpenFiles));
            return false;
        }
        if (delivery.WaitsForMore(now.Monotonic) || (!delivery.HasWork && occasion == Occasion.None)) return false;
        var hasClaim = reception.Promise == Promise.Newer;
        var mayBeTold = !reception.IsPutOff || telling.HasVerdict(hasClaim, now.Monotonic);
        if (mayBeTold && (hasClaim || removals.Count < bounds.Discarding)) return true;
        waiting++;
        return false;
    }

    Contender ContenderOf(Reception reception)
    {
        var delivery = reception.Delivery;
        var contender =
            new Contender(reception.Number, reception.Promise, delivery.Wholeness, reception.IsPutOff, reception.Turns)
        {
            IsLong = delivery.IsArchive && (reception.Slice is null || delivery.HasWork || reception.Outstanding > 0),
        };
        if (reception.Slice is not { } slice) return contender;
        var isJudged = delivery.State == DeliveryState.Judging;
        return contender with
        {
            IsInHand = true,
            IsBound = isJudged,
            IsLeaving = slice.IsOver,
            HasUsedItsSlice = slice.UsedAt(now.Monotonic) > Turns.SliceOf(reception.Turns, contender.IsLong)
                || WaitsForVerdicts(reception),
            IsIdle = !isJudged && reception.Outstanding == 0
                && (delivery.IsShort || (!delivery.HasWork && delivery.Next(now.Monotonic) == Occasion.None)),
        };
    }

    /// <summary>Returns whether all of it is read, and the verdicts of others have to be made before its own.</summary>
    bool WaitsForVerdicts(Reception reception) =>
        reception is { Outstanding: 0, Delivery: { HasWork: false, State: not DeliveryState.Judging } delivery }
            && delivery.Next(now.Monotonic) != Occasion.None && !places.HasPlace(delivery.Wholeness);

    void Begin(Reception reception)
    {
        reception.Slice = new Slice();
        progress.Change();
    }

    /// <summary>Gives the place of a delivery to another one, once the reads in progress have ended.</summary>
    void Yield(Reception reception, in Contender contender)
    {
        if (contender is { IsIdle: false, HasUsedItsSlice: true }) reception.Turns++;
        reception.WaitsAfter = contender.IsIdle;
        reception.Slice!.End();
        if (reception.Outstanding == 0) Release(reception, contender.IsIdle);
    }

    /// <summary>Frees everything that a delivery holds. When its turn comes it is staged from the beginning.</summary>
    void Release(Reception reception, bool waits)
    {
        Discard(reception);
        LetGo(reception.Delivery.Root);
        reception.Delivery.StartOver(waits);
        reception.Slice = null;
        progress.Change();
    }

    void Announce(Reception reception)
    {
        if (reception.IsAnnounced) return;
        reception.IsAnnounced = true;
        progress.Change();
        if (telling.TakeAnnouncement(reception.Promise == Promise.Newer, now.Monotonic))
            post(new DeliveryArrives(reception.Name, reception.Delivery.FirstSeen));
    }

    long DeadlineOf(Reception reception)
    {
        var deadline = reception.Delivery.Deadline(now.Monotonic);
        if (reception.Slice is not null) return deadline;
        if (reception.NotBefore > now.Monotonic) deadline = Math.Min(deadline, reception.NotBefore);
        else if (reception.IsPutOff)
        {
            var next = telling.NextVerdict(reception.Promise == Promise.Newer, now.Monotonic);
            if (next > now.Monotonic) deadline = Math.Min(deadline, next);
        }
        return deadline;
    }

    /// <summary>
    /// Allows every delivery its verdict at once: the operator asked for it, or the rules have changed.
    /// </summary>
    void StartAfresh()
    {
        telling.StartAfresh(rules.Settings.Drop.Layout);
        foreach (var reception in receptions.Values) reception.NotBefore = 0;
    }

    void LookForACrowd()
    {
        if (!crowd.TakeDue(now.Monotonic)) return;
        var entries = receptions.Count + judged.Count + beside.Count + ignored.Count + looks.NotLookedAt;
        var count = new CrowdCount(
            entries, looks.NotLookedAt, waiting, telling.PutOff, busiest, opened.Watch?.LacksWatches ?? false,
            givenWay.ForMemory);
        if (givenWay.EverythingFits(receptions.Values.Any(one => one.LacksRoom))) post(new EverythingFits());
        if (crowd.Look(count, MostWaiting, now.Monotonic) is { } change) post(new DropCrowd(change));
    }
}
