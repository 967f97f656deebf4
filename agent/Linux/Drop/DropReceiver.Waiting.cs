using Difusor.Agent.Drop;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Makes a delivery wait where all deliveries in hand together would keep too much: the one that keeps most gives way.
/// So a sender who sends little, as an honest one does, never waits for one who sends very much. Of a delivery that
/// waits only the name is kept, and it is received again once there is room.
/// </summary>
public sealed partial class DropReceiver
{
    /// <summary>A delivery that gave way.</summary>
    /// <param name="FirstSeen">When it was first seen. It is kept, so that waiting does not move the delivery out of
    /// its rehearsal or night.</param>
    /// <param name="Paths">Bytes of the budget for paths that it held when it gave way. As much must be left before it
    /// is received again.</param>
    /// <param name="HashText">The same for the budget for HASH files.</param>
    /// <param name="Times">How often it has given way.</param>
    /// <param name="NotBefore">Nanoseconds of CLOCK_MONOTONIC. A delivery that gives way again and again is read again
    /// less and less often.</param>
    /// <param name="Spare">Bytes of disk space that were too few for it, plus what it gave back of them; null: it did
    /// not lack disk space.</param>
    sealed record GivenWay(
        ClockReading FirstSeen, ClockReading LastByte, bool IsAnnounced, bool HasStalled, JudgedFiles? Before,
        long Paths, long HashText, int Times, long NotBefore,
        long? Spare);

    /// <summary>Bytes. With this much more space on the disk, a large delivery is worth reading again.</summary>
    const long WorthReading = 16 << 20;

    const int MostDoublings = 6;

    /// <summary>Bytes of the budgets. The end of a delivery that held as much is worth a garbage collection.</summary>
    const long MuchMemory = 16 << 20;

    /// <summary>After this time the agent loop holds nothing of the delivery's verdict any more.</summary>
    static readonly TimeSpan VerdictIsTaken = TimeSpan.FromSeconds(1);

    long tellOfMemory = long.MaxValue;

    /// <summary>
    /// Reports that a very large delivery has ended, so that its memory is collected before the next one.
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

    /// <summary>Makes the delivery that keeps most give way, where this one finds too little left.</summary>
    /// <returns>True: nothing is to be done with this delivery now.</returns>
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

    /// <summary>
    /// Returns the delivery that keeps most. One whose verdict is being made does not count: it ends soon by itself.
    /// </summary>
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
    /// Handles a delivery that does not fit on the disk although there is room for others: the others go first, and
    /// what it has staged is removed.
    /// </summary>
    void FindsNoRoom(Reception reception, NoSpareRoom refused)
    {
        // Several of its files may find no room at the same time.
        if (reception.Delivery.GivesWay) return;
        if (Shortage() is { } low)
        {
            Pause(low);
            return;
        }
        // The delivery that has taken most of the disk waits, so that its space is there for the others.
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

    /// <summary>Reports once that every delivery which lacked room on the disk has its verdict or is gone.</summary>
    void LookForRoom()
    {
        var lacked = lacksRoom;
        lacksRoom = givenWay.Values.Any(one => one.Spare is not null) || receptions.Values.Any(one => one.LacksRoom);
        if (lacked && !lacksRoom) post(new EverythingFits());
    }

    /// <summary>Receives again what waits for room on the disk, because room has been made. Any thread.</summary>
    public void RoomWasMade() => Request(() => nextReturn = now.Monotonic);

    /// <summary>Gets the deliveries that gave way: they lie in the drop, and only their names are kept.</summary>
    IEnumerable<DeliveryProgress> WaitingProgress(int most) =>
        givenWay.OrderBy(one => NameOf(one.Key), StringComparer.Ordinal).Take(Math.Max(0, most))
        .Select(one =>
            new DeliveryProgress(
            NameOf(one.Key), DeliveryState.Arriving, 0, 0, one.Value.FirstSeen, one.Value.LastByte, Waits: true));

    /// <summary>
    /// Frees what a delivery held. Soon afterwards the deliveries that were short or that wait are tried again.
    /// </summary>
    void HasEnded(Delivery ended)
    {
        if (ended.Shares.Held >= MuchMemory) tellOfMemory = now.Monotonic + Patience.Nanos(VerdictIsTaken);
        ended.Shares.Clear();
        if (givenWay.Count == 0 && !receptions.Values.Any(one => one.Delivery.IsShort)) return;
        nextReturn = Math.Min(nextReturn, Math.Max(now.Monotonic, lastReturn + Patience.Nanos(LookForRoomEvery)));
    }

    /// <summary>
    /// When the deliveries that wait for room try again, and when they tried last (nanoseconds of CLOCK_MONOTONIC).
    /// </summary>
    long nextReturn = long.MaxValue, lastReturn;

    /// <summary>Lets the deliveries that wait for room try again, and looks at nothing else.</summary>
    void TryAgain()
    {
        if (now.Monotonic < nextReturn || drop is null) return;
        var shorts = receptions.Values.Where(one => one.Delivery.IsShort).Select(one => one.Delivery.Root).ToList();
        EndWaiting();
        foreach (var root in shorts.Concat(returning.Keys).ToList())
            Guard(BoundaryPoint.ReceivingLook, root, () => LookAtEntry(root));
    }

    /// <summary>
    /// Lets the deliveries that were short try again, and receives again those that gave way, where there is room.
    /// </summary>
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

    /// <summary>
    /// The deliveries that are received again in this look, with the facts remembered from the first time.
    /// </summary>
    readonly Dictionary<RawPath, GivenWay> returning = [];
}
