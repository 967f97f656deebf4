using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Linux.Drop;

/// <summary>What the kernel tells of the drop, and which deliveries are known.</summary>
public sealed partial class DropReceiver
{
    long numbers;
    long remembered;

    void OnHint(Hint hint)
    {
        if (hint.Kind == HintKind.Lost)
        {
            mustLook = true;
            foreach (var reception in receptions.Values) reception.Delivery.Forgot();
        }
        else if (hint.Kind == HintKind.DropGone) mustLook = true;
        else if (aside.ContainsKey(RootOf(hint.Path))) return;
        else if (hint.Kind == HintKind.Gone) OnGone(hint);
        else
        {
            var (part, root) = DropMap.Of(rules.Settings.Drop.Layout, hint.Path);
            if (part == DropPart.BesideArchives) LookBeside(hint.Path, drop?.Identify(hint.Path.ToBytes()));
            else if (part != DropPart.Nothing) OnFile(root, hint, part == DropPart.Archive);
            // A transfer's leftover: no file of the package, but a sign that it is still arriving.
            else if (receptions.TryGetValue(RootOf(hint.Path), out var moving) && hint.Path != hint.Path.Top)
                moving.Delivery.Changed(now);
        }
    }

    RawPath RootOf(RawPath path) => rules.Settings.Drop.Layout == DropLayout.Tree ? RawPath.Root : path.Top;

    void OnFile(RawPath root, Hint hint, bool isArchive)
    {
        if (givenWay.ContainsKey(root)) return;
        if (!receptions.TryGetValue(root, out var reception))
        {
            if (judged.TryGetValue(root, out var before))
            {
                // A sign without a change: a mode that was set to what it is, a file that was opened to be written and
                // was not.
                if (drop?.Identify(hint.Path.ToBytes()) is not { } identity || before.IsUnchanged(hint.Path, identity))
                    return;
                reception = Reopen(root, before, onlyLosses: false);
            }
            else if (HasPlace(root, byHint: true)) reception = receptions[root] = NewReception(root, isArchive);
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

    Reception NewReception(RawPath root, bool isArchive, JudgedFiles? before = null, bool onlyLosses = false)
    {
        returning.Remove(root, out var earlier);
        var delivery = new Delivery(
            root, isArchive, rules.Settings.Drop, rules.Settings.Limits, now,
            NewShares()) { FirstSeen = earlier?.FirstSeen ?? now };
        if (earlier is { HasStalled: true }) delivery.StalledBefore();
        return new(delivery, NameOf(root))
        {
            Number = ++numbers, NotBefore = pace.NotBefore(root), Before = before ?? earlier?.Before,
            OnlyLosses = onlyLosses,
            IsAnnounced = earlier?.IsAnnounced ?? false, GaveWay = earlier?.Times ?? 0,
            LacksRoom = earlier?.Spare is not null,
        };
    }

    /// <summary>A judged delivery has changed: it is received anew, all of it.</summary>
    Reception Reopen(RawPath root, JudgedFiles before, bool onlyLosses)
    {
        RemoveJudged(root);
        var isThere = drop?.Identify(root.ToBytes());
        var isArchive = !root.IsRoot && (isThere is { } identity ? identity.Kind != FileKind.Folder : before.Has(root));
        var reception = receptions[root] = NewReception(root, isArchive, before, onlyLosses);
        LookAt(reception);
        return reception;
    }

    /// <summary>
    /// At a delivery's place lies something of another form: as soon as nobody works on it, it is received as that.
    /// </summary>
    static void Replace(Reception reception)
    {
        reception.IsOutdated = true;
        reception.Slice?.End();
    }

    void AddJudged(RawPath root, JudgedFiles files)
    {
        RemoveJudged(root);
        judged[root] = files;
        remembered += files.Count;
    }

    void RemoveJudged(RawPath root)
    {
        if (judged.Remove(root, out var files)) remembered -= files.Count;
    }

    /// <summary>
    /// Whether one more entry may be known. Where all places are taken, a name of a newer corte gets that of a delivery
    /// that waits without such a
    /// name; and what has just come, also that of the rejected one which has not changed for the longest.
    /// </summary>
    bool HasPlace(RawPath root, bool byHint)
    {
        if (receptions.Count + judged.Count < bounds.Entries && remembered < bounds.Files) return true;
        if (PromiseOf(PackageName.Read(root.Bytes).Stamp) != Promise.Newer) return false;
        foreach (var waiting in receptions.Values)
        {
            if (waiting.Slice is not null || waiting.Outstanding > 0) continue;
            if (PromiseOf(waiting.Stamp) == Promise.Newer && !waiting.IsPutOff) continue;
            Dismiss(waiting);
            return true;
        }
        if (!byHint) return false;
        RawPath? oldest = null;
        foreach (var (name, files) in judged)
            if (!files.Memory.Accepted && (oldest is not { } known || files.LastChange < judged[known].LastChange))
                oldest = name;
        if (oldest is not { } gone) return false;
        RemoveJudged(gone);
        return true;
    }

    /// <summary>What a stamp in a name says, as things stand.</summary>
    Promise PromiseOf(DateTime? stamp)
    {
        if (stamp is null) return Promise.Unknown;
        if (horizon.At != now.Monotonic)
        {
            var (verification, latest) = (rules.Verification, NotOfTheFuture);
            horizon = (now.Monotonic, latest, verification.Zone?.GetUtcOffset(latest) ?? verification.Offset);
        }
        return Promises.Of(stamp, live, horizon.Latest, horizon.Offset);
    }

    /// <summary>
    /// From when on a corte is of the future, and the election's offset; the same for all that is asked at one instant.
    /// </summary>
    (long At, DateTimeOffset Latest, TimeSpan Offset) horizon;

    /// <summary>What the loop has told last of true time, and CLOCK_BOOTTIME then; null while it knows none.</summary>
    (DateTimeOffset Latest, long Boot)? trusted;

    /// <summary>
    /// A later corte is of the future. Trusted time says it, carried forward on CLOCK_BOOTTIME; the system clock only
    /// while there is no trusted time.
    /// </summary>
    DateTimeOffset NotOfTheFuture =>
        trusted is { } known ? known.Latest + TimeSpan.FromTicks((now.Boot - known.Boot) / 100) : now.System + Ahead;
}
