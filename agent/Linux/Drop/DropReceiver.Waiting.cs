using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Makes a delivery wait where all deliveries in hand together would keep too much: the one that keeps most gives way.
/// So a sender who sends little, as an honest one does, never waits for one who sends very much. Of a delivery that
/// waits only the name is kept, and it is received again once there is room.
/// </summary>
public sealed partial class DropReceiver
{
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
            inbox.Wake();
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
        var (delivery, shares) = (reception.Delivery, reception.Delivery.Shares);
        givenWay.Add(
            delivery.Root,
            new GivenWay(
                delivery.FirstSeen, delivery.LastByte, reception.IsAnnounced, delivery.HasStalled, reception.Before,
                shares.Paths.Held, shares.HashText.Held, reception.GaveWay + (reception.IsToBlame ? 1 : 0),
                reception.Spare),
            now.Monotonic);
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
        if (!pause.HasRoom(Floor, now.Monotonic)) return;
        // The delivery that has taken most of the disk waits, so that its space is there for the others.
        var largest = receptions.Values.Where(one => one.Delivery.State != DeliveryState.Judging)
            .MaxBy(one => one.Taken) ?? reception;
        if (largest.Taken <= reception.Taken || largest.Delivery.GivesWay) largest = reception;
        var (isFirst, isNewer) = (largest.GaveWay == 0, reception.Promise == Promise.Newer);
        if (isFirst || isNewer)
            post(new NoRoomFor(largest.Name, refused.Spare, Floor, isFirst, isNewer && largest == reception));
        reception.IsToBlame = largest == reception;
        foreach (var one in new[] { reception, largest })
        {
            one.Spare = refused.Spare + one.Taken;
            one.Delivery.GivesWay = true;
            one.Slice?.End();
        }
        inbox.Wake();
    }

    /// <summary>Receives again what waits for room on the disk, because room has been made. Any thread.</summary>
    public void RoomWasMade() => inbox.Add(() => givenWay.TryAt(now.Monotonic));

    /// <summary>
    /// Frees what a delivery held. Soon afterwards the deliveries that were short or that wait are tried again.
    /// </summary>
    void HasEnded(Delivery ended)
    {
        unused.HasEnded(ended.Shares.Held, now.Monotonic);
        ended.Shares.Clear();
        if (givenWay.Count > 0 || receptions.Values.Any(one => one.Delivery.IsShort)) givenWay.TrySoon(now.Monotonic);
    }

    /// <summary>Lets the deliveries that wait for room try again, and looks at nothing else.</summary>
    void TryAgain()
    {
        if (now.Monotonic < givenWay.NextTry || Drop is null) return;
        var shorts = receptions.Values.Where(one => one.Delivery.IsShort).Select(one => one.Delivery.Root).ToList();
        foreach (var root in shorts.Concat(EndWaiting()))
            Guard(BoundaryPoint.ReceivingLook, root, () => LookAtEntry(root));
    }

    /// <summary>
    /// Lets the deliveries that were short try again, and receives again those that gave way, where there is room.
    /// </summary>
    /// <returns>The deliveries that gave way and return.</returns>
    IReadOnlyCollection<RawPath> EndWaiting()
    {
        foreach (var reception in receptions.Values) reception.Delivery.IsShort = false;
        return givenWay.Return(receptions.Count, () => pause.Spare(Floor), now.Monotonic);
    }
}
