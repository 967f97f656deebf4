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
    Dictionary<string, List<int>>? byStem;
    int guess;

    enum Kind : byte { Plain, Hash, Signature }

    /// <param name="leftovers">A file that is one of these by its name is no HASH file, whatever its name ends
    /// with.</param>
    internal FileIndex(IReadOnlyList<ContentEntry> entries, LeftoverNames leftovers)
    {
        this.entries = entries;
        kinds = new Kind[entries.Count];
        byFoldedPath = new Dictionary<string, int>(entries.Count, StringComparer.OrdinalIgnoreCase);
        byFoldedSpan = byFoldedPath.GetAlternateLookup<ReadOnlySpan<char>>();
        Dictionary<string, int>? normalised = null;
        for (var i = 0; i < entries.Count; i++)
        {
            var path = entries[i].Path.Value;
            if ((kinds[i] = KindOf(path, leftovers)) != Kind.Plain) ExemptCount++;
            if (!byFoldedPath.TryAdd(path, i))
            {
                twins.Add((i, byFoldedPath[path]));
                laterTwins[path] = i;
            }
            if (!Ascii.IsValid(path) && !(normalised ??= []).TryAdd(TwinKey.Of(path), i)
                && laterTwins.GetValueOrDefault(path, -1) != i)
                twins.Add((i, normalised[TwinKey.Of(path)]));
        }
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
    internal int ExemptCount { get; }

    /// <summary>
    /// Returns what a file is by its name. What lies hidden is never published as a HASH file, so it states nothing.
    /// An entry comes after the one whose path its own begins with.
    /// </summary>
    Kind KindOf(string path, LeftoverNames leftovers)
    {
        if (HashFileName.Is(path))
            return Cover.LiesHidden(path) || leftovers.Has(path) ? Kind.Plain : Kind.Hash;
        return HashFileName.Signed(path) is { IsEmpty: false } signed && Find(signed) is var at and >= 0 && IsHash(at)
            ? Kind.Signature : Kind.Plain;
    }

    /// <summary>Gets the pairs of paths that some file system could treat as the same.</summary>
    internal IReadOnlyList<(int Later, int First)> Twins => twins;

    /// <summary>Returns the entry at exactly this path; -1 if there is none.</summary>
    internal int Find(ReadOnlySpan<char> path)
    {
        if (!byFoldedSpan.TryGetValue(path, out var found)) return -1;
        if (path.SequenceEqual(entries[found].Path.Value)) return found;
        return laterTwins.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path, out found) ? found : -1;
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
            if (kinds[i] != Kind.Plain || path.LastIndexOf('.') is not (> 0 and var dot)
                || dot < path.LastIndexOf('/')) continue;
            if (!stems.TryGetValue(path[..dot], out var files)) stems.Add(path[..dot], files = []);
            files.Add(i);
        }
        return stems;
    }
}
