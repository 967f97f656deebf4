using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;
using Mono.Unix.Native;

namespace Difusor.Agent.Daemon;

/// <summary>
/// The loop's side of the sentinel. It tells the sentinel's threads what must be published, checks what they report
/// once more (a hint is not the truth), records it, and heals. All of it runs on the agent loop's thread.
/// </summary>
/// <param name="record">Writes an event to the journal; it is on disk when this returns.</param>
sealed class TamperResponder(
    ReleaseStore store, StoreFolders folders, PublishedState state, Action<AgentEvent, ClockReading> record)
    : IDisposable
{
    static readonly TimeSpan Again = TimeSpan.FromSeconds(5);
    static readonly TimeSpan UnseenAgain = TimeSpan.FromSeconds(30);
    static readonly TimeSpan FailureAgain = TimeSpan.FromMinutes(10);

    readonly SecondLook look = new(state);
    readonly ExpectedSite site = new(store, folders, state);
    readonly List<Alteration> open = [];
    readonly HashSet<(ReleaseId, string)> lost = [];
    readonly Dictionary<(Root, ReleaseId?), Failure> failures = [];
    AlarmNoise detections = AlarmNoise.Silence, healings = AlarmNoise.Silence;
    DateTimeOffset? openSince, tryAgain;

    /// <summary>A healing that was refused: when it was last reported and last tried.</summary>
    sealed record Failure(HealDiagnosis.Refusal Refusal, DateTimeOffset Told, DateTimeOffset Tried);

    /// <summary>Gets or sets <c>sentinel.heal</c>.</summary>
    public bool Heals { get; set; } = true;

    public IntegrityState State { get; private set; }

    /// <summary>Gets how many alterations were found since the start; <c>Healed</c> counts the healings.</summary>
    public long Detected { get; private set; }
    public long Healed { get; private set; }
    public long Failures { get; private set; }

    /// <summary>Gets what is wrong now and not healed yet.</summary>
    public IReadOnlyList<Alteration> Open => open;

    /// <summary>
    /// Tells the threads what must be published from now on, if that has changed. The loop calls it after each turn.
    /// </summary>
    public void Follow()
    {
        if (site.Follow()) open.RemoveAll(alteration => alteration.Release is { } id && !site.Knows(id));
    }

    /// <summary>Takes what a thread of the sentinel has found: what is still true is recorded and healed.</summary>
    public void Take(TreeAltered altered, ClockReading now)
    {
        Follow();
        var known = open.Select(Alteration.Place).ToHashSet();
        var holds = look.At([.. open, .. altered.Alterations.Where(told => !known.Contains(told.SamePlace))]);
        var fresh = holds.Where(found => !known.Contains(found.SamePlace)).ToImmutableArray();
        PutRight(holds, now);
        open.Clear();
        open.AddRange(holds);
        if (open.Count == 0) return;
        openSince ??= now.System;
        State = IntegrityState.Healing;
        Alarm(fresh, altered.FoundBy, now);
        Mend(now);
    }

    /// <summary>
    /// Does what time requires: reports a delayed alarm, tries again, or notes that somebody else has repaired it.
    /// </summary>
    public void Tick(ClockReading now)
    {
        if (detections.Due <= now.System) Alarm([], "watch", now);
        if (healings.Due <= now.System) AllClear([], null, now);
        if (open.Count == 0 || now.System < tryAgain) return;
        var holds = look.At(open);
        PutRight(holds, now);
        open.Clear();
        open.AddRange(holds);
        Mend(now);
    }

    /// <summary>
    /// Gets whether <see cref="Tick"/> has a tree to heal that readers do not get now. It heals one at a time, so that
    /// a publication is never delayed for long.
    /// </summary>
    public bool HasMore => open.Count > 0 && tryAgain == DateTimeOffset.MinValue;

    (Root Root, ReleaseId? Release) PlaceOf(Alteration alteration) =>
        (alteration.Root, alteration.Release ?? store.Live(alteration.Root)?.Id);

    void Alarm(ImmutableArray<Alteration> fresh, string foundBy, ClockReading now)
    {
        (var told, detections) = detections.Hear(fresh, now.System);
        Detected += fresh.Length;
        foreach (var group in told.GroupBy(PlaceOf))
            record(TamperEvents.Detected(Find(group.Key.Release), [.. group], foundBy), now);
    }

    /// <summary>
    /// Closes alterations that are open but no longer wrong: somebody else has repaired them, or removed the obstacle.
    /// </summary>
    void PutRight(ImmutableArray<Alteration> holds, ClockReading now)
    {
        // If the same place was altered again, that is another alteration, and the place is not repaired.
        var wrong = holds.Select(alteration => (alteration.Root, alteration.Release, alteration.Path)).ToHashSet();
        var gone = open.Where(alteration => !wrong.Contains((alteration.Root, alteration.Release, alteration.Path)))
            .ToImmutableArray();
        if (gone.IsEmpty) return;
        open.RemoveAll(gone.Contains);
        AllClear(gone, null, now);
        if (open.Count == 0) Calm();
    }

    /// <summary>
    /// Heals what is open, the live tree first. If something cannot be healed, it is reported with the command that may
    /// remove the obstacle.
    /// </summary>
    void Mend(ClockReading now)
    {
        tryAgain = now.System + Again;
        foreach (var root in ExpectedSite.Roots)
        {
            var live = store.Live(root)?.Id;
            var here = open.Where(alteration => alteration.Root == root).ToList();
            if (here.Count == 0) continue;
            if (here.Exists(alteration => alteration.Release is null || alteration.Kind == AlterationKind.Mount))
            {
                Attempt(root, null, now);
                here.AddRange(GoneWith(root, here, now));
            }
            if (here.Exists(alteration => alteration is { Kind: AlterationKind.Mount, Path: "." or "releases" }))
                continue;
            var altered = here.Where(alteration => alteration is { Release: not null, Kind: not AlterationKind.Mount })
                .Select(alteration => alteration.Release!.Value).ToHashSet();
            altered.ExceptWith(
                here.Where(alteration => alteration is { Release: not null, Kind: AlterationKind.Mount })
                .Select(alteration => alteration.Release!.Value));
            if (live is { } served && altered.Remove(served)) Attempt(root, served, now);
            altered.RemoveWhere(id => IsStuck(root, id, now));
            if (altered.Count > 0) Attempt(root, altered.First(), now);
            if (altered.Count > 1) tryAgain = DateTimeOffset.MinValue;
        }
        if (open.Count > 0) State = IntegrityState.Tampered;
        else Calm();
    }

    /// <summary>
    /// Returns the trees that were lost together with a root's folder; the folder exists again, but is empty.
    /// </summary>
    List<Alteration> GoneWith(Root root, List<Alteration> known, ClockReading now)
    {
        if (state.Expected.Of(root) is not { } expected
            || open.Exists(alteration => alteration.Root == root && alteration.Release is null)) return [];
        var gone = look.At(
            [.. expected.Trees.Values.Where(tree =>
            !known.Exists(alteration => alteration.Release == tree.Id) && !store.HasTree(tree.Record.Release, root))
            .SelectMany(tree => tree.At("", null))]);
        open.AddRange(gone);
        Alarm(gone, "watch", now);
        return [.. gone];
    }

    void Calm()
    {
        (State, openSince, tryAgain) = (IntegrityState.Intact, null, null);
        failures.Clear();
    }

    /// <summary>Returns whether the obstacle still exists, so that making another tree would be useless.</summary>
    bool IsStuck(Root root, ReleaseId? id, ClockReading now) => failures.TryGetValue((root, id), out var last)
        && (HealDiagnosis.Stands(last.Refusal)
            || (last.Refusal.Obstacle is HealObstacle.Other or HealObstacle.NoSpace or HealObstacle.ReadOnly
            && now.System < last.Tried + UnseenAgain));

    void Attempt(Root root, ReleaseId? id, ClockReading now)
    {
        var changes = open.Where(alteration => alteration.Root == root
            && (id is null ? alteration.Release is null || alteration.Kind == AlterationKind.Mount
                : alteration.Release == id)).ToImmutableArray();
        if (changes.IsEmpty || !Heals) return;
        if (IsStuck(root, id, now))
        {
            Fail(root, id, changes, failures[(root, id)].Refusal, now, tried: false);
            return;
        }
        // Another tree would lack the same files, until the vault has them again.
        if (changes.All(
            change => change.Kind == AlterationKind.Removed && lost.Contains((id.GetValueOrDefault(), change.Path))
            && !(change.Expected is { } content && store.Proves(content)))) return;
        try
        {
            var healing = Heal(root, id, changes, now);
            var left = look.At(changes);
            var wrong = left.Select(Alteration.Place).Concat(changes.Select(Alteration.Place)).ToHashSet();
            open.RemoveAll(alteration => wrong.Contains(alteration.SamePlace));
            open.AddRange(left);
            if (healing is { Lost.IsEmpty: false })
            {
                lost.UnionWith(healing.Lost.Select(path => (id!.Value, path.Value)));
                Fail(root, id, changes, new(HealObstacle.VaultDamaged, folders.Vault, Lost(healing)), now);
            }
            else if (!left.IsEmpty && healing is not null)
            {
                // Altered again meanwhile: there is no obstacle, so repeated tampering does not slow the healing down.
                failures.Remove((root, id));
                AllClear(changes, healing, now);
                Alarm(left, "watch", now);
            }
            else if (!left.IsEmpty)
                Fail(root, id, left, Explain(root, id, new SystemFault("heal", folders.Of(root), Errno.EBUSY)), now);
            else
            {
                failures.Remove((root, id));
                AllClear(changes, healing, now);
            }
        }
        catch (SystemFault fault)
        {
            Fail(root, id, changes, Explain(root, id, fault), now);
        }
    }

    Healing? Heal(Root root, ReleaseId? id, ImmutableArray<Alteration> changes, ClockReading now)
    {
        if (changes.Any(change => change.Kind == AlterationKind.Mount)) return null;
        if (look.IsCovered(root)) throw new SystemFault("heal", folders.Of(root), Errno.EBUSY);
        using (state.Changing())
        {
            if (id is { } release)
                return Find(release) is { } known ? store.Healer.Heal(known, root, now.System) : null;
            store.Healer.PointAgain(root, store.Live(root)?.Id, now.System);
            return changes.Any(change => change.Path.StartsWith(ExpectedRoot.NoticeFolder, StringComparison.Ordinal))
                ? new Healing(store.Healer.HealNotice(root, now.System), []) : new Healing(null, []);
        }
    }

    void AllClear(ImmutableArray<Alteration> changes, Healing? healing, ClockReading now)
    {
        Healed += changes.IsEmpty ? 0 : 1;
        (var told, healings) = healings.Hear(changes, now.System);
        var healedAt = HostClock.Read();
        foreach (var group in told.GroupBy(PlaceOf))
        {
            var exposure = TamperEvents.Exposure(group, openSince ?? now.System, healedAt.System);
            var seconds = changes.IsEmpty ? 0 : (healedAt.Raw - now.Raw) / 1e9;
            record(TamperEvents.Healed(
                Find(group.Key.Release), [.. group], seconds, exposure.TotalSeconds, healing?.Evidence), healedAt);
        }
    }

    /// <summary>
    /// Records a failure once, and again if the reason changes or after ten minutes; the attempts go on in between.
    /// </summary>
    void Fail(
        Root root, ReleaseId? id, ImmutableArray<Alteration> changes, HealDiagnosis.Refusal refusal, ClockReading now,
        bool tried = true)
    {
        if (tried) Failures++;
        var last = failures.GetValueOrDefault((root, id));
        var told = last?.Refusal.Error == refusal.Error && now.System < last.Told + FailureAgain;
        failures[(root, id)] = new Failure(refusal, told ? last!.Told : now.System, tried ? now.System : last!.Tried);
        if (!told) record(TamperEvents.Failed(Find(id) ?? store.Live(root), changes, refusal.Error), now);
    }

    HealDiagnosis.Refusal Explain(Root root, ReleaseId? id, SystemFault fault) =>
        HealDiagnosis.Explain(fault, folders, root, id);

    static string Lost(Healing healing) =>
        $"the vault has lost {string.Join(", ", healing.Lost.Take(20))}: left out, so that nothing false is served. "
        + $"Run: {HealAdvice.Command(HealObstacle.VaultDamaged, "", "")}";

    Release? Find(ReleaseId? id) => id is { } known ? store.Sealed.FirstOrDefault(release => release.Id == known)
        : null;

    public void Dispose() => look.Dispose();
}
