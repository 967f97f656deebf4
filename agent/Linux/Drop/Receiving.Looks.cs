using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux;

/// <summary>What is seen of the drop: hints, and the full look that decides.</summary>
public sealed partial class Receiving
{
    readonly Dictionary<RawPath, FileIdentity> beside = [];
    SafeFolder? drop;
    DropWatch? watch;
    bool mustLook, isUnreadable;
    long look, nextLook;

    void OnHint(Hint hint)
    {
        if (hint.Kind == HintKind.Lost)
        {
            mustLook = true;
            foreach (var reception in receptions.Values) reception.Delivery.Forgot();
        }
        else if (hint.Kind == HintKind.DropGone) mustLook = true;
        else if (hint.Kind == HintKind.Gone) OnGone(hint);
        else
        {
            var (part, root) = DropMap.Of(rules.Settings.Drop.Layout, hint.Path);
            if (part == DropPart.BesideArchives) LookBeside(hint.Path, drop?.Identify(hint.Path.ToBytes()));
            else if (part != DropPart.Nothing) OnFile(root, hint, part == DropPart.Archive);
            // A transfer's leftover: no file of the package, but a sign that it is still arriving.
            else if (receptions.TryGetValue(RootOf(hint.Path), out var moving) && hint.Path != hint.Path.Top) moving.Delivery.Changed(now);
        }
    }

    RawPath RootOf(RawPath path) => rules.Settings.Drop.Layout == DropLayout.Tree ? RawPath.Root : path.Top;

    void OnFile(RawPath root, Hint hint, bool isArchive)
    {
        if (!receptions.TryGetValue(root, out var reception))
        {
            if (judged.TryGetValue(root, out var before))
            {
                // A sign without a change: a mode that was set to what it is, a file that was opened to be written and was not.
                if (drop?.Identify(hint.Path.ToBytes()) is not { } identity || before.IsUnchanged(hint.Path, identity)) return;
                reception = Reopen(root, before, onlyLosses: false);
            }
            else reception = Receive(root, isArchive);
        }
        reception.OnlyLosses = false;
        if (reception.Delivery.State == DeliveryState.Judging) reception.Deferred.Add(hint);
        else reception.Delivery.Hint(hint.Kind, hint.Path, now);
    }

    void OnGone(Hint hint)
    {
        if (beside.ContainsKey(hint.Path)) LookBeside(hint.Path, null);
        var root = RootOf(hint.Path);
        if (!receptions.TryGetValue(root, out var reception))
        {
            if (!judged.TryGetValue(root, out var before)) return;
            if (!before.Has(hint.Path) && !before.HasIn(hint.Path)) return;
            reception = Reopen(root, before, onlyLosses: true);
        }
        if (reception.Delivery.State == DeliveryState.Judging) reception.Deferred.Add(hint);
        else reception.Delivery.Hint(hint.Kind, hint.Path, now);
    }

    Reception Receive(RawPath root, bool isArchive)
    {
        var delivery = new Delivery(root, isArchive, rules.Settings.Drop, rules.Settings.Limits, now);
        return receptions[root] = new Reception(delivery, NameOf(root));
    }

    /// <summary>A judged delivery has changed: it is received anew, all of it.</summary>
    Reception Reopen(RawPath root, JudgedFiles before, bool onlyLosses)
    {
        judged.Remove(root);
        var delivery = new Delivery(root, before.Has(root), rules.Settings.Drop, rules.Settings.Limits, now);
        var reception = receptions[root] = new Reception(delivery, NameOf(root)) { Before = before, OnlyLosses = onlyLosses };
        LookAt(reception);
        return reception;
    }

    /// <summary>Compares one delivery with what lies in the drop.</summary>
    void LookAt(Reception reception)
    {
        if (drop is not null) DropLook.Into(reception.Delivery, drop, rules.Settings, ++look, now);
    }

