using System.Collections.Immutable;
using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Packages;
using Difusor.Agent.Verification;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Drop;

/// <summary>Makes verdicts on staged deliveries, and posts them.</summary>
public sealed partial class DropReceiver
{
    bool judgingFailed;
    Corte? newestAccepted;

    /// <summary>The cortes that had a verdict since the start. Replaced as a whole, because workers read it.</summary>
    ImmutableHashSet<Corte> cortes = [];

    /// <summary>
    /// Returns whether another verdict may be begun: not too many are being made, and the agent loop is not too far
    /// behind.
    /// </summary>
    bool MayJudge(Reception reception)
    {
        foreach (var (posted, at) in untaken)
            // The loop has its own trouble by now, and reports that itself. Stop waiting for it.
            if (now.Monotonic - at > Patience.Nanos(LookEvery)) untaken.Remove(posted);
        return HasVerdictPlace(reception.Delivery)
            && untaken.Count < (reception.Promise == Promise.Newer ? 2 * bounds.Untaken : bounds.Untaken);
    }

    /// <summary>
    /// Returns whether it is a newer corte than any before, and not one of the future. Such a verdict is posted at
    /// once, however many others there were.
    /// </summary>
    bool IsNews(Verification.Verdict verdict) =>
        verdict.Accepted && verdict.Corte is { } corte && !(corte <= newestAccepted) && corte.At <= NotOfTheFuture;

    bool MayBeTold(Reception reception, Verification.Verdict verdict) =>
        rules.Settings.Drop.Layout == DropLayout.Tree || IsNews(verdict)
            || verdicts.Take(reception.Promise == Promise.Newer, now.Monotonic);

    /// <summary>
    /// Puts a verdict off because there are too many: it is not posted, and made again when there is room for it.
    /// </summary>
    void PutOff(Reception reception)
    {
        var root = reception.Delivery.Root;
        putOff++;
        pace.Judged(root, now.Monotonic);
        (reception.IsPutOff, reception.NotBefore) = (true, pace.NotBefore(root));
        reception.Delivery.Resume(stalled: false);
        reception.Delivery.Retry();
        Release(reception, waits: false);
    }

    void TryVerdict(Reception reception, Occasion occasion)
    {
        var isWhole = reception.Delivery.Wholeness == Wholeness.Whole;
        if (!isWhole) verdictsBegun++;
        reception.Delivery.BeginJudging(occasion);
        progressChanged = true;
        var judging = JudgingOf(drop!, rules);
        var lists = reception.Delivery.IsArchive ? ListsOf(reception.Delivery.Root) : [];
        var slice = reception.Slice!;
        var other = reception.Delivery.Files.Count > FewFiles ? WorkKind.Long : WorkKind.Short;
        var whole = reception.Promise == Promise.Newer ? WorkKind.Urgent : other;
        var kind = isWhole ? whole : WorkKind.UrgentLong;
        reception.IsWantedAgain = false;
        workers.Add(() =>
        {
            slice.Begin(HostClock.Read().Monotonic);
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
            slice.Finish(HostClock.Read().Monotonic);
            if (!isForeseen) inbox.Enqueue(() => HasFailed(reception));
            Wake();
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
    void Enqueue(Reception reception, Action take) => inbox.Enqueue(() =>
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
        progressChanged = true;
        var delivery = reception.Delivery;
        if (fault is not null)
        {
            // Do not retry in a circle: the next look tries again.
            judgingFailed = true;
            StagingFailed(fault);
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
        if (reception.IsOutdated && delivery.State == DeliveryState.Judged && drop is not null)
            LookAtEntry(delivery.Root);
        else if (reception.IsWantedAgain) JudgeAgain(delivery.Root);
    }

    void Conclude(Reception reception, Judgement judgement)
    {
        StagingWorks();
        var (delivery, verdict) = (reception.Delivery, judgement.Verdict!);
        delivery.Close();
        receptions.Remove(delivery.Root);
        HasEnded(delivery);
        if (IsNews(verdict)) pace.Reset(delivery.Root);
        else pace.Judged(delivery.Root, now.Monotonic);
        // Post the verdict first. What is remembered of it is made while the agent loop works on the verdict.
        var files = new Lazy<JudgedFiles>(() => JudgedFiles.Of(delivery).As(verdict.Accepted));
        var told = new DeliveryJudged(
            reception.Name, verdict, reception.Tree!, delivery.FirstSeen, delivery.LastByte,
            new Lazy<JudgedDelivery>(() => files.Value.Memory))
        {
            PutOff = putOff - putOffTold,
        };
        (putOffTold, untaken[told]) = (putOff, now.Monotonic);
        post(told);
        AddJudged(delivery.Root, files.Value);
        if (verdict.Corte is { } one) cortes = cortes.Add(one);
        // A corte in the future is a typing error or a test. It must not end the waiting for other deliveries.
        if (!verdict.Accepted || verdict.Corte is not { } corte || corte <= newestAccepted || corte.At > NotOfTheFuture)
            return;
        newestAccepted = corte;
        foreach (var other in receptions.Values.Where(
            other => other.Delivery.State == DeliveryState.Stalled && IsOvertaken(other))) other.Delivery.GiveUp();
    }

    void Stall(Reception reception, ToldNames awaited)
    {
        progressChanged = true;
        var delivery = reception.Delivery;
        LetGo(delivery.Root);
        if (delivery.Resume(stalled: true))
        {
            if (announcements.Take(reception.Promise == Promise.Newer, now.Monotonic))
                post(new DeliveryStalls(reception.Name, delivery.FirstSeen, delivery.LastByte, awaited));
            else putOff++;
        }
        if (IsOvertaken(reception)) delivery.GiveUp();
    }

    /// <summary>
    /// Returns whether a newer corte was accepted, so that the rest of this one is not waited for. Where the corte is
    /// not known, the digits of the name decide.
    /// </summary>
    bool IsOvertaken(Reception reception) => newestAccepted is { } newest
        && (reception.StalledCorte is { } corte
            ? corte < newest : reception.Stamp is { } stamp && stamp < newest.At.DateTime);

    /// <summary>
    /// Has everything judged again that was rejected and still lies in the drop, under the rules that hold now.
    /// </summary>
    void JudgeRejectedAgain()
    {
        StartAfresh();
        foreach (var files in judged.Values) files.IsWantedAgain |= !files.Memory.Accepted;
        mustLook = true;
    }
}
