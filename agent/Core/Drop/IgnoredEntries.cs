using Difusor.Agent.Events;

namespace Difusor.Agent.Drop;

/// <summary>An entry at the top of the drop that is no delivery.</summary>
/// <param name="Name">Its name, printable.</param>
/// <param name="Changed">When it last changed, by the clock of its file system.</param>
/// <param name="IsQuiet">Whether it has been quiet for so long that it is told.</param>
public sealed record IgnoredEntry(string Name, IgnoredCause Cause, DateTimeOffset Changed, bool IsQuiet);

/// <summary>
/// Holds what lies at the top of the drop and is no delivery, and since when it is quiet. Loose files count as one:
/// they are quiet together, so that a site that is uploaded file by file is told once. One thread changes it; any
/// thread reads <see cref="Shown"/>. All instants are nanoseconds of CLOCK_MONOTONIC.
/// </summary>
/// <param name="most">How many entries are known at most. Others are passed over until there is room.</param>
public sealed class IgnoredEntries(int most)
{
    /// <summary>How often what is shown is made anew at most, whatever a sender does.</summary>
    static readonly long Pause = Patience.Nanos(TimeSpan.FromMilliseconds(500));

    /// <summary>
    /// How long what the agent may not open is left to difusor-agent-entrega, which opens such entries every 2 s.
    /// </summary>
    static readonly long Widening = Patience.Nanos(TimeSpan.FromSeconds(10));

    readonly Dictionary<RawPath, Known> all = [];
    bool hasLooked, hasChanged;
    long shownAt = long.MinValue / 2, nextQuiet = long.MaxValue;

    sealed class Known(string name, long first)
    {
        public string Name => name;
        public long First => first;
        public IgnoredCause Cause { get; set; }
        public FileIdentity Identity { get; set; }
        public long LastChange { get; set; }
    }

    /// <summary>
    /// Gets all entries for the agent loop and for <c>status</c>, by name; default until the drop was looked at once.
    /// </summary>
    public ImmutableArray<IgnoredEntry> Shown { get; private set; }

    public int Count => all.Count;

    /// <summary>Gets whether loose files are among them.</summary>
    public bool HasLooseFiles => all.Values.Any(one => one.Cause == IgnoredCause.LooseFiles);

    /// <summary>Gets when <see cref="Show"/> has something new; <c>long.MaxValue</c>: not before a change.</summary>
    public long Due => !hasLooked ? long.MaxValue : hasChanged ? shownAt + Pause : nextQuiet;

    public bool Has(RawPath path) => all.ContainsKey(path);

    /// <summary>Returns whether the entry is known, or there is room for one more.</summary>
    public bool HasRoomFor(RawPath path) => all.Count < most || all.ContainsKey(path);

    /// <summary>
    /// Returns the cause of an entry that has not changed since it was seen; null: it has, or is not known.
    /// </summary>
    public IgnoredCause? CauseOf(RawPath path, in FileIdentity identity) =>
        all.TryGetValue(path, out var known) && known.Identity.SameContents(identity) ? known.Cause : null;

    /// <summary>Takes an entry as it is now.</summary>
    public void Saw(RawPath path, IgnoredCause cause, in FileIdentity identity, long now)
    {
        if (!all.TryGetValue(path, out var known))
        {
            if (all.Count >= most) return;
            all[path] = known = new Known(path.ToString(), now);
        }
        else if (known.Cause == cause && known.Identity.SameContents(identity)) return;
        (known.Cause, known.Identity, known.LastChange, hasChanged) = (cause, identity, now, true);
    }

    /// <summary>Notes that something beneath an entry has changed.</summary>
    public void Touch(RawPath path, long now)
    {
        if (all.TryGetValue(path, out var known)) (known.LastChange, hasChanged) = (now, true);
    }

    /// <summary>Forgets an entry that is gone, or is a delivery by now.</summary>
    public void Forget(RawPath path) => hasChanged |= all.Remove(path);

    /// <summary>Ends a look at the drop: what it has not found is gone.</summary>
    public void Looked(Func<RawPath, bool> isThere)
    {
        foreach (var path in all.Keys)
            if (!isThere(path)) Forget(path);
        hasChanged |= !hasLooked;
        hasLooked = true;
    }

    /// <summary>Forgets everything: it was another drop, or another layout.</summary>
    public void Clear()
    {
        all.Clear();
        (hasLooked, hasChanged, Shown) = (false, false, default);
    }

    /// <summary>Makes <see cref="Shown"/> anew.</summary>
    public void Show(Patience patience, long now)
    {
        (hasChanged, shownAt, nextQuiet) = (false, now, long.MaxValue);
        var lastLoose = all.Values.Where(one => one.Cause == IgnoredCause.LooseFiles)
            .Max(one => (long?)one.LastChange) ?? now;
        var shown = ImmutableArray.CreateBuilder<IgnoredEntry>(all.Count);
        foreach (var (_, known) in all.OrderBy(one => one.Key))
        {
            var quiet = QuietAt(known, lastLoose, patience);
            if (quiet > now) nextQuiet = Math.Min(nextQuiet, quiet);
            shown.Add(new IgnoredEntry(
                known.Name, known.Cause, DateTimeOffset.UnixEpoch.AddTicks(known.Identity.CtimeNanos / 100),
                quiet <= now));
        }
        Shown = shown.MoveToImmutable();
    }

    /// <summary>
    /// Returns when an entry is told if nothing changes: after <c>drop.settle</c>, and one that never stops changing
    /// after <c>drop.give_up</c>. A transfer that has not ended has that long to go on.
    /// </summary>
    static long QuietAt(Known known, long lastLoose, Patience patience)
    {
        var (settle, giveUp) = (Patience.Nanos(patience.Settle), Patience.Nanos(patience.GiveUp));
        return known.Cause switch
        {
            IgnoredCause.LooseFiles => Math.Min(lastLoose + settle, known.First + giveUp),
            IgnoredCause.NotAPackage => Math.Min(known.LastChange + settle, known.First + giveUp),
            IgnoredCause.Unreadable =>
                Math.Min(known.LastChange + Math.Max(settle, Widening), known.First + Math.Max(giveUp, Widening)),
            IgnoredCause.Unfinished => known.LastChange + giveUp,
        };
    }
}