    /// <summary>The full look: what the hints have missed, and what lay there before the first of them.</summary>
    void Look()
    {
        mustLook = false;
        nextLook = now.Monotonic + Patience.Nanos(LookEvery);
        if (!OpenDrop()) return;
        var current = ++look;
        foreach (var known in judged.Values) known.Found = 0;
        var recalled = new Dictionary<RawPath, List<(RawPath Path, FileIdentity Identity)>>();
        var besideSeen = new HashSet<RawPath>();
        DropLook.WalkAll(drop!, rules.Settings, (part, root, path, in identity) =>
        {
            if (part == DropPart.BesideArchives)
            {
                besideSeen.Add(path);
                LookBeside(path, identity);
            }
            else SawInLook(part, root, path, identity, current, recalled);
        });
        foreach (var path in beside.Keys.Where(path => !besideSeen.Contains(path)).ToList()) LookBeside(path, null);
        foreach (var (root, files) in recalled) Recall(root, files);
        foreach (var reception in receptions.Values)
        {
            if (reception.Delivery.State == DeliveryState.Judging) continue;
            reception.Delivery.Looked(current, now);
            reception.Delivery.ReadAgain();
        }
        foreach (var (root, known) in judged.ToList())
        {
            if (known.Found == known.Count || (known.IsPartial && known.Found > 0)) continue;
            Reopen(root, known, onlyLosses: known.Found >= 0);
        }
        memory.KeepOnly(root => judged.ContainsKey(root) || receptions.ContainsKey(root));
        ResumeStaging();
        RemoveKeptLongEnough();
    }

    void SawInLook(DropPart part, RawPath root, RawPath path, in FileIdentity identity, long current, Dictionary<RawPath, List<(RawPath, FileIdentity)>> recalled)
    {
        if (judged.TryGetValue(root, out var known))
        {
            if (known.Found < 0) return;
            known.Found = known.IsUnchanged(path, identity) ? known.Found + 1 : -1;
        }
        else if (receptions.TryGetValue(root, out var reception))
        {
            if (reception.Delivery.State != DeliveryState.Judging) reception.Delivery.Saw(path, identity, current, now);
        }
        else if (memory.Has(root))
        {
            if (!recalled.TryGetValue(root, out var files)) recalled[root] = files = [];
            files.Add((path, identity));
        }
        else Receive(root, part is not DropPart.Inside).Delivery.Saw(path, identity, current, now);
    }

    /// <summary>A delivery that was judged before this start: still the same, or received anew.</summary>
    void Recall(RawPath root, List<(RawPath Path, FileIdentity Identity)> files)
    {
        var accepted = memory.WasAccepted(root);
        var found = JudgedFiles.Of(root, accepted, files, now.Monotonic);
        if (memory.Holds(found.Memory))
        {
            judged[root] = found;
            found.Found = files.Count; // by this very look
        }
        else
        {
            var reception = Receive(root, files.Exists(file => file.Path == root));
            foreach (var (path, identity) in files) reception.Delivery.Saw(path, identity, look, now);
        }
    }

    /// <summary>A HASH file beside archives has come, changed or gone: what was not accepted is judged again with it.</summary>
    void LookBeside(RawPath path, FileIdentity? identity)
    {
        if (identity is { } present)
        {
            if (beside.TryGetValue(path, out var known) && known.SameContents(present)) return;
            beside[path] = present;
        }
        else if (!beside.Remove(path)) return;
        foreach (var reception in receptions.Values)
            if (reception.Delivery.IsArchive) reception.Delivery.Changed(now);
        foreach (var (root, rejected) in judged.Where(one => !one.Value.Memory.Accepted && one.Value.Has(one.Key)).ToList())
            Reopen(root, rejected, onlyLosses: false);
    }

    /// <summary>Opens the drop, or finds that it is another folder by now.</summary>
    bool OpenDrop()
    {
        SafeFolder opened;
        try { opened = SafeFolder.Open(rules.Settings.Paths.Drop); }
        catch (SystemFault fault)
        {
            DropFailed(fault);
            return false;
        }
        if (isUnreadable) post(new DropUnreadable(null));
        isUnreadable = false;
        var (found, known) = (opened.Identity, drop?.Identity);
        if (drop is not null && watch is { IsBlind: false } && found.Inode == known?.Inode && found.Device == known?.Device)
        {
            opened.Dispose();
            return true;
        }
        CloseDrop();
        drop = opened;
        // Watched first and looked at afterwards: nothing falls between the two.
        watch = new DropWatch(opened, rules.Settings.Limits.PathDepth + 2, Watches);
        return true;
    }

    void DropFailed(SystemFault fault)
    {
        CloseDrop();
        nextLook = now.Monotonic + Patience.Nanos(LookForTheDropEvery);
        if (!isUnreadable) post(new DropUnreadable(fault));
        isUnreadable = true;
    }

    void CloseDrop()
    {
        watch?.Dispose();
        // Workers may still read through it: it is closed when the last of them has let go.
        watch = null;
        drop = null;
    }
}
