using System.Collections.Immutable;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Packages;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Handles the HASH files beside archives. Each version is read once, and only the archives about which it now says
/// something else are judged again.
/// </summary>
public sealed partial class DropReceiver
{
    /// <summary>Bytes. Lists longer than this are read by one worker at a time.</summary>
    const int ShortList = 64 * 1024;

    /// <summary>How many archives a list may always name, however many the other lists name.</summary>
    const int FewNames = 4;

    readonly Dictionary<RawPath, KnownList> beside = [];
    int namesInLists;

    sealed class KnownList
    {
        public FileIdentity Identity { get; set; }
        public BesideList? List { get; set; }
        public bool IsBeingRead { get; set; }
    }

    /// <summary>Handles a list that has come, changed or gone.</summary>
    void LookBeside(RawPath path, FileIdentity? identity)
    {
        if (identity is not { } present)
        {
            if (!beside.Remove(path, out var gone)) return;
            namesInLists -= gone.List?.Names ?? 0;
            TellArchives(gone.List, null);
            return;
        }
        if (!beside.TryGetValue(path, out var known))
        {
            if (beside.Count >= bounds.Entries) return;
            beside[path] = known = new KnownList();
        }
        else if (known.Identity.SameContents(present)) return;
        known.Identity = present;
        ReadBeside(path, known);
    }

    void ReadBeside(RawPath path, KnownList known)
    {
        if (known.IsBeingRead || drop is not { } folder) return;
        known.IsBeingRead = true;
        var (limits, wanted) = (rules.Settings.Limits, known.Identity);
        var room = Math.Max(FewNames, bounds.NamesInLists - namesInLists);
        var isNewer = PromiseOf(PackageName.Read(path.Bytes).Stamp) == Promise.Newer;
        var isLong = wanted.Size > ShortList;
        var kind = isNewer ? isLong ? WorkKind.UrgentLong : WorkKind.Urgent : isLong ? WorkKind.Long : WorkKind.Short;
        workers.Add(() =>
        {
            BesideList? list = null;
            var failed = false;
            try { list = BesideReader.Read(folder, path, limits, room); }
            catch (IOException) { failed = true; }
            Request(() => HasReadBeside(path, known, failed ? null : wanted, list));
        }, kind);
    }

    /// <param name="wanted">The identity that the list had when it was read; null where reading failed.</param>
    void HasReadBeside(RawPath path, KnownList known, FileIdentity? wanted, BesideList? list)
    {
        known.IsBeingRead = false;
        if (beside.GetValueOrDefault(path) != known) return;
        // Do not retry in a circle: with this identity, the next look finds the list changed.
        if (wanted is null) known.Identity = default;
        else if (!known.Identity.SameContents(wanted.Value)) ReadBeside(path, known);
        if (wanted is null) return;
        var before = known.List;
        known.List = list;
        namesInLists += (list?.Names ?? 0) - (before?.Names ?? 0);
        TellArchives(before, list);
    }

    void TellArchives(BesideList? before, BesideList? after)
    {
        var named = (before?.Archives ?? []).Concat(after?.Archives ?? []).ToHashSet(StringComparer.Ordinal);
        foreach (var name in named)
        {
            var archive = RelativePath.Own(name);
            var root = RawPath.Of(archive);
            var isHere = receptions.TryGetValue(root, out var reception);
            if (!isHere && !judged.ContainsKey(root)) continue;
            if (BesideList.SayTheSame(before, after, archive)) continue;
            if (!isHere) JudgeAgain(root);
            else if (reception!.Delivery.State == DeliveryState.Judging) reception.IsWantedAgain = true;
            else if (reception.Delivery.IsArchive) reception.Delivery.Changed(now);
        }
    }

    /// <summary>Has a delivery judged again, unless it was accepted.</summary>
    void JudgeAgain(RawPath root)
    {
        if (judged.TryGetValue(root, out var rejected) && !rejected.Memory.Accepted && rejected.Has(root))
            Reopen(root, rejected, onlyLosses: false);
    }

    /// <summary>Returns what the lists beside an archive say about it, as far as they have been read.</summary>
    ImmutableArray<OuterList> ListsOf(RawPath root)
    {
        if (beside.Count == 0 || root.Read(rules.Settings.Limits.Paths).Path is not { } archive) return [];
        var said = ImmutableArray.CreateBuilder<OuterList>();
        foreach (var known in beside.Values)
            if (known.List?.Of(archive) is { } list) said.Add(list);
        return said.ToImmutable();
    }
}
