using System.Collections.Immutable;
using Difusor.Agent.Drop;
using Difusor.Agent.Packages;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux;

/// <summary>From a closed file to a verdict.</summary>
public sealed partial class Receiving
{
    /// <summary>How far a corte may lie ahead of this host's clock (contract, section 6).</summary>
    static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    const int ToldTogether = 64;

    bool isPaused, isTroubled, judgingFailed;
    int told;
    Corte? newestAccepted;

    /// <summary>The cortes that had a verdict since the start; replaced as a whole, since workers look at it.</summary>
    ImmutableHashSet<Corte> cortes = [];

    /// <summary>Takes a delivery as far as it goes at this instant.</summary>
    void Advance(Reception reception)
    {
        var delivery = reception.Delivery;
        if (delivery.State == DeliveryState.Judging || drop is null) return;
        while (delivery.TakeGone() is { } gone) Unstage(reception, gone);
        if (delivery.Files.Count == 0)
        {
            Dismiss(reception);
            return;
        }
        if (reception.OnlyLosses && delivery.RipenessAt(now.Monotonic) == Ripeness.Moving) return;
        if (!reception.IsAnnounced)
        {
            reception.IsAnnounced = progressChanged = true;
            post(new DeliverySeen(reception.Name, delivery.FirstSeen));
        }
        var occasion = delivery.Next(now.Monotonic);
        if (!isPaused) HaveRead(reception);
        if (occasion == Occasion.QuietButOpen) Stall(reception, [.. delivery.OpenFiles]);
        else if (occasion != Occasion.None && !judgingFailed && TryStage(reception)) TryVerdict(reception, occasion);
    }

    void HaveRead(Reception reception)
    {
        var delivery = reception.Delivery;
        if (!delivery.HasWork || !HasRoom() || !TryStage(reception)) return;
        var reader = new SourceReader(drop!, rules.Settings.Limits, store);
        while (delivery.TakeWork() is { } file)
        {
            if (delivery.IsArchive && reception.Archive is not null)
            {
                // Unpacked once already: an entry that the new one has not must not stay.
                Discard(reception);
                if (!TryStage(reception))
                {
                    delivery.HasRead(file, Reading.Again);
                    return;
                }
            }
            var tree = reception.Tree!;
            workers.Add(() =>
            {
                var (reading, archive, fault) = TryRead(reader, file, tree, delivery.IsArchive);
                inbox.Enqueue(() => HasRead(reception, file, reading, archive, fault));
                // Of many files the thread hears together: at a fault, now and then, and once no work is left.
                if (fault is not null || Interlocked.Increment(ref told) % ToldTogether == 0) Wake();
            });
        }
    }

    static (Reading, UnpackedArchive?, SystemFault?) TryRead(SourceReader reader, DeliveredFile file, StagingTree tree, bool isArchive)
    {
        try
        {
            if (!isArchive) return (reader.Read(file, tree), null, null);
            var (reading, archive) = reader.Unpack(file, tree);
            return (reading, archive, null);
        }
        catch (SystemFault fault) { return (Reading.Again, null, fault); }
        // What .NET's own stream over the archive refuses.
        catch (IOException) { return (Reading.Again, null, new SystemFault("read", file.Path.ToString(), Errno.EIO)); }
    }

    void HasRead(Reception reception, DeliveredFile file, Reading reading, UnpackedArchive? archive, SystemFault? fault)
    {
        if (fault is not null) StagingFailed(fault);
        else if (!reading.Retry) StagingWorks();
        // What was unpacked of one that could not be read to its end, or is another by now, must not lie beside what comes next.
        if (reception.Delivery.IsArchive && archive is null) Discard(reception);
        else reception.Archive = archive;
        var stays = reception.Delivery.HasRead(file, reading);
        if (!stays || (reading.Entry is null && !reading.Retry && !reception.Delivery.IsArchive)) Unstage(reception, file);
    }

    void TryVerdict(Reception reception, Occasion occasion)
    {
        reception.Delivery.BeginJudging(occasion);
        progressChanged = true;
        var judging = JudgingOf(drop!, rules);
        var hashes = reception.Delivery.IsArchive ? beside.Keys.ToList() : [];
        workers.Add(() =>
        {
            Judgement judgement;
            SystemFault? fault = null;
            try { judgement = judging.Judge(reception, occasion, hashes); }
            catch (SystemFault refused) { (judgement, fault) = (Judgement.Different, refused); }
            catch (IOException) { (judgement, fault) = (Judgement.Different, new SystemFault("read", reception.Name, Errno.EIO)); }
            Request(() => HasJudged(reception, judgement, fault));
        });
    }

    void HasJudged(Reception reception, Judgement judgement, SystemFault? fault)
    {
        progressChanged = true;
        var delivery = reception.Delivery;
        if (fault is not null)
        {
            // Not in a circle: the next look has it tried again.
            judgingFailed = true;
            StagingFailed(fault);
            delivery.Resume(stalled: false);
            delivery.Retry();
        }
        else if (judgement.Weight == Weight.Stands) Conclude(reception, judgement);
        else if (judgement.Differs)
        {
            delivery.Resume(stalled: false);
            delivery.Changed(now);
            LookAt(reception);
        }
        else if (judgement.Weight == Weight.TooEarly) delivery.Resume(stalled: false);
        else
        {
            reception.StalledCorte = judgement.Verdict!.Corte;
            Stall(reception, judgement.Awaited);
        }
        foreach (var hint in reception.Deferred) OnHint(hint);
        reception.Deferred.Clear();
    }

