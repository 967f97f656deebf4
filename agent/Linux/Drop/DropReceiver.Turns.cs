using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Whose turn it is: only <c>drop.at_once</c> deliveries are staged at one time, and the best claim comes first.
/// </summary>
public sealed partial class DropReceiver
{
    /// <summary>While somebody waits, it is looked this often whether a slice of time is over.</summary>
    static readonly long SliceLook = Patience.Nanos(TimeSpan.FromMilliseconds(250));

    /// <summary>So many verdicts on one entry, without a pause of quiet, are worth telling.</summary>
    const int ManyVerdicts = 6;

    readonly List<Reception> present = [], contending = [], atWork = [];
    readonly List<Contender> contenders = [];
    readonly Dictionary<DeliveryJudged, long> untaken = new(ReferenceEqualityComparer.Instance);
    readonly MinuteBudget verdicts, announcements;
    readonly Crowd crowd = new();
    VerdictPace pace;
    Corte? live;
    int waiting, discarding, verdictsBegun;
    long putOff, putOffTold, nextCrowd, nextTurns, waitingDeadline = long.MaxValue;
    bool areTurnsDue;
    string? busiest;

    /// <summary>With more that wait the drop is crowded.</summary>
    int MostWaiting => 4 * rules.Settings.Drop.AtOnce;

    /// <summary>
    /// Goes on with what is in hand, and now and then weighs whose turn it is. The weighing looks at all that waits,
    /// which may be thousands of entries, so it takes half of this thread's time at most.
    /// </summary>
    void TakeTurns()
    {
        var firstLookEnds = begun + Patience.Nanos(bounds.FirstLook);
        if (drop is null || (!hasLooked && now.Monotonic < firstLookEnds))
        {
            waitingDeadline = drop is null ? long.MaxValue : firstLookEnds;
            return;
        }
        atWork.RemoveAll(reception => !IsAtWork(reception));
        verdictsBegun =
            atWork.Count(one => one.Delivery is { State: DeliveryState.Judging, Wholeness: not Wholeness.Whole });
        if (now.Monotonic < nextTurns)
        {
            areTurnsDue = true;
            foreach (var reception in atWork)
                Guard(BoundaryPoint.ReceivingDelivery, reception.Delivery.Root, () =>
                    { if (!IsOver(reception)) GoOnWith(reception); });
            return;
        }
        var start = HostClock.Read().Monotonic;
        WeighTurns();
        atWork.Clear();
        atWork.AddRange(contending.Where(reception => reception.Slice is not null));
        waitingDeadline = receptions.Count == 0 ? long.MaxValue : receptions.Values.Min(DeadlineOf);
        areTurnsDue = false;
        var end = HostClock.Read().Monotonic;
        nextTurns = end + (end - start);
    }

    /// <summary>Whether it has a place, and is not at its end or replaced.</summary>
    bool IsAtWork(Reception one) => one.Slice is not null && receptions.GetValueOrDefault(one.Delivery.Root) == one;

    /// <summary>When turns are to be weighed again if nothing happens before.</summary>
    long TurnsDeadline()
    {
        // What the last weighing has not seen is seen by the next.
        var deadline = Math.Max(areTurnsDue ? 0 : waitingDeadline, nextTurns);
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
        var plan = Turns.Next(
            contenders, Math.Min(rules.Settings.Drop.AtOnce, lastRun?.AtOnce ?? int.MaxValue), bounds.Unpacking);
        foreach (var at in plan.Yield) Yield(contending[at], contenders[at]);
        foreach (var at in plan.Begin) Begin(contending[at]);
        waiting -= plan.Begin.Count;
        foreach (var reception in contending)
            if (reception.Promise == Promise.Newer) GoOnWith(reception);
        foreach (var reception in contending)
            if (reception.Promise != Promise.Newer) GoOnWith(reception);
        // A place is free now.
        if (plan.Yield.Count > 0) Wake();
    }

