namespace Difusor.Agent.Drop;

/// <summary>A delivery that is in hand, or that waits for its turn and has work to do.</summary>
/// <param name="Number">The order in which deliveries were first seen.</param>
/// <param name="IsPutOff">Whether its last verdict was not told because there were too many: it comes after all
/// deliveries that had none.</param>
/// <param name="Turns">How often it has used up its slice before.</param>
public readonly record struct Contender(long Number, Promise Promise, Wholeness Wholeness, bool IsPutOff, int Turns)
{
    /// <summary>Gets whether its files are being staged, so it uses one of the places.</summary>
    public bool IsInHand { get; init; }

    /// <summary>Gets whether it is in hand but has nothing to do now: it waits for files, or for time.</summary>
    public bool IsIdle { get; init; }

    /// <summary>
    /// Gets whether it is in hand and its slice of time is over, or it can only wait for the verdicts of others.
    /// </summary>
    public bool HasUsedItsSlice { get; init; }

    /// <summary>Gets whether it is in hand and cannot be interrupted now, because a verdict is being made.</summary>
    public bool IsBound { get; init; }

    /// <summary>
    /// Gets whether it is an archive that is not unpacked yet. Only few of those are in hand, because each occupies a
    /// worker.
    /// </summary>
    public bool IsLong { get; init; }

    /// <summary>Gets whether it is in hand and gives up its place as soon as the current readings have ended.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>
    /// Compares by claim. Deliveries that were put off come after the others. Next comes the promise of the name, with
    /// the future last; then complete ones come first, then those with fewer turns. Of equals the latest comes first,
    /// so that old entries do not block what arrives.
    /// </summary>
    public int CompareTo(in Contender other)
    {
        var order = IsPutOff.CompareTo(other.IsPutOff);
        if (order == 0) order = Promise.CompareTo(other.Promise);
        if (order == 0) order = Wholeness.CompareTo(other.Wholeness);
        if (order == 0) order = Turns.CompareTo(other.Turns);
        return order != 0 ? order : other.Number.CompareTo(Number);
    }

    /// <summary>Returns whether this one, in hand, gives its place to <paramref name="waiting"/>.</summary>
    public bool YieldsTo(in Contender waiting)
    {
        if (!IsInHand || IsBound || IsLeaving || waiting.IsPutOff) return false;
        if (waiting.Promise != Promise) return waiting.Promise < Promise;
        return IsIdle || (HasUsedItsSlice && waiting.Turns <= Turns);
    }
}

/// <summary>Who gets a place, and who gives one up. The numbers are indexes in the list of contenders.</summary>
public readonly record struct TurnPlan(IReadOnlyList<int> Begin, IReadOnlyList<int> Yield);

/// <summary>
/// Decides whose turn it is to be staged. Only some deliveries are in hand at a time; the others use neither a tree nor
/// a descriptor. It is a pure function: from the deliveries in hand and waiting it computes who begins and who yields.
/// </summary>
public static class Turns
{
    /// <summary>
    /// Returns how many nanoseconds of work a delivery gets in one turn while others of equal claim wait. Each turn is
    /// longer than the one before, so that large deliveries finish. Other archives must wait until an archive ends, so
    /// its turn is at most four seconds.
    /// </summary>
    public static long SliceOf(int turns, bool isLong) => 2_000_000_000L << Math.Min(turns, isLong ? 1 : 6);

    /// <param name="atOnce">How many may be in hand.</param>
    /// <param name="longAtOnce">How many of them may be archives that are not unpacked yet.</param>
    public static TurnPlan Next(IReadOnlyList<Contender> contenders, int atOnce, int longAtOnce)
    {
        List<int> waiting = new(2 * atOnce), archives = new(atOnce + 1), inHand = new(atOnce);
        for (var at = 0; at < contenders.Count; at++)
        {
            if (contenders[at].IsInHand) inHand.Add(at);
            else Insert(contenders[at].IsLong ? archives : waiting, at, contenders, atOnce);
        }
        waiting.AddRange(archives);
        waiting.Sort((one, other) => contenders[one].CompareTo(contenders[other]));
        List<int> begin = [], yield = [];
        var free = atOnce - inHand.Count;
        // A place that is being given up is free soon: no other delivery has to leave for it.
        var promised = inHand.Count(at => contenders[at].IsLeaving);
        foreach (var next in waiting)
        {
            var unpacking = inHand.Concat(begin).Concat(yield).Where(at => contenders[at].IsLong).ToList();
            if (contenders[next].IsLong && unpacking.Count >= longAtOnce)
            {
                if (!unpacking.Exists(at => contenders[at].IsLeaving || yield.Contains(at)))
                    _ = Yields(unpacking, next);
            }
            else if (free > 0)
            {
                free--;
                begin.Add(next);
            }
            else if (promised-- <= 0 && !Yields(inHand, next)) break;
        }
        return new(begin, yield);

        bool Yields(List<int> among, int next)
        {
            if (WorstThatYields(among, contenders, contenders[next]) is not { } place) return false;
            inHand.Remove(place);
            yield.Add(place);
            return true;
        }
    }

    /// <summary>Inserts into the list of the best few, in order.</summary>
    static void Insert(List<int> best, int at, IReadOnlyList<Contender> contenders, int most)
    {
        var candidate = contenders[at];
        if (best.Count == most && candidate.CompareTo(contenders[best[^1]]) >= 0) return;
        var place = best.Count;
        while (place > 0 && candidate.CompareTo(contenders[best[place - 1]]) < 0) place--;
        best.Insert(place, at);
        if (best.Count > most) best.RemoveAt(most);
    }

    static int? WorstThatYields(List<int> inHand, IReadOnlyList<Contender> contenders, in Contender waiting)
    {
        int? worst = null;
        foreach (var at in inHand)
            if (contenders[at].YieldsTo(waiting)
                && (worst is not { } known || contenders[at].CompareTo(contenders[known]) > 0)) worst = at;
        return worst;
    }
}
