using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Linux.Drop;

/// <summary>Stages files: from a closed file to a copy of it in the delivery's own tree.</summary>
public sealed partial class DropReceiver
{
    const int ToldTogether = 64;

    /// <summary>With more files than this, making a verdict or removing a tree takes long.</summary>
    const int FewFiles = 1000;

    /// <summary>With at least this many files, a delivery may be a whole corte.</summary>
    const int LikeACorte = 100;

    /// <summary>How many files the workers have read. Changed by <see cref="Interlocked"/> only.</summary>
    int told;

    /// <summary>Takes a delivery whose turn it is as far as it can go at this moment.</summary>
    void Advance(Reception reception)
    {
        var delivery = reception.Delivery;
        if (reception.Slice is not { IsOver: false } || delivery.State == DeliveryState.Judging) return;
        Announce(reception);
        if (MakeRoomFor(reception)) return;
        var occasion = delivery.Next(now.Monotonic);
        if (!pause.IsOn) HaveRead(reception);
        if (occasion == Occasion.QuietButOpen) Stall(reception, ToldNames.Of(delivery.OpenFiles));
        else if (occasion != Occasion.None && pause.MayJudge
            && places.MayBegin(delivery.Wholeness, reception.Promise == Promise.Newer, now.Monotonic)
            && TryStage(reception)) TryVerdict(reception, occasion);
    }

    void HaveRead(Reception reception)
    {
        var (delivery, slice) = (reception.Delivery, reception.Slice!);
        if (!delivery.HasWork || reception.Outstanding >= bounds.Outstanding || !pause.HasRoom(Floor, now.Monotonic)
            || !TryStage(reception)) return;
        var reader = new SourceReader(
            Drop!, rules.Settings.Limits, delivery.Shares, slice, rules.Verification.Hashes.Line);
        // An archive holds the one place to be unpacked in.
        var kind = WorkKinds.Of(delivery.IsArchive || reception.Promise == Promise.Newer, isLong: delivery.IsArchive);
        while (reception.Outstanding < bounds.Outstanding && delivery.TakeWork() is { } file)
        {
            if (delivery.IsArchive && reception.Archive is not null)
            {
                // It was unpacked before. Begin with an empty tree, so that no entry stays that the new archive does
                // not have.
                Discard(reception);
                if (!TryStage(reception))
                {
                    delivery.HasRead(file, Reading.Again);
                    return;
                }
            }
            var tree = reception.Tree!;
            reception.Outstanding++;
            Interlocked.Increment(ref reception.Unread);
            workers.Add(() =>
            {
                SystemFault? fault = null;
                slice.Begin(HostClock.Monotonic());
                var isForeseen = Boundary.Run(BoundaryPoint.StagingRead, () =>
                {
                    (var reading, var archive, fault) = delivery.WantsNoMore || reception.IsSetAside
                        ? (Reading.Again, null, null) : TryRead(reader, file, tree, delivery.IsArchive, slice);
                    Enqueue(reception, () => HasRead(reception, file, reading, archive, fault));
                }, reception.Name);
                slice.Finish(HostClock.Monotonic());
                if (!isForeseen) Enqueue(reception, () => SetAside(delivery.Root));
                // Do not wake the thread for every file: only for a fault, now and then, and when no work is left.
                var isLast = Interlocked.Decrement(ref reception.Unread) == 0;
                if (fault is not null || !isForeseen || isLast || Interlocked.Increment(ref told) % ToldTogether == 0)
                    inbox.Wake();
            }, kind);
        }
    }

    static (Reading, UnpackedArchive?, SystemFault?) TryRead(
        SourceReader reader, DeliveredFile file, StagingTree tree, bool isArchive, Slice slice)
    {
        if (slice.IsOver) return (Reading.Again, null, null);
        try
        {
            if (!isArchive) return (reader.Read(file, tree), null, null);
            var (reading, archive) = reader.Unpack(file, tree);
            return (reading, archive, null);
        }
        catch (SliceOver) { return (Reading.Again, null, null); }
        catch (SystemFault fault) { return (Reading.Again, null, fault); }
        // An error of .NET's own stream over the archive.
        catch (IOException) { return (Reading.Again, null, new SystemFault("read", file.Path.ToString(), Errno.EIO)); }
    }

    void HasRead(Reception reception, DeliveredFile file, Reading reading, UnpackedArchive? archive, SystemFault? fault)
    {
        reception.Outstanding--;
        if (fault is NoSpareRoom refused) FindsNoRoom(reception, refused);
        else if (fault is not null) pause.Refused(fault, now.Monotonic);
        else if (!reading.Retry) pause.Works();
        // The archive could not be read to its end, or it has changed. What was unpacked must not mix with what comes
        // next.
        if (reception.Delivery.IsArchive && archive is null) Discard(reception);
        else reception.Archive = archive;
        var stays = reception.Delivery.HasRead(file, reading);
        if (!stays || (reading.Entry is null && !reading.Retry && !reception.Delivery.IsArchive))
            Unstage(reception, file);
        if (reception.Delivery.TakeLacksListed()) LookAt(reception);
        if (reception is { Outstanding: 0, Slice.IsOver: true, IsOutdated: false })
            Release(reception, reception.WaitsAfter);
    }

    void Unstage(Reception reception, DeliveredFile file)
    {
        if (reception.Delivery.IsArchive) Discard(reception);
        else if (file.Name is { } name) reception.Tree?.Remove(name);
    }

    void Dismiss(Reception reception)
    {
        receptions.Remove(reception.Delivery.Root);
        reception.Slice = null;
        HasEnded(reception.Delivery);
        progress.Change();
        Discard(reception);
        LetGo(reception.Delivery.Root);
    }

    void Discard(Reception reception)
    {
        if (reception.Tree is { } tree)
            removals.Add(tree, isLong: reception.Delivery.IsArchive || reception.Delivery.Files.Count > FewFiles);
        (reception.Tree, reception.Archive) = (null, null);
    }

    bool TryStage(Reception reception)
    {
        if (!inHand.Take(reception.Delivery.Root)) return false;
        if (reception.Tree is not null) return true;
        try { reception.Tree = store.Stage(reception.Name, now.System, TakesTheTreeMadeAhead(reception), room); }
        catch (SystemFault fault) { pause.Refused(fault, now.Monotonic); }
        return reception.Tree is not null;
    }

    /// <summary>
    /// Returns whether this delivery gets the tree that was made ahead, which holds all of the last corte. In a flood
    /// only a delivery that may be the next corte gets it.
    /// </summary>
    bool TakesTheTreeMadeAhead(Reception reception) =>
        !reception.Delivery.IsArchive && (receptions.Count <= rules.Settings.Drop.AtOnce
        || (reception.Promise == Promise.Newer && reception.Delivery.Files.Count >= LikeACorte));

    /// <summary>Gets the bytes that must stay free.</summary>
    long Floor => rules.Settings.Limits.StagingFloor;

    void ResumeStaging()
    {
        if (!pause.TryEnd(Floor, now.Monotonic)) return;
        foreach (var reception in receptions.Values.Where(one => one.Delivery.State != DeliveryState.Judging))
            reception.Delivery.ReadAgain();
    }
}
