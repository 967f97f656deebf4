namespace Difusor.Agent.Drop;

/// <summary>
/// One full look that is under way: which entries of the drop it looks at, in which order, and how far it is.
/// </summary>
/// <param name="entries">The entries that are looked at.</param>
/// <param name="listed">All names at the top that were read.</param>
/// <param name="isWhole">Whether there are no other names at the top.</param>
/// <param name="notLookedAt">How many entries there are beyond those, as far as known.</param>
public sealed class LookRound(
    IReadOnlyList<RawPath> entries, IReadOnlySet<RawPath> listed, bool isWhole, int notLookedAt)
{
    int next;
    long files;

    public bool IsWhole => isWhole;

    /// <summary>Gets how many entries are over the limit and are not looked at.</summary>
    public int NotLookedAt { get; private set; } = notLookedAt;

    /// <summary>Returns the look at a tree, which is one entry.</summary>
    public static LookRound OfTree() => new([RawPath.Root], new HashSet<RawPath> { RawPath.Root }, isWhole: true, 0);

    /// <summary>
    /// Returns the look at packages: names of a newer corte first, then entries that are known already, then as many of
    /// the others as there is room for.
    /// </summary>
    /// <param name="most">How many entries may be known.</param>
    public static LookRound OfPackages(
        IReadOnlyCollection<RawPath> newer, IReadOnlyCollection<RawPath> known, IReadOnlyCollection<RawPath> others,
        IReadOnlySet<RawPath> listed, bool isWhole, int most)
    {
        var room = Math.Max(0, most - newer.Count - known.Count);
        var left = Math.Max(0, others.Count - room) + (isWhole ? 0 : 1);
        return new([.. newer, .. known, .. others.Take(room)], listed, isWhole, left);
    }

    /// <summary>Returns whether the name was read at the top of the drop.</summary>
    public bool Lists(RawPath root) => listed.Contains(root);

    /// <summary>Returns the next entry to look at; null at the end.</summary>
    /// <param name="mostFiles">With more files than this, the rest is not looked at.</param>
    public RawPath? Next(long mostFiles)
    {
        if (files > mostFiles)
        {
            NotLookedAt += entries.Count - next;
            next = entries.Count;
        }
        return next == entries.Count ? null : entries[next++];
    }

    /// <summary>Counts the files that were looked at in an entry.</summary>
    public void Looked(int count) => files += count;

    /// <summary>Counts an entry for which there was no place.</summary>
    public void Skip() => NotLookedAt++;
}
