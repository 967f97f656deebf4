using System.Runtime.CompilerServices;

namespace Difusor.Agent.Verification;

/// <summary>
/// A package's files by path. Finds a name of a HASH file without making a string of it, and finds twins on the way.
/// </summary>
sealed class FileIndex
{
    readonly IReadOnlyList<ContentEntry> entries;
    readonly Dictionary<string, int> byFoldedPath;
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> byFoldedSpan;
    readonly Dictionary<string, int> laterTwins = [];
    readonly List<(int Later, int First)> twins = [];
    readonly Kind[] kinds;
    readonly LeftoverNames leftovers;
    // By twin key, the paths that are not ASCII; null if all are.
    readonly Dictionary<string, int>? normalised;
    // Entries that a HASH file lists in another Unicode form; and whether one lists an entry as it is.
    readonly Dictionary<int, string> respelled = [];
    readonly bool[] asSent = [];
    Dictionary<string, List<int>>? byStem;
    int guess;

    enum Kind : byte { Plain, Hash, Signature }

    /// <param name="leftovers">A file that is one of these by its name is no HASH file, whatever its name ends
    /// with.</param>
    internal FileIndex(IReadOnlyList<ContentEntry> entries, LeftoverNames leftovers)
    {
        (this.entries, this.leftovers) = (entries, leftovers);
        kinds = new Kind[entries.Count];
        byFoldedPath = new Dictionary<string, int>(entries.Count, StringComparer.OrdinalIgnoreCase);
        byFoldedSpan = byFoldedPath.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var i = 0; i < entries.Count; i++)
        {
            var path = entries[i].Path.Value;
            if ((kinds[i] = KindOf(path)) != Kind.Plain) ExemptCount++;
            if (!byFoldedPath.TryAdd(path, i))
            {
                twins.Add((i, byFoldedPath[path]));
                laterTwins[path] = i;
            }
            if (!Ascii.IsValid(path) && !(normalised ??= []).TryAdd(TwinKey.Of(path), i)
                && laterTwins.GetValueOrDefault(path, -1) != i)
                twins.Add((i, normalised[TwinKey.Of(path)]));
        }
        if (normalised is not null) asSent = new bool[entries.Count];
        // A name that is not ASCII can still fold to one that is: the Kelvin sign folds to k.
        foreach (var (key, at) in normalised ?? [])
            if (Ascii.IsValid(key) && byFoldedPath.TryGetValue(key, out var plain) && plain != at
                && laterTwins.GetValueOrDefault(entries[at].Path.Value, -1) != at) twins.Add((at, plain));
    }

    /// <summary>Returns whether the entry is a HASH file.</summary>
    internal bool IsHash(int entry) => kinds[entry] == Kind.Hash;

    /// <summary>
    /// Returns whether no HASH file needs to list the entry: a HASH file, or a signature beside the one that it signs.
    /// </summary>
    internal bool IsExempt(int entry) => kinds[entry] != Kind.Plain;

    /// <summary>Gets how many entries need no cover.</summary>
    internal int ExemptCount { get; private set; }

    /// <summary>
    /// Returns whether the entry may state something. What lies hidden, and a leftover, is never published as a HASH
    /// file, so it states nothing.
    /// </summary>
    internal bool MayState(int entry) => MayState(entries[entry].Path.Value);

    bool MayState(string path) => !Cover.LiesHidden(path) && !leftovers.Has(path);

    /// <summary>Takes an entry as a HASH file although its name is not one's.</summary>
    internal void TakeAsHash(int entry)
    {
        if (kinds[entry] == Kind.Plain) ExemptCount++;
        kinds[entry] = Kind.Hash;
    }

    /// <summary>
    /// Returns what a file is by its name. An entry comes after the one whose path its own begins with.
    /// </summary>
    Kind KindOf(string path)
    {
        if (HashFileName.Is(path)) return MayState(path) ? Kind.Hash : Kind.Plain;
        return HashFileName.Signed(path) is { IsEmpty: false } signed && At(signed) is var at and >= 0 && IsHash(at)
            ? Kind.Signature : Kind.Plain;
    }

    /// <summary>Gets the pairs of paths that some file system could treat as the same.</summary>
    internal IReadOnlyList<(int Later, int First)> Twins => twins;

    /// <summary>
    /// Gets the spelling that the HASH files have for an entry, if it differs from the path in its Unicode form and no
    /// HASH file has the path itself.
    /// </summary>
    internal IEnumerable<(int Entry, string Path)> Respelled =>
        respelled.Where(one => !asSent[one.Key]).Select(one => (one.Key, one.Value));

    /// <summary>Returns whether a HASH file has this very path.</summary>
    internal bool IsListedAsSent(int entry) => asSent.Length > 0 && asSent[entry];

    /// <summary>
    /// Returns the entry that a HASH file means by this path: the one at exactly this path, or the one whose path
    /// differs in its Unicode form only. -1 if there is none.
    /// </summary>
    internal int Find(ReadOnlySpan<char> path)
    {
        if (At(path) is not (>= 0 and var found)) return normalised is null ? -1 : FindInAnotherForm(path.ToString());
        if (normalised is not null) asSent[found] = true;
        return found;
    }

    /// <summary>Returns the entry at exactly this path; -1 if there is none. Nobody has listed it by that.</summary>
    int At(ReadOnlySpan<char> path) => byFoldedSpan.TryGetValue(path, out var found)
        && (path.SequenceEqual(entries[found].Path.Value)
            || laterTwins.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path, out found)) ? found : -1;

    int FindInAnotherForm(string path)
    {
        if (!normalised!.TryGetValue(TwinKey.Of(path), out var found)
            || TwinKey.Decomposed(path) != TwinKey.Decomposed(entries[found].Path.Value)) return -1;
        respelled.TryAdd(found, path);
        return found;
    }

    /// <summary>
    /// Returns the entry with this name in <paramref name="folder"/> (empty: at the top), as a HASH file states it; -1
    /// if there is none.
    /// </summary>
    [SkipLocalsInit]
    internal int Find(string folder, ReadOnlySpan<byte> name)
    {
        // HASH files usually list the files in the order of the entries, so try the next entry first.
        if (folder.Length == 0 && guess < entries.Count && Ascii.Equals(name, entries[guess].Path.Value))
            return guess++;
        Span<char> path = stackalloc char[4096];
        if (folder.Length + 1 + name.Length > path.Length) return -1;
        var start = 0;
        if (folder.Length > 0)
        {
            folder.CopyTo(path);
            path[folder.Length] = '/';
            start = folder.Length + 1;
        }
        var found = Find(path[..(start + Encoding.UTF8.GetChars(name, path[start..]))]);
        if (found >= 0) guess = found + 1;
        return found;
    }

    /// <summary>
    /// Returns the entry that a HASH file means by a name: the one with exactly this name, or else the one without the
    /// blanks at its end; -1 if there is neither.
    /// </summary>
    internal int FindStated(string folder, ReadOnlySpan<byte> name)
    {
        var entry = Find(folder, name);
        return entry < 0 && name[^1] == ' ' ? Find(folder, name.TrimEnd((byte)' ')) : entry;
    }

    /// <summary>
    /// Returns a path equal to this one except for case, which may be the new name of a missing file; null if there is
    /// none.
    /// </summary>
    internal string? NearlyNamed(string path) =>
        byFoldedPath.TryGetValue(path, out var found) ? entries[found].Path.Value : null;

    /// <summary>Returns, in order, all files that have this path plus one extension and are not HASH files.</summary>
    internal IReadOnlyList<int> WithStem(string stem) =>
        (byStem ??= Stems()).TryGetValue(stem, out var found) ? found : [];

    /// <summary>
    /// Builds the map from stem to files. Built once, and only if a sidecar asks: otherwise each of several thousand
    /// sidecars would scan all files.
    /// </summary>
    Dictionary<string, List<int>> Stems()
    {
        var stems = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < entries.Count; i++)
        {
            var path = entries[i].Path.Value;
            if (IsExempt(i) || path.LastIndexOf('.') is not (> 0 and var dot) || dot < path.LastIndexOf('/')) continue;
            if (!stems.TryGetValue(path[..dot], out var files)) stems.Add(path[..dot], files = []);
            files.Add(i);
        }
        return stems;
    }
}
