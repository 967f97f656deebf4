using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Makes the full look, which decides: one entry of the drop after the other, in short slices, so that nothing has to
/// wait for it.
/// </summary>
public sealed partial class DropReceiver
{
    /// <summary>How long (nanoseconds) one look removes old deliveries. The next look goes on.</summary>
    static readonly long Removing = Patience.Nanos(TimeSpan.FromMilliseconds(50));

    SafeFolder? Drop => opened.Folder;

    void BeginLook()
    {
        if (!looks.TakeDue(now.Monotonic)) return;
        LookAtDoor();
        if (!opened.Open(rules.Settings, Watches))
        {
            looks.Fail(now.Monotonic);
            return;
        }
        EndWaiting();
        ResumeStaging();
        looks.Begin(
            IsTree ? LookRound.OfTree() : ListDrop());
    }

    /// <summary>Reads the names at the top, and chooses from them what is looked at.</summary>
    LookRound ListDrop()
    {
        List<RawPath> first = [], known = [], others = [];
        var listed = new HashSet<RawPath>();
        var whole = Drop!.ListNames(name =>
        {
            var root = RawPath.Of(name);
            if (root.Bytes[0] == '.' || !listed.Add(root)) return true;
            var isNewer = !DropMap.IsPassedOver(rules.Settings.Drop, root)
                && PromiseOf(Packages.PackageName.Read(root.Bytes)) == Promise.Newer;
            var isKnown = receptions.ContainsKey(root) || judged.Has(root) || beside.Has(root);
            (isNewer ? first : isKnown ? known : others).Add(root);
            return listed.Count < bounds.Names;
        });
        return LookRound.OfPackages(first, known, others, listed, whole, bounds.Entries);
    }

    /// <summary>Looks at entries for one slice of time.</summary>
    void GoOnLooking()
    {
        if (looks.Round is not { } current) return;
        var until = HostClock.Monotonic() + Patience.Nanos(bounds.LookSlice);
        do
        {
            if (current.Next(bounds.Files) is not { } root)
            {
                EndLook(current);
                return;
            }
            Guard(BoundaryPoint.ReceivingLook, root, () => current.Looked(LookAtEntry(root)));
        }
        while (looks.Round == current && HostClock.Monotonic() < until);
    }

    void EndLook(LookRound ended)
    {
        looks.End();
        bool IsGone(RawPath root) =>
            !ended.Lists(root) && (ended.IsWhole || Drop!.Identify(root.ToBytes()) is null);
        foreach (var path in beside.Paths.Where(IsGone).ToList()) LookBeside(path, null);
        if (aside.KeepOnly(root => !IsGone(root))) progress.Change();
        ignored.Looked(path => IsTree ? Drop!.Identify(path.ToBytes()) is not null : !IsGone(path.Top));
        foreach (var reception in receptions.Values.Where(one => IsGone(one.Delivery.Root)).ToList())
            if (reception.Delivery.State != DeliveryState.Judging) LookAt(reception);
        foreach (var (root, files) in judged.All.Where(one => IsGone(one.Key)).ToList())
            Reopen(root, files, onlyLosses: true);
        givenWay.KeepOnly(root => !IsGone(root));
        judged.KeepWritten(root => receptions.ContainsKey(root) || givenWay.Has(root));
        RemoveKeptLongEnough();
    }

    /// <summary>Looks at one entry of the drop, or at the whole of a tree.</summary>
    /// <returns>How many files were looked at.</returns>
    int LookAtEntry(RawPath root)
    {
        FileIdentity? file = null;
        if (!root.IsRoot)
        {
            // It has just vanished. The end of the look notices that, or the hint does.
            if (Drop!.Identify(root.ToBytes()) is not { } identity) return 1;
            var part = identity.Kind == FileKind.Folder
                ? DropPart.Inside : DropMap.Of(rules.Settings.Drop, root, identity.Kind).Part;
            if (part == DropPart.BesideArchives) LookBeside(root, identity);
            else if (beside.Has(root)) LookBeside(root, null);
            if (IsNoDelivery(root, part, identity, out var looked)) return Missed(root, looked);
            if (part != DropPart.Inside) file = identity;
        }
        if (aside.Has(root)) return LookAside(root, file);
        if (receptions.TryGetValue(root, out var reception)) return LookAgain(reception, file is not null);
        if (judged.Of(root) is { } known) return Compare(root, known, file);
        if (givenWay.Has(root)) return 1;
        if (!HasPlace(root, byHint: false))
        {
            looks.Round?.Skip();
            return 1;
        }
        if (judged.IsWritten(root) && Recall(root, file) is { } recalled) return recalled;
        var fresh = NewReception(root, file is not null);
        var seen = LookInto(fresh.Delivery);
        if (fresh.Delivery.Files.Count > 0)
        {
            receptions[root] = fresh;
            ignored.Forget(root);
        }
        // Only leftovers and empty folders are in it: files may come.
        else if (!root.IsRoot && Drop!.Identify(root.ToBytes()) is { } still)
            ignored.Saw(root, IgnoredCause.Unfinished, still, now.Monotonic);
        return seen + 1;
    }

