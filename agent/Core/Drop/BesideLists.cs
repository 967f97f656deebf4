using Difusor.Agent.Verification;

namespace Difusor.Agent.Drop;

/// <summary>A reading of a list that is under way. It is told from others by reference.</summary>
/// <param name="Identity">What the list was when the reading began.</param>
/// <param name="Room">How many archives it may name.</param>
public sealed record BesideReading(RawPath Path, FileIdentity Identity, int Room);

/// <summary>Says what a reading that has ended is worth.</summary>
public enum BesideReadingEnd
{
    /// <summary>Nothing: it failed, or the list has gone meanwhile.</summary>
    Void,
    /// <summary>It shows the list as it is.</summary>
    Current,
    /// <summary>It shows the list as it was, which is better than nothing: the list must be read once more.</summary>
    Outdated,
}

/// <summary>
/// Holds the lists beside archives: which there are, which of them are being read, and what those say that were read.
/// Each version of a list is read once. All lists together may name only a limited number of archives.
/// </summary>
/// <param name="most">How many lists are known at most. Others are ignored.</param>
/// <param name="mostNames">How many archives all lists may name together.</param>
public sealed class BesideLists(int most, int mostNames)
{
    /// <summary>How many archives a list may always name, however many the other lists name.</summary>
    public const int FewNames = 4;

    readonly Dictionary<RawPath, Known> lists = [];
    int names;

    sealed class Known
    {
        public FileIdentity Identity { get; set; }
        public BesideList? List { get; set; }
        public BesideReading? Reading { get; set; }
    }

    public int Count => lists.Count;
    public IReadOnlyCollection<RawPath> Paths => lists.Keys;

    public bool Has(RawPath path) => lists.ContainsKey(path);

    /// <summary>Takes what lies at a path where a list may be.</summary>
    /// <returns>Whether it must be read, because it has come or changed.</returns>
    public bool Saw(RawPath path, in FileIdentity identity)
    {
        if (!lists.TryGetValue(path, out var known))
        {
            if (lists.Count >= most) return false;
            lists[path] = known = new Known();
        }
        else if (known.Identity.SameContents(identity)) return false;
        known.Identity = identity;
        return true;
    }

    /// <summary>Forgets a list that has gone.</summary>
    /// <returns>What it said; null if it was not known or not read.</returns>
    public BesideList? Forget(RawPath path)
    {
        if (!lists.Remove(path, out var gone)) return null;
        names -= gone.List?.Names ?? 0;
        return gone.List;
    }

    /// <summary>Begins to read a list that is known.</summary>
    /// <returns>Null if it is being read already: whoever ends that reading sees that it has changed.</returns>
    public BesideReading? Begin(RawPath path)
    {
        if (!lists.TryGetValue(path, out var known) || known.Reading is not null) return null;
        return known.Reading = new BesideReading(path, known.Identity, Math.Max(FewNames, mostNames - names));
    }

    /// <summary>
    /// Ends a reading. One that failed is not repeated in a circle: the next look finds the list changed.
    /// </summary>
    public BesideReadingEnd End(BesideReading reading, bool failed)
    {
        if (lists.GetValueOrDefault(reading.Path) is not { } known || !ReferenceEquals(known.Reading, reading))
            return BesideReadingEnd.Void;
        known.Reading = null;
        if (!failed)
            return known.Identity.SameContents(reading.Identity) ? BesideReadingEnd.Current : BesideReadingEnd.Outdated;
        known.Identity = default;
        return BesideReadingEnd.Void;
    }

    /// <summary>Keeps what a list says, after a reading that is worth something.</summary>
    /// <param name="list">Null: it cannot be used.</param>
    /// <returns>What it said before.</returns>
    public BesideList? Keep(RawPath path, BesideList? list)
    {
        var known = lists[path];
        var before = known.List;
        known.List = list;
        names += (list?.Names ?? 0) - (before?.Names ?? 0);
        return before;
    }

    /// <summary>Returns what the lists say about an archive, as far as they have been read.</summary>
    public ImmutableArray<OuterList> Of(RawPath archive, PathLimits limits)
    {
        if (lists.Count == 0 || archive.Read(limits).Path is not { } path) return [];
        var said = ImmutableArray.CreateBuilder<OuterList>();
        foreach (var known in lists.Values)
            if (known.List?.Of(path) is { } list) said.Add(list);
        return said.ToImmutable();
    }
}
