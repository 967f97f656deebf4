using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux.Drop;

/// <summary>Makes verdicts on staged deliveries, and posts them.</summary>
public sealed partial class DropReceiver
{
    bool MayBeTold(Reception reception, Verdict verdict) =>
        rules.Settings.Drop.Layout == DropLayout.Tree || cortes.IsNews(verdict, now)
            || telling.TakeVerdict(reception.Promise == Promise.Newer, now.Monotonic);

    /// <summary>
    /// Puts a verdict off because there are too many: it is not posted, and made again when there is room for it.
    /// </summary>
    void PutOff(Reception reception)
    {
        var root = reception.Delivery.Root;
        (reception.IsPutOff, reception.NotBefore) = (true, telling.PutVerdictOff(root, now.Monotonic));
        reception.Delivery.Resume(stalled: false);
        reception.Delivery.Retry();
        Release(reception, waits: false);
    }

    void TryVerdict(Reception reception, Occasion occasion)
    {
        var isWhole = reception.Delivery.Wholeness == Wholeness.Whole;
        places.Begin(reception.Delivery.Wholeness);
        reception.Delivery.BeginJudging(occasion);
        progress.Change();
        var judging = Judging.Of(Drop!, rules, store, cortes);
        var lists = reception.Delivery.IsArchive ? beside.Of(reception.Delivery.Root, rules.Settings.Limits.Paths) : [];
        var slice = reception.Slice!;
        reception.IsAmongLooseFiles = ignored.HasLooseFiles;
        // What is not whole holds the one place for such a verdict, and its HASH files may be long.
        var isNewer = reception.Promise == Promise.Newer;
        var isLong = !isWhole || (!isNewer && reception.Delivery.Files.Count > FewFiles);
        var kind = WorkKinds.Of(isNewer || !isWhole, isLong);
        reception.IsWantedAgain = false;
        workers.Add(() =>
        {
            slice.Begin(HostClock.Monotonic());
            var isForeseen = Boundary.Run(BoundaryPoint.StagingJudge, () =>
            {
                Judgement judgement;
                SystemFault? fault = null;
                try
                {
                    judgement = judging.Judge(reception, occasion, lists);
                    // Give up here what a rejected tree shares and what was made ahead in it, so that the loop does not
                    // wait for that.
                    if (judgement is { Weight: Weight.Stands, Differs: false, Verdict.Accepted: false })
                        TryReject(reception.Tree!);
                }
                catch (SystemFault refused) { (judgement, fault) = (Judgement.Different, refused); }
                catch (IOException)
                {
                    (judgement, fault) = (Judgement.Different, new SystemFault("read", reception.Name, Errno.EIO));
                }
                Enqueue(reception, () => HasJudged(reception, judgement, fault));
            }, reception.Name);
            slice.Finish(HostClock.Monotonic());
            if (!isForeseen) inbox.AddQuietly(() => HasFailed(reception));
            inbox.Wake();
        }, kind);
    }

    /// <summary>Rejects a tree. Where the disk refuses, the loop tries again and reports it.</summary>
    static void TryReject(StagingTree tree)
    {
        try { tree.Reject(); }
        catch (SystemFault) { }
    }

    /// <summary>
    /// Queues what a worker has found about a delivery for this thread. If handling it fails, the delivery is set
    /// aside.
    /// </summary>
    void Enqueue(Reception reception, Action take) => inbox.AddQuietly(() =>
    {
        if (reception.IsSetAside) Discard(reception);
        else Guard(BoundaryPoint.ReceivingDelivery, reception.Delivery.Root, take);
    });

    /// <summary>Sets a delivery aside because an unexpected error prevented its verdict.</summary>
    void HasFailed(Reception reception)
    {
        reception.Delivery.Resume(stalled: false);
        if (!reception.IsSetAside) SetAside(reception.Delivery.Root);
        Discard(reception);
    }

    void HasJudged(Reception reception, Judgement judgement, SystemFault? fault)
    {
        progress.Change();
        var delivery = reception.Delivery;
        if (fault is not null)
        {
            // Do not retry in a circle: the next look tries again.
            pause.RefusedVerdict(fault, now.Monotonic);
            delivery.Resume(stalled: false);
            delivery.Retry();
        }
        else if (judgement.Weight == Weight.Stands && MayBeTold(reception, judgement.Verdict!))
            Conclude(reception, judgement);
        else if (judgement.Weight == Weight.Stands) PutOff(reception);
        else if (judgement.Differs)
        {
            delivery.Resume(stalled: false);
            delivery.Changed(now);
            delivery.Want(judgement.Wanted);
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
        if (reception.IsOutdated && delivery.State == DeliveryState.Judged && Drop is not null)
            LookAtEntry(delivery.Root);
        else if (reception.IsWantedAgain) JudgeAgain(delivery.Root);
    }

    void Conclude(Reception reception, Judgement judgement)
    {
        pause.Works();
        var (delivery, verdict) = (reception.Delivery, judgement.Verdict!);
        delivery.Close();
        receptions.Remove(delivery.Root);
        HasEnded(delivery);
        var putOff = telling.TellVerdict(delivery.Root, cortes.IsNews(verdict, now), now.Monotonic);
        // Post the verdict first. What is remembered of it is made while the agent loop works on the verdict.
        var files = new Lazy<JudgedFiles>(() => JudgedFiles.Of(delivery).As(verdict.Accepted));
        var told = new DeliveryJudged(
            reception.Name, verdict, reception.Tree!, delivery.FirstSeen, delivery.LastByte,
            new Lazy<JudgedDelivery>(() => files.Value.Memory))
        {
            PutOff = putOff,
        };
        places.Tell(told, now.Monotonic);
        post(told);
        judged.Add(delivery.Root, files.Value);
        if (!cortes.HasJudged(verdict, now)) return;
        foreach (var other in receptions.Values.Where(
            other => other.Delivery.State == DeliveryState.Stalled && IsOvertaken(other))) other.Delivery.GiveUp();
    }

    void Stall(Reception reception, ToldNames awaited)
    {
        progress.Change();
        var delivery = reception.Delivery;
        LetGo(delivery.Root);
        if (delivery.Resume(stalled: true)
            && telling.TakeAnnouncement(reception.Promise == Promise.Newer, now.Monotonic))
            post(new DeliveryStalls(reception.Name, delivery.FirstSeen, delivery.LastByte, awaited));
        if (IsOvertaken(reception)) delivery.GiveUp();
    }

    bool IsOvertaken(Reception reception) => cortes.IsOvertaken(reception.StalledCorte, reception.Named.Stamp);

    /// <summary>
    /// Has everything judged again that was rejected and still lies in the drop, under the rules that hold now.
    /// </summary>
    void JudgeRejectedAgain()
    {
        StartAfresh();
        judged.WantRejectedAgain();
        looks.Want();
    }
}
