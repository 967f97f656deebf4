using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Linux.Drop;

/// <summary>Handles what the kernel reports of the drop, and keeps the deliveries that are known.</summary>
public sealed partial class DropReceiver
{
    /// <summary>Takes one hint. Not by Guard, which would make three objects for each of many thousand.</summary>
    void TakeHint(Hint hint)
    {
        try
        {
            Boundary.Reach(BoundaryPoint.ReceivingHint);
            OnHint(hint);
        }
        catch (Exception fault) when (fault is not SystemFault)
        {
            SetAside(BoundaryPoint.ReceivingHint, RootOf(hint.Path), fault);
        }
    }

    void OnHint(Hint hint)
    {
        if (hint.Kind == HintKind.Lost)
        {
            looks.Want();
            foreach (var reception in receptions.Values) reception.Delivery.Forgot();
        }
        else if (hint.Kind == HintKind.DropGone) looks.Want();
        else if (!aside.IsEmpty && aside.Has(RootOf(hint.Path))) return;
        else if (hint.Kind is HintKind.Gone or HintKind.Emptied) OnGone(hint);
        else
        {
            var (part, root) = DropMap.Of(rules.Settings.Drop, hint.Path);
            if (part == DropPart.BesideArchives) LookBeside(hint.Path, Drop?.Identify(hint.Path.ToBytes()));
            else if (part != DropPart.Nothing) OnFile(root, hint, part == DropPart.Archive);
            else if (hint.Path == hint.Path.Top) OnNoDelivery(hint.Path);
            // In a hidden folder of a tree. It is no file of the package, but shows that the package still arrives.
            else if (receptions.TryGetValue(RootOf(hint.Path), out var moving)) moving.Delivery.Changed(now);
            else ignored.Touch(hint.Path.Top, now.Monotonic);
        }
    }

    RawPath RootOf(RawPath path) => rules.Settings.Drop.Layout == DropLayout.Tree ? RawPath.Root : path.Top;

    void OnFile(RawPath root, Hint hint, bool isArchive)
    {
        if (givenWay.Has(root)) return;
        if (!receptions.TryGetValue(root, out var reception))
        {
            if (IsOnlyALeftover(root, hint.Path)) return;
            if (judged.Of(root) is { } before)
            {
                // An event without a change: a mode was set to the same mode, or a file was opened for writing and not
                // written.
                if (Drop?.Identify(hint.Path.ToBytes()) is not { } identity || before.IsUnchanged(hint.Path, identity))
                    return;
                reception = Reopen(root, before, onlyLosses: false);
            }
            else if (!isArchive && !root.IsRoot && IsInNoPackage(root, hint.Path)) return;
            else if (HasPlace(root, byHint: true))
            {
                ignored.Forget(root);
                reception = receptions[root] = NewReception(root, isArchive);
                // It may have been here before, and its earlier files were not noted.
                if (IsFull) LookAt(reception);
            }
            else return;
        }
        if (reception.Delivery.IsArchive != isArchive)
        {
            Replace(reception);
            return;
        }
        (reception.OnlyLosses, reception.IsPutOff) = (false, false);
        if (reception.Delivery.State == DeliveryState.Judging) reception.Deferred.Add(hint);
        else reception.Delivery.Hint(hint.Kind, hint.Path, now);
    }

    /// <summary>
    /// Returns whether nothing follows from the file: a leftover alone is no delivery, and it changes none that was
    /// accepted. Of one that was rejected a HASH may list it.
    /// </summary>
    bool IsOnlyALeftover(RawPath root, RawPath path)
    {
        if (!DropMap.IsLeftover(rules.Settings, root, path)) return false;
        var before = judged.Of(root);
        before?.LastChange = now.Monotonic;
        ignored.Touch(root, now.Monotonic);
        return before is not { Memory.Accepted: false };
    }

    void OnGone(Hint hint)
    {
        if (beside.Has(hint.Path)) LookBeside(hint.Path, null);
        ignored.Forget(hint.Path);
        var root = RootOf(hint.Path);
        if (!receptions.TryGetValue(root, out var reception))
        {
            if (judged.Of(root) is not { } before) return;
            if (!before.Has(hint.Path) && !before.HasIn(hint.Path)) return;
            reception = Reopen(root, before, onlyLosses: true);
        }
        if (reception.Delivery.State == DeliveryState.Judging) reception.Deferred.Add(hint);
        else reception.Delivery.Hint(hint.Kind, hint.Path, now);
    }