    void Conclude(Reception reception, Judgement judgement)
    {
        StagingWorks();
        var (delivery, verdict) = (reception.Delivery, judgement.Verdict!);
        delivery.Close();
        receptions.Remove(delivery.Root);
        // The verdict first; what is remembered of it is made while the agent loop goes on with it.
        var files = new Lazy<JudgedFiles>(() => JudgedFiles.Of(delivery).As(verdict.Accepted));
        post(new DeliveryJudged(
            reception.Name, verdict, reception.Tree!, delivery.FirstSeen, delivery.LastByte, new Lazy<JudgedDelivery>(() => files.Value.Memory)));
        judged[delivery.Root] = files.Value;
        if (verdict.Corte is { } one) cortes = cortes.Add(one);
        // A corte that lies in the future is a typing error or a test: it ends nobody's waiting.
        if (!verdict.Accepted || verdict.Corte is not { } corte || corte <= newestAccepted || corte.At > now.System + Ahead) return;
        newestAccepted = corte;
        foreach (var other in receptions.Values.Where(other => other.Delivery.State == DeliveryState.Stalled && IsOvertaken(other))) other.Delivery.GiveUp();
    }

    void Stall(Reception reception, ImmutableArray<string> awaited)
    {
        progressChanged = true;
        var delivery = reception.Delivery;
        if (delivery.Resume(stalled: true)) post(new DeliveryStalled(reception.Name, delivery.FirstSeen, delivery.LastByte, awaited));
        if (IsOvertaken(reception)) delivery.GiveUp();
    }

    /// <summary>A newer corte was accepted: nobody waits for the rest of this one. Without a header that tells, its name's digits do.</summary>
    bool IsOvertaken(Reception reception) => newestAccepted is { } newest
        && (reception.StalledCorte is { } corte ? corte < newest : PackageName.Read(reception.Name).Stamp is { } stamp && stamp < newest.At.DateTime);

    /// <summary>What was rejected and still lies there is judged again, under the rules that hold now.</summary>
    void JudgeRejectedAgain()
    {
        foreach (var (root, rejected) in judged.Where(one => !one.Value.Memory.Accepted).ToList()) Reopen(root, rejected, onlyLosses: false);
    }

    void Unstage(Reception reception, DeliveredFile file)
    {
        if (reception.Delivery.IsArchive) Discard(reception);
        else if (file.Name is { } name) reception.Tree?.Remove(name);
    }

    void Dismiss(Reception reception)
    {
        receptions.Remove(reception.Delivery.Root);
        progressChanged = true;
        Discard(reception);
    }

    void Discard(Reception reception)
    {
        if (reception.Tree is { } tree) workers.Add(() => TryDiscard(tree));
        (reception.Tree, reception.Archive) = (null, null);
    }

    /// <summary>What cannot be removed now lies in <c>staging/</c> until the next start, which clears it.</summary>
    static void TryDiscard(StagingTree tree)
    {
        try { tree.Discard(); }
        catch (SystemFault) { }
    }

    bool TryStage(Reception reception)
    {
        if (reception.Tree is not null) return true;
        try { reception.Tree = store.Stage(reception.Name, now.System, ahead: !reception.Delivery.IsArchive); }
        catch (SystemFault fault) { StagingFailed(fault); }
        return reception.Tree is not null;
    }

    /// <summary>Whether there is as much free space as <c>limits.min_free</c> asks for.</summary>
    bool HasRoom()
    {
        var (free, needed) = (store.FreeBytes, rules.Settings.Limits.MinFree);
        if (free >= needed) return true;
        Pause(new StorageLow(free, needed));
        return false;
    }

    void StagingFailed(SystemFault fault) => Pause(new StorageFailed(fault));

    void StagingWorks()
    {
        if (!isTroubled) return;
        isTroubled = false;
        post(new StorageBack(store.FreeBytes));
    }

    /// <summary>Nothing is staged until the next look, which tries again; told once.</summary>
    void Pause(Signal why)
    {
        isPaused = true;
        if (isTroubled) return;
        isTroubled = true;
        post(why);
    }

    void ResumeStaging()
    {
        judgingFailed = false;
        if (!isPaused || !HasRoom()) return;
        isPaused = false;
        foreach (var reception in receptions.Values.Where(one => one.Delivery.State != DeliveryState.Judging)) reception.Delivery.ReadAgain();
    }

    /// <summary>The drop is the sender's: only what has its verdict, and has not changed for <c>drop.keep</c>, is removed. A tree stays: the next corte is written over it.</summary>
    void RemoveKeptLongEnough()
    {
        if (rules.Settings.Drop is not { Keep: { } keep, Layout: Configuration.DropLayout.Packages }) return;
        foreach (var (root, files) in judged.ToList())
        {
            if (now.Monotonic - files.LastChange < Patience.Nanos(keep) || !memory.Holds(files.Memory)) continue;
            DeliveryRemoval.Remove(drop!, root, files);
            if (beside.Count > 0 && files.Has(root)) DeliveryRemoval.RemoveSidecars(drop!, root, beside.Keys);
            files.LastChange = now.Monotonic;
        }
    }
}