    /// <summary>Forgets an entry that is not a delivery, or not any more.</summary>
    int Missed(RawPath root, int looked)
    {
        if (receptions.TryGetValue(root, out var reception)) Replace(reception);
        else judged.Remove(root);
        ForgetAside(root);
        return looked;
    }

    int LookAgain(Reception reception, bool isArchive)
    {
        if (reception.Delivery.IsArchive != isArchive && !reception.Delivery.Root.IsRoot)
        {
            Replace(reception);
            return 1;
        }
        if (reception.Delivery.State == DeliveryState.Judging) return 1;
        var seen = LookInto(reception.Delivery);
        reception.Delivery.ReadAgain();
        return seen + 1;
    }

    /// <summary>Checks whether a judged delivery is still as it was judged.</summary>
    int Compare(RawPath root, JudgedFiles known, FileIdentity? file)
    {
        var seen = 1;
        if (known.IsWantedAgain || (file is not null) != (known.Has(root) && !root.IsRoot))
        {
            Reopen(root, known, onlyLosses: false);
            return known.Count + 1;
        }
        known.BeginLook();
        var most = rules.Settings.Limits.Files;
        bool Saw(RawPath path, in FileIdentity inner) => DropMap.IsLeftover(rules.Settings, root, path, inner.Kind)
            || (known.Saw(path, inner) && (++seen <= most || !known.IsPartial));
        var whole = file is { } identity ? known.Saw(root, identity) : DropLook.Walk(Drop!, root, rules.Settings, Saw);
        known.EndLook();
        // There are more files than a look reads, and those that were seen have not changed.
        if (!whole && known.Found > 0) return seen;
        if (!known.IsAsItWas) Reopen(root, known, onlyLosses: known.Found >= 0);
        return seen;
    }

    /// <summary>Looks at a delivery that was judged before this start.</summary>
    /// <returns>How many files were looked at where it is still the same; null: receive it as a new one.</returns>
    int? Recall(RawPath root, FileIdentity? file)
    {
        var files = new JudgedFiles.Gathering();
        if (file is { } one) files.Add(root, one);
        else DropLook.Walk(Drop!, root, rules.Settings, (path, in identity) =>
        {
            if (!DropMap.IsLeftover(rules.Settings, root, path, identity.Kind)) files.Add(path, identity);
            return files.Count <= rules.Settings.Limits.Files;
        });
        return judged.TakeBack(root, files, now.Monotonic) ? files.Count + 1 : null;
    }

    /// <summary>Compares one delivery with what lies in the drop.</summary>
    void LookAt(Reception reception)
    {
        if (Drop is not null) LookInto(reception.Delivery);
    }

    void DropFailed(SystemFault fault)
    {
        opened.Fail(fault);
        looks.Fail(now.Monotonic);
    }

    void CloseDrop()
    {
        opened.Close();
        looks.Abandon();
    }

    /// <summary>
    /// Removes old deliveries. The drop belongs to the sender, so only what has its verdict and has not changed for
    /// <c>drop.keep</c> is removed. A tree stays: the next corte is written over it.
    /// </summary>
    void RemoveKeptLongEnough()
    {
        if (rules.Settings.Drop is not { Keep: { } keep, Layout: Configuration.DropLayout.Packages }) return;
        var until = HostClock.Monotonic() + Removing;
        foreach (var (root, files) in judged.All)
        {
            if (now.Monotonic - files.LastChange < Patience.Nanos(keep) || !judged.IsWritten(files)) continue;
            DeliveryRemoval.Remove(Drop!, root, files, rules.Settings);
            if (beside.Count > 0 && files.Has(root)) DeliveryRemoval.RemoveSidecars(Drop!, root, beside.Paths);
            files.LastChange = now.Monotonic;
            if (HostClock.Monotonic() >= until) return;
        }
    }
}
