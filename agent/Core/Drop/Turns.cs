namespace Difusor.Agent.Drop;

/// <summary>A delivery that is in hand, or that waits for its turn and has something to do.</summary>
/// <param name="Number">The order in which deliveries were first seen.</param>
/// <param name="IsPutOff">It had a verdict that was not told because there were too many: it comes after all that had
/// none.</param>
/// <param name="Turns">How often its time was up before.</param>
public readonly record struct Contender(long Number, Promise Promise, Wholeness Wholeness, bool IsPutOff, int Turns)
{
    /// <summary>Its files are being staged; it holds one of the places.</summary>
    public bool IsInHand { get; init; }

    /// <summary>In hand, and nothing is to be done for it now: it waits for files, or for time.</summary>
    public bool IsIdle { get; init; }

    /// <summary>In hand, and its slice of time is over, or it can only wait for others' verdicts.</summary>
    public bool HasUsedItsSlice { get; init; }

    /// <summary>In hand, and it cannot be interrupted now: a verdict is being made.</summary>
    public bool IsBound { get; init; }

    /// <summary>An archive that is yet to be unpacked: of those few are in hand, since each holds a worker.</summary>
    public bool IsLong { get; init; }

    /// <summary>In hand, and it gives its place up as soon as what is being read of it has ended.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>
    /// Compares by claim: nothing that was put off before what had no verdict, nothing of the future before the
    /// present, complete ones first, then who
    /// has had fewer turns; of equals the one that came last, so that what lay there before does not stand in front of
    /// what arrives.
    /// </summary>
    public int CompareTo(in Contender other)
    {
        var order = IsPutOff.CompareTo(other.IsPutOff);
        if (order == 0) order = Promise.CompareTo(other.Promise);
        if (order == 0) order = Wholeness.CompareTo(other.Wholeness);
        if (order == 0) order = Turns.CompareTo(other.Turns);
        return order != 0 ? order : other.Number.CompareTo(Number);
    }

    /// <summary>Whether this one, in hand, gives its place to <paramref name="waiting"/>.</summary>
    public bool YieldsTo(in Contender waiting)
    {
        if (!IsInHand || IsBound || IsLeaving || waiting.IsPutOff) return false;
        if (waiting.Promise != Promise) return waiting.Promise < Promise;
        return IsIdle || (HasUsedItsSlice && waiting.Turns <= Turns);
    }
}

/// <summary>Who gets a place, and who gives one up. A contender is named by its place in the list.</summary>
public readonly record struct TurnPlan(IReadOnlyList<int> Begin, IReadOnlyList<int> Yield);

/// <summary>
/// Whose turn it is to be staged. Only some deliveries are in hand at one time; the others hold neither a tree nor a
/// descriptor. A value in, a value
/// out: what is in hand and what waits, and who begins and who yields.
/// </summary>
public static class Turns
{
    /// <summary>
    /// How many nanoseconds of work a delivery gets in one turn where others of equal claim wait; longer each time, so
    /// that what is large comes to its end. Of an archive all others wait for the end, so its turn is no longer than
    /// four seconds.
    /// </summary>
    public static long SliceOf(int turns, bool isLong) => 2_000_000_000L << Math.Min(turns, isLong ? 1 : 6);

    /// <param name="atOnce">How many may be in hand.</param>
    /// <param name="longAtOnce">How many of them may be archives that are yet to be unpacked.</param>
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
        // A place that is being given up is free soon: nobody else is sent away for it.
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

    /// <summary>Keeps the best few in order.</summary>
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