    Reception NewReception(RawPath root, bool isArchive, JudgedFiles? before = null, bool onlyLosses = false)
    {
        var earlier = givenWay.TakeFacts(root);
        var delivery = new Delivery(
            root, isArchive, rules.Settings.Drop, rules.Settings.Limits, now,
            givenWay.NewShares(rules.Settings.Limits)) { FirstSeen = earlier?.FirstSeen ?? now };
        if (earlier is { HasStalled: true }) delivery.StalledBefore();
        return new(delivery, NameOf(root))
        {
            Number = ++numbers, NotBefore = telling.NotBefore(root), Before = before ?? earlier?.Before,
            OnlyLosses = onlyLosses,
            IsAnnounced = earlier?.IsAnnounced ?? false, GaveWay = earlier?.Times ?? 0,
            LacksRoom = earlier?.Spare is not null,
        };
    }

    /// <summary>Receives a judged delivery again, all of it, because it has changed.</summary>
    Reception Reopen(RawPath root, JudgedFiles before, bool onlyLosses)
    {
        judged.Remove(root);
        var isThere = Drop?.Identify(root.ToBytes());
        var isArchive = !root.IsRoot && (isThere is { } identity ? identity.Kind != FileKind.Folder : before.Has(root));
        var reception = receptions[root] = NewReception(root, isArchive, before, onlyLosses);
        LookAt(reception);
        return reception;
    }

    /// <summary>
    /// Notes that something of another form now lies in the place of a delivery (a folder for an archive, or the
    /// reverse). It is received as that as soon as no worker has the old one.
    /// </summary>
    static void Replace(Reception reception)
    {
        reception.IsOutdated = true;
        reception.Slice?.End();
    }

    /// <summary>
    /// Returns whether one more entry may be known. Where all places are taken, a name of a newer corte takes the place
    /// of a delivery for which there is nothing to do now. An entry that has just come may also take the place of the
    /// rejected delivery that has not changed for the longest time.
    /// </summary>
    bool HasPlace(RawPath root, bool byHint)
    {
        if (!IsFull) return true;
        if (PromiseOf(PackageName.Read(root.Bytes)) != Promise.Newer) return false;
        if (TakesPlaceOfAnother() || (byHint && judged.ForgetOldestRejected())) return true;
        lacksPlaces = true;
        return false;
    }

    bool IsFull => receptions.Count + judged.Count >= bounds.Entries || judged.Files >= bounds.Files;

    /// <summary>
    /// Returns whether a delivery that waits has lost its place. Which ones may lose it is asked once for the whole
    /// step: in a flood of newer names, all deliveries would be searched for each file of it.
    /// </summary>
    bool TakesPlaceOfAnother()
    {
        if (losersAt != now.Monotonic)
        {
            losersAt = now.Monotonic;
            losers = new(receptions.Values.Where(MayLoseItsPlace)
                .OrderBy(one => one.Delivery.State == DeliveryState.Stalled).ThenBy(one => one.Number));
        }
        while (losers.TryDequeue(out var loser))
        {
            if (receptions.GetValueOrDefault(loser.Delivery.Root) != loser || !MayLoseItsPlace(loser)) continue;
            Dismiss(loser);
            return true;
        }
        return false;
    }

    /// <summary>
    /// Returns whether a delivery waits, and either has no name of a newer corte, or had its verdict put off, or has
    /// had its turn and was found incomplete. So of more newer names than there are places, each has a turn.
    /// </summary>
    bool MayLoseItsPlace(Reception one) => one is { Slice: null, Outstanding: 0 }
        && (PromiseOf(one.Named) != Promise.Newer || one.IsPutOff || one.Delivery.WaitsForMore(now.Monotonic));

    /// <summary>Returns what a name promises at this moment.</summary>
    Promise PromiseOf(PackageName name) => cortes.PromiseOf(name, now, rules.Verification);
}
