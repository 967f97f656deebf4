using Difusor.Agent.Drop;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Who waits because all deliveries in hand together would keep too much: the one that keeps most. So nobody who sends
/// little, as an honest sender does, ever waits for somebody who sends very much. What waits is forgotten but for its
/// name, and received anew once there is room.
/// </summary>
public sealed partial class DropReceiver
{
    /// <summary>A delivery that gave way.</summary>
    /// <param name="FirstSeen">When it was first seen: its rehearsal or its night does not change by waiting.</param>
    /// <param name="Paths">How much of the budget for paths it held when it gave way: as much must be left before it is
    /// received again.</param>
    /// <param name="HashText">The same of the budget for HASH files.</param>
    /// <param name="Times">How often it has given way.</param>
    /// <param name="NotBefore">Nanoseconds of CLOCK_MONOTONIC: who gives way again and again is read again less and
    /// less often.</param>
    /// <param name="Spare">Bytes that it had found too few on the disk, with what it gave back of them; null: it did
    /// not lack those.</param>
    sealed record GivenWay(
        ClockReading FirstSeen, ClockReading LastByte, bool IsAnnounced, bool HasStalled, JudgedFiles? Before,
        long Paths, long HashText, int Times, long NotBefore,
        long? Spare);

    /// <summary>With so much more space on the disk it is worth the time to read a large delivery again.</summary>
    const long WorthReading = 16 << 20;

    const int MostDoublings = 6;

    /// <summary>What a delivery has kept of the budgets (bytes) from which on its end is worth a collection.</summary>
    const long MuchMemory = 16 << 20;

    /// <summary>By then the agent loop keeps nothing of its verdict any more.</summary>
    static readonly TimeSpan VerdictIsTaken = TimeSpan.FromSeconds(1);

    long tellOfMemory = long.MaxValue;

    /// <summary>
    /// Tells that a very large delivery has ended, so that its memory is collected before the next one.
    /// </summary>
    void TellOfMemory()
    {
        if (now.Monotonic < tellOfMemory) return;
        tellOfMemory = long.MaxValue;
        post(new MuchMemoryUnused());
    }

    readonly Dictionary<RawPath, GivenWay> givenWay = [];
    readonly Budget pathBudget = new(0, keepsForSmall: true), hashBudget = new(0, keepsForSmall: true);

    Shares NewShares()
    {
        var limits = rules.Settings.Limits;
        (pathBudget.Most, hashBudget.Most) = (limits.PathText, limits.HashText);
        return new Shares(
            new Share(limits.PathText, pathBudget, Shares.EachFile), new Share(limits.HashText, hashBudget));
    }

    /// <summary>Where a delivery finds too little left, has the one that keeps most give way.</summary>
    /// <returns>True: nothing is to be done with it now.</returns>
    bool MakeRoomFor(Reception reception)
    {
        if (reception.Delivery.IsShort && !reception.Delivery.GivesWay
            && !receptions.Values.Any(one => one.Delivery.GivesWay))
        {
            var largest = LargestButJudging(reception);
            largest.Delivery.GivesWay = true;
            largest.Slice?.End();
            Wake();
        }
        return reception.Delivery.IsShort || reception.Delivery.GivesWay;
    }

    /// <summary>What has its verdict made just now ends by itself, and soon.</summary>
    Reception LargestButJudging(Reception asking)
    {
        var largest = asking;
        foreach (var other in receptions.Values)
            if (other.Delivery.State != DeliveryState.Judging
                && other.Delivery.Shares.Held > largest.Delivery.Shares.Held) largest = other;
        return largest;
    }

    void GiveWay(Reception reception)
    {
        var delivery = reception.Delivery;
        var times = reception.GaveWay + (reception.IsToBlame ? 1 : 0);
        var pause = times <= 1 ? 0 : Patience.Nanos(LookEvery) << Math.Min(times - 2, MostDoublings);
        givenWay[delivery.Root] = new GivenWay(
            delivery.FirstSeen, delivery.LastByte, reception.IsAnnounced, delivery.HasStalled, reception.Before,
            delivery.Shares.Paths.Held, delivery.Shares.HashText.Held, times, now.Monotonic + pause,
            reception.Spare);
        Dismiss(reception);
    }

