using Difusor.Agent.Gate;

namespace Difusor.Agent.Drop;

/// <summary>A delivery that gave way: all that is kept of it beside its name.</summary>
/// <param name="FirstSeen">When it was first seen. It is kept, so that waiting does not move the delivery out of its
/// rehearsal or night.</param>
/// <param name="Paths">Bytes of the budget for paths that it held when it gave way. As much must be left before it is
/// received again.</param>
/// <param name="HashText">The same for the budget for HASH files.</param>
/// <param name="Times">How often it has given way.</param>
/// <param name="Spare">Bytes of disk space that were too few for it, plus what it gave back of them; null: it did not
/// lack disk space.</param>
sealed record GivenWay(
    ClockReading FirstSeen, ClockReading LastByte, bool IsAnnounced, bool HasStalled, JudgedFiles? Before, long Paths,
    long HashText, int Times, long? Spare)
{
    /// <summary>
    /// Gets the instant before which it is not read again. One that gives way again and again is read less and less
    /// often.
    /// </summary>
    public long NotBefore { get; init; }
}

/// <summary>
/// Shares out what all deliveries in hand may keep together, and holds those that gave way to others. A sender who
/// sends little, as an honest one does, never waits for one who sends very much. Of a delivery that waits only the name
/// and a few facts are kept; it lies in the drop, and is received again once there is room. All instants are
/// nanoseconds of CLOCK_MONOTONIC.
/// </summary>
sealed class DeliveriesGivenWay
{
    /// <summary>Bytes. With this much more space on the disk, a large delivery is worth reading again.</summary>
    internal const long WorthReading = 16 << 20;

    const int MostDoublings = 6;

    static readonly long FirstPause = Patience.Nanos(TimeSpan.FromSeconds(10)),
    TryEvery = Patience.Nanos(TimeSpan.FromSeconds(1));

    readonly Budget pathBudget = new(0, keepsForSmall: true), hashBudget = new(0, keepsForSmall: true);
    readonly Dictionary<RawPath, GivenWay> waiting = [], returning = [];
    long lastTry;
    bool lackedRoom;

    public int Count => waiting.Count;

    /// <summary>Gets how many wait for memory, and not for room on the disk.</summary>
    public int ForMemory => waiting.Values.Count(one => one.Spare is null);

    /// <summary>Gets when to try <see cref="Return"/> again; <c>long.MaxValue</c>: at the next full look.</summary>
    public long NextTry { get; private set; } = long.MaxValue;

    public bool Has(RawPath root) => waiting.ContainsKey(root);

    /// <summary>Returns what a new delivery may keep under these limits.</summary>
    public Shares NewShares(LimitSettings limits)
    {
        (pathBudget.Most, hashBudget.Most) = (limits.PathText, limits.HashText);
        return new Shares(
            new Share(limits.PathText, pathBudget, Shares.EachFile), new Share(limits.HashText, hashBudget));
    }

    public void Add(RawPath root, GivenWay one, long now)
    {
        var pause = one.Times <= 1 ? 0 : FirstPause << Math.Min(one.Times - 2, MostDoublings);
        waiting[root] = one with { NotBefore = now + pause };
    }

    /// <summary>Forgets the deliveries that have left the drop.</summary>
    public void KeepOnly(Func<RawPath, bool> isThere)
    {
        foreach (var root in waiting.Keys)
            if (!isThere(root)) waiting.Remove(root);
    }

    /// <summary>Tries soon: a delivery has ended, and what it kept may be enough for others.</summary>
    public void TrySoon(long now) => NextTry = Math.Min(NextTry, Math.Max(now, lastTry + TryEvery));

    /// <summary>Tries at once: room has been made on the disk.</summary>
    public void TryAt(long now) => NextTry = now;

    /// <summary>
    /// Lets deliveries return while there is room for them, those that keep least first. The largest returns only alone
    /// if it has to.
    /// </summary>
    /// <param name="others">How many deliveries are being received.</param>
    /// <param name="spare">Returns the bytes of disk that staging may still write.</param>
    /// <returns>The deliveries to receive again. What is known of each waits in <see cref="TakeFacts"/>.</returns>
    public IReadOnlyCollection<RawPath> Return(int others, Func<long> spare, long now)
    {
        (NextTry, lastTry) = (long.MaxValue, now);
        returning.Clear();
        var (paths, hashText) = (pathBudget.Left, hashBudget.Left);
        foreach (var (root, one) in waiting.OrderBy(one => one.Value.Paths + one.Value.HashText).ToList())
        {
            if (now < one.NotBefore && !(one.Spare is { } had && spare() > had + WorthReading)) continue;
            if ((one.Paths > paths || one.HashText > hashText) && others + returning.Count > 0) break;
            (paths, hashText) = (paths - one.Paths, hashText - one.HashText);
            waiting.Remove(root);
            returning[root] = one;
        }
        return [.. returning.Keys];
    }

    /// <summary>Takes what is known of a delivery that returns; null where it is a new one.</summary>
    public GivenWay? TakeFacts(RawPath root)
    {
        returning.Remove(root, out var facts);
        return facts;
    }

    /// <summary>
    /// Returns whether deliveries have lacked room on the disk, and none of them does any more. True only once.
    /// </summary>
    /// <param name="othersLackRoom">Whether a delivery that is being received has lacked it.</param>
    public bool EverythingFits(bool othersLackRoom)
    {
        var before = lackedRoom;
        lackedRoom = othersLackRoom || waiting.Values.Any(one => one.Spare is not null);
        return before && !lackedRoom;
    }

    /// <summary>Returns the first of them for <c>status</c>.</summary>
    public IEnumerable<DeliveryProgress> Progress(int most, Func<RawPath, string> nameOf) =>
        waiting.OrderBy(one => nameOf(one.Key), StringComparer.Ordinal).Take(Math.Max(0, most)).Select(one =>
            new DeliveryProgress(
                nameOf(one.Key), DeliveryState.Arriving, 0, 0, one.Value.FirstSeen, one.Value.LastByte, Waits: true));
}