    /// <summary>Has a delivery take part in this round, if there is anything to do for it.</summary>
    void Contend(Reception reception)
    {
        if (IsOver(reception)) return;
        reception.Promise = PromiseOf(reception.Stamp);
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

    /// <summary>Takes what is gone, and ends what is there no more or is something else by now.</summary>
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

    /// <summary>Whether there is something to do for a delivery that waits.</summary>
    bool WantsATurn(Reception reception)
    {
        var delivery = reception.Delivery;
        if (reception.OnlyLosses && delivery.RipenessAt(now.Monotonic) == Ripeness.Moving) return false;
        if (MakeRoomFor(reception)) return false;
        if (now.Monotonic < reception.NotBefore)
        {
            if (pace.VerdictsOf(delivery.Root) >= ManyVerdicts) busiest = reception.Name;
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
        var mayBeTold = !reception.IsPutOff || verdicts.Has(hasClaim, now.Monotonic);
        if (mayBeTold && (hasClaim || Volatile.Read(ref discarding) < bounds.Discarding)) return true;
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

    /// <summary>Whether all of it is read, and others' verdicts have to be made before its own.</summary>
    bool WaitsForVerdicts(Reception reception) =>
        reception is { Outstanding: 0, Delivery: { HasWork: false, State: not DeliveryState.Judging } delivery }
            && delivery.Next(now.Monotonic) != Occasion.None && !HasVerdictPlace(delivery);

    /// <summary>Whether a verdict over it may be begun: what is whole never waits for others' verdicts.</summary>
    bool HasVerdictPlace(Delivery delivery) => delivery.Wholeness == Wholeness.Whole || verdictsBegun < bounds.Judging;

    void Begin(Reception reception)
    {
        reception.Slice = new Slice();
        progressChanged = true;
    }

    /// <summary>Gives its place to another; what is being read of it ends first.</summary>
    void Yield(Reception reception, in Contender contender)
    {
        if (contender is { IsIdle: false, HasUsedItsSlice: true }) reception.Turns++;
        reception.WaitsAfter = contender.IsIdle;
        reception.Slice!.End();
        if (reception.Outstanding == 0) Release(reception, contender.IsIdle);
    }

    /// <summary>It holds nothing any more; when its turn comes it is staged from the beginning.</summary>
    void Release(Reception reception, bool waits)
    {
        Discard(reception);
        LetGo(reception.Delivery.Root);
        reception.Delivery.StartOver(waits);
        reception.Slice = null;
        progressChanged = true;
    }

    void Announce(Reception reception)
    {
        if (reception.IsAnnounced) return;
        reception.IsAnnounced = progressChanged = true;
        if (announcements.Take(reception.Promise == Promise.Newer, now.Monotonic))
            post(new DeliveryArrives(reception.Name, reception.Delivery.FirstSeen));
        else putOff++;
    }

    long DeadlineOf(Reception reception)
    {
        var deadline = reception.Delivery.Deadline(now.Monotonic);
        if (reception.Slice is not null) return deadline;
        if (reception.NotBefore > now.Monotonic) deadline = Math.Min(deadline, reception.NotBefore);
        else if (reception.IsPutOff)
        {
            var next = verdicts.Next(reception.Promise == Promise.Newer, now.Monotonic);
            if (next > now.Monotonic) deadline = Math.Min(deadline, next);
        }
        return deadline;
    }

    /// <summary>The operator's word, or other rules: all may have their verdicts at once.</summary>
    void StartAfresh()
    {
        pace = new VerdictPace(rules.Settings.Drop.Layout);
        verdicts.Refill();
        announcements.Refill();
        foreach (var reception in receptions.Values) reception.NotBefore = 0;
        horizon = default;
    }

    void LookForACrowd()
    {
        if (now.Monotonic < nextCrowd) return;
        nextCrowd = now.Monotonic + 1_000_000_000;
        var entries = receptions.Count + judged.Count + beside.Count + notLookedAt;
        var count = new CrowdCount(
            entries, notLookedAt, waiting, putOff, busiest, watch?.LacksWatches ?? false,
            givenWay.Values.Count(one => one.Spare is null));
        LookForRoom();
        if (crowd.Look(count, MostWaiting, now.Monotonic) is { } change) post(new DropCrowd(change));
    }
}