    /// <summary>
    /// It does not fit on the disk, though there is room for others: they go first, and what it has staged is removed.
    /// </summary>
    void FindsNoRoom(Reception reception, NoSpareRoom refused)
    {
        // Several of its files may find none at the same time.
        if (reception.Delivery.GivesWay) return;
        if (Shortage() is { } low)
        {
            Pause(low);
            return;
        }
        // Who has taken most of the disk waits, and what it took is there for the others.
        var largest = receptions.Values.Where(one => one.Delivery.State != DeliveryState.Judging)
            .MaxBy(one => one.Taken) ?? reception;
        if (largest.Taken <= reception.Taken || largest.Delivery.GivesWay) largest = reception;
        var (isFirst, isNewer) = (largest.GaveWay == 0, reception.Promise == Promise.Newer);
        if (isFirst || isNewer)
            post(new NoRoomFor(largest.Name, refused.Spare, rules.Settings.Limits.StagingFloor, isFirst,
                isNewer && largest == reception));
        reception.IsToBlame = largest == reception;
        foreach (var one in new[] { reception, largest })
        {
            one.Spare = refused.Spare + one.Taken;
            one.Delivery.GivesWay = true;
            one.Slice?.End();
        }
        Wake();
    }

    bool lacksRoom;

    /// <summary>Tells once that every delivery which lacked room on the disk has its verdict, or is gone.</summary>
    void LookForRoom()
    {
        var lacked = lacksRoom;
        lacksRoom = givenWay.Values.Any(one => one.Spare is not null) || receptions.Values.Any(one => one.LacksRoom);
        if (lacked && !lacksRoom) post(new EverythingFits());
    }

    /// <summary>Room has been made on the disk: what waits for it is received again. Any thread.</summary>
    public void RoomWasMade() => Request(() => nextReturn = now.Monotonic);

    /// <summary>What has given way: it lies in the drop, and nothing is kept of it but its name.</summary>
    IEnumerable<DeliveryProgress> WaitingProgress(int most) =>
        givenWay.OrderBy(one => NameOf(one.Key), StringComparer.Ordinal).Take(Math.Max(0, most))
        .Select(one =>
            new DeliveryProgress(
            NameOf(one.Key), DeliveryState.Arriving, 0, 0, one.Value.FirstSeen, one.Value.LastByte, Waits: true));

    /// <summary>
    /// A delivery keeps nothing any more: whoever was short is looked at again, and so is what waits.
    /// </summary>
    void HasEnded(Delivery ended)
    {
        if (ended.Shares.Held >= MuchMemory) tellOfMemory = now.Monotonic + Patience.Nanos(VerdictIsTaken);
        ended.Shares.Clear();
        if (givenWay.Count == 0 && !receptions.Values.Any(one => one.Delivery.IsShort)) return;
        nextReturn = Math.Min(nextReturn, Math.Max(now.Monotonic, lastReturn + Patience.Nanos(LookForRoomEvery)));
    }

    /// <summary>
    /// When what waits for room tries again, and when it has tried last (nanoseconds of CLOCK_MONOTONIC).
    /// </summary>
    long nextReturn = long.MaxValue, lastReturn;

    /// <summary>Has what waits for room try again, and looks at nothing else.</summary>
    void TryAgain()
    {
        if (now.Monotonic < nextReturn || drop is null) return;
        var shorts = receptions.Values.Where(one => one.Delivery.IsShort).Select(one => one.Delivery.Root).ToList();
        EndWaiting();
        foreach (var root in shorts.Concat(returning.Keys).ToList())
            Guard(BoundaryPoint.ReceivingLook, root, () => LookAtEntry(root));
    }

    /// <summary>What was short tries again, and what waits is received where there is room for it.</summary>
    void EndWaiting()
    {
        (nextReturn, lastReturn) = (long.MaxValue, now.Monotonic);
        foreach (var reception in receptions.Values) reception.Delivery.IsShort = false;
        returning.Clear();
        var (paths, hashText) = (pathBudget.Left, hashBudget.Left);
        foreach (var (root, later) in givenWay.OrderBy(one => one.Value.Paths + one.Value.HashText).ToList())
        {
            if (now.Monotonic < later.NotBefore && !(later.Spare is { } had && Spare > had + WorthReading)) continue;
            if ((later.Paths > paths || later.HashText > hashText) && receptions.Count + returning.Count > 0) break;
            (paths, hashText) = (paths - later.Paths, hashText - later.HashText);
            givenWay.Remove(root);
            returning[root] = later;
        }
    }

    /// <summary>What is received again in this look, with what is remembered of its first time.</summary>
    readonly Dictionary<RawPath, GivenWay> returning = [];
}
