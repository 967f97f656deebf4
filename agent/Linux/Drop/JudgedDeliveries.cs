using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Holds the deliveries that have their verdict and lie in the drop as they were judged, and the memory of them on
/// disk. The two differ: what an earlier run has judged is held only once a look has found it unchanged, and what this
/// run has judged is on disk only once all its consequences are. Only the receiving thread uses it.
/// </summary>
sealed class JudgedDeliveries(JudgedMemoryFile memory)
{
    readonly Dictionary<RawPath, JudgedFiles> all = [];

    public int Count => all.Count;

    /// <summary>Gets how many files all of them have together.</summary>
    public long Files { get; private set; }

    public IEnumerable<KeyValuePair<RawPath, JudgedFiles>> All => all;

    public bool Has(RawPath root) => all.ContainsKey(root);

    public JudgedFiles? Of(RawPath root) => all.GetValueOrDefault(root);

    public void Add(RawPath root, JudgedFiles files)
    {
        Remove(root);
        all[root] = files;
        Files += files.Count;
    }

    public void Remove(RawPath root)
    {
        if (all.Remove(root, out var files)) Files -= files.Count;
    }

    /// <summary>Forgets the rejected delivery that has not changed for the longest time.</summary>
    /// <returns>False where there is none.</returns>
    public bool ForgetOldestRejected()
    {
        JudgedFiles? oldest = null;
        foreach (var files in all.Values)
            if (!files.Memory.Accepted && (oldest is null || files.LastChange < oldest.LastChange)) oldest = files;
        if (oldest is null) return false;
        Remove(oldest.Memory.Root);
        return true;
    }

    /// <summary>Has everything judged again at the next look that was rejected.</summary>
    public void WantRejectedAgain()
    {
        foreach (var files in all.Values) files.IsWantedAgain |= !files.Memory.Accepted;
    }

    /// <summary>Reads what the earlier runs have judged.</summary>
    public void Load() => memory.Load();

    /// <summary>Returns whether an earlier run, or this one, has written down a verdict on the delivery.</summary>
    public bool IsWritten(RawPath root) => memory.Has(root);

    /// <summary>Returns whether the verdict is written down, and the delivery had the same files then.</summary>
    public bool IsWritten(JudgedFiles files) => memory.Holds(files.Memory);

    /// <summary>Writes a verdict down, and what is to be done later.</summary>
    /// <exception cref="SystemFault">It cannot be written. In memory it is as if it were.</exception>
    public void Write(JudgedDelivery delivery)
    {
        if (all.TryGetValue(delivery.Root, out var files) && files.Memory.Fingerprint == delivery.Fingerprint)
            files.As(delivery.Accepted, delivery.Later);
        memory.Add(delivery);
    }

    /// <summary>Takes a delivery back, with its verdict, that is still as it was when that was written down.</summary>
    /// <param name="seen">The files that a look has found now.</param>
    /// <returns>False where it has changed.</returns>
    public bool TakeBack(RawPath root, JudgedFiles.Gathering seen, long now)
    {
        var found = seen.Of(root, memory.WasAccepted(root), now);
        if (!memory.Holds(found.Memory)) return false;
        Add(root, found.As(found.Memory.Accepted, memory.LaterOf(root)));
        return true;
    }

    /// <summary>
    /// Forgets what is written down of the deliveries that are neither held here nor, as <paramref name="isThere"/>
    /// says, elsewhere.
    /// </summary>
    public void KeepWritten(Func<RawPath, bool> isThere) =>
        memory.KeepOnly(root => all.ContainsKey(root) || isThere(root));
}
