using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Files;
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

    SafeFolder? drop;
    DropWatch? watch;
    bool mustLook, isUnreadable, hasLooked;
    long look, nextLook, lookBegun, begun;
    int notLookedAt;
    LookRound? round;

    /// <summary>A full look that is under way.</summary>
    sealed class LookRound(List<RawPath> entries, HashSet<RawPath> listed, bool isWhole, int notLookedAt)
    {
        public List<RawPath> Entries => entries;

        /// <summary>
        /// Gets all names at the top that were read. <see cref="IsWhole"/> says whether there are no others.
        /// </summary>
        public HashSet<RawPath> Listed => listed;
        public bool IsWhole => isWhole;
        public int Next { get; set; }
        public long Files { get; set; }
        public int NotLookedAt { get; set; } = notLookedAt;
    }

    void BeginLook()
    {
        if (round is not null) return;
        mustLook = false;
        nextLook = now.Monotonic + Patience.Nanos(LookEvery);
        if (!OpenDrop()) return;
        EndWaiting();
        ResumeStaging();
        lookBegun = now.Monotonic;
        round = rules.Settings.Drop.Layout == Configuration.DropLayout.Tree
            ? new LookRound([RawPath.Root], [RawPath.Root], isWhole: true, 0) : ListDrop();
    }

    /// <summary>
    /// Chooses which entries are looked at, and in which order: names of a newer corte, then entries that are known
    /// already, then the others.
    /// </summary>
    LookRound ListDrop()
    {
        List<RawPath> first = [], known = [], others = [];
        var listed = new HashSet<RawPath>();
        var whole = drop!.ListNames(name =>
        {
            var root = RawPath.Of(name);
            if (root.Bytes[0] == '.' || Leftovers.Is(root.Bytes) || !listed.Add(root)) return true;
            var isNewer = PromiseOf(Packages.PackageName.Read(root.Bytes).Stamp) == Promise.Newer;
            var isKnown = receptions.ContainsKey(root) || judged.ContainsKey(root) || beside.ContainsKey(root);
            (isNewer ? first : isKnown ? known : others).Add(root);
            return listed.Count < bounds.Names;
        });
        var room = Math.Max(0, bounds.Entries - first.Count - known.Count);
        var left = Math.Max(0, others.Count - room) + (whole ? 0 : 1);
        return new LookRound([.. first, .. known, .. others.Take(room)], listed, whole, left);
    }

    /// <summary>Looks at entries for one slice of time.</summary>
    void GoOnLooking()
    {
        if (round is not { } current) return;
        var until = HostClock.Read().Monotonic + Patience.Nanos(bounds.LookSlice);
        do
        {
            if (current.Files > bounds.Files)
            {
                current.NotLookedAt += current.Entries.Count - current.Next;
                current.Next = current.Entries.Count;
            }
            if (current.Next == current.Entries.Count)
            {
                EndLook(current);
                return;
            }
            var root = current.Entries[current.Next++];
            Guard(BoundaryPoint.ReceivingLook, root, () => current.Files += LookAtEntry(root));
        }
        while (round == current && HostClock.Read().Monotonic < until);
    }

    void EndLook(LookRound ended)
    {
        round = null;
        hasLooked = true;
        notLookedAt = ended.NotLookedAt;
        bool IsGone(RawPath root) =>
            !ended.Listed.Contains(root) && (ended.IsWhole || drop!.Identify(root.ToBytes()) is null);
        foreach (var path in beside.Keys.Where(IsGone).ToList()) LookBeside(path, null);
        foreach (var root in aside.Keys.Where(IsGone)) ForgetAside(root);
        lastRun?.KeepOnly(root => !IsGone(root));
        foreach (var reception in receptions.Values.Where(one => IsGone(one.Delivery.Root)).ToList())
            if (reception.Delivery.State != DeliveryState.Judging) LookAt(reception);
        foreach (var root in judged.Keys.Where(IsGone).ToList()) Reopen(root, judged[root], onlyLosses: true);
        foreach (var root in givenWay.Keys.Where(IsGone)) givenWay.Remove(root);
        memory.KeepOnly(root => judged.ContainsKey(root) || receptions.ContainsKey(root) || givenWay.ContainsKey(root));
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
            if (drop!.Identify(root.ToBytes()) is not { } identity) return 1;
            var part = identity.Kind == FileKind.Folder
                ? DropPart.Inside : DropMap.Of(rules.Settings.Drop.Layout, root, identity.Kind).Part;
            if (part == DropPart.BesideArchives) LookBeside(root, identity);
            else if (beside.ContainsKey(root)) LookBeside(root, null);
            if (part is DropPart.BesideArchives or DropPart.Nothing) return Missed(root);
            if (part != DropPart.Inside) file = identity;
        }
        if (aside.TryGetValue(root, out var set)) return LookAside(root, set, file);
        if (receptions.TryGetValue(root, out var reception)) return LookAgain(reception, file is not null);
        if (judged.TryGetValue(root, out var known)) return Compare(root, known, file);
        if (givenWay.ContainsKey(root)) return 1;
        if (!HasPlace(root, byHint: false))
        {
            if (round is not null) round.NotLookedAt++;
            return 1;
        }
        if (memory.Has(root) && Recall(root, file) is { } recalled) return recalled;
        var fresh = NewReception(root, file is not null);
        var seen = DropLook.Into(fresh.Delivery, drop!, rules.Settings, ++look, now);
        if (fresh.Delivery.Files.Count > 0) receptions[root] = fresh;
        return seen + 1;
    }

    /// <summary>Forgets an entry that is not a delivery any more.</summary>
    int Missed(RawPath root)
    {
        if (receptions.TryGetValue(root, out var reception)) Replace(reception);
        else RemoveJudged(root);
        ForgetAside(root);
        return 1;
    }

    int LookAgain(Reception reception, bool isArchive)
    {
        if (reception.Delivery.IsArchive != isArchive && !reception.Delivery.Root.IsRoot)
        {
            Replace(reception);
            return 1;
        }
        if (reception.Delivery.State == DeliveryState.Judging) return 1;
        var seen = DropLook.Into(reception.Delivery, drop!, rules.Settings, ++look, now);
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
        bool Saw(RawPath path, in FileIdentity inner) => known.Saw(path, inner) && (++seen <= most || !known.IsPartial);
        var whole = file is { } identity ? known.Saw(root, identity) : DropLook.Walk(drop!, root, rules.Settings, Saw);
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
        else DropLook.Walk(drop!, root, rules.Settings, (path, in identity) =>
        {
            files.Add(path, identity);
            return files.Count <= rules.Settings.Limits.Files;
        });
        var found = files.Of(root, memory.WasAccepted(root), now.Monotonic);
        if (!memory.Holds(found.Memory)) return null;
        AddJudged(root, found.As(found.Memory.Accepted, memory.LaterOf(root)));
        return files.Count + 1;
    }

    /// <summary>Compares one delivery with what lies in the drop.</summary>
    void LookAt(Reception reception)
    {
        if (drop is not null) DropLook.Into(reception.Delivery, drop, rules.Settings, ++look, now);
    }

    /// <summary>Opens the drop, and watches it from the start if it is another folder by now.</summary>
    /// <returns>False where it cannot be opened.</returns>
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
        if (drop is not null && watch is { IsBlind: false } && found.Inode == known?.Inode
            && found.Device == known?.Device)
        {
            opened.Dispose();
            return true;
        }
        CloseDrop();
        drop = opened;
        // Watch first, look afterwards: this way no change falls between the two.
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
        // Workers may still read through the folder, so it is not disposed here. Its handle closes once none of them
        // uses it.
        watch = null;
        drop = null;
        round = null;
    }

    /// <summary>
    /// Removes old deliveries. The drop belongs to the sender, so only what has its verdict and has not changed for
    /// <c>drop.keep</c> is removed. A tree stays: the next corte is written over it.
    /// </summary>
    void RemoveKeptLongEnough()
    {
        if (rules.Settings.Drop is not { Keep: { } keep, Layout: Configuration.DropLayout.Packages }) return;
        var until = HostClock.Read().Monotonic + Removing;
        foreach (var (root, files) in judged)
        {
            if (now.Monotonic - files.LastChange < Patience.Nanos(keep) || !memory.Holds(files.Memory)) continue;
            DeliveryRemoval.Remove(drop!, root, files);
            if (beside.Count > 0 && files.Has(root)) DeliveryRemoval.RemoveSidecars(drop!, root, beside.Keys);
            files.LastChange = now.Monotonic;
            if (HostClock.Read().Monotonic >= until) return;
        }
    }
}
