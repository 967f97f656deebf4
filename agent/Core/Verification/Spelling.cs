namespace Difusor.Agent.Verification;

/// <summary>A file that is published under another name than it was sent with.</summary>
public readonly record struct Respelling(RelativePath Sent, RelativePath Published);

/// <summary>
/// Finds the names under which files are published: those of the HASH files, where they differ from the sent ones in
/// their Unicode form only (contract, section 6, "Names"). A file that no HASH lists goes with its folder.
/// </summary>
static class Spelling
{
    internal static ImmutableArray<Respelling> Of(IReadOnlyList<ContentEntry> entries, FileIndex index)
    {
        var stated = index.Respelled.ToDictionary(one => one.Entry, one => one.Path);
        if (stated.Count == 0) return [];
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (entry, path) in stated) AddFolders(entries[entry].Path.Value, path, folders);
        var respelled = ImmutableArray.CreateBuilder<Respelling>();
        for (var entry = 0; entry < entries.Count; entry++)
        {
            var sent = entries[entry].Path;
            var path = stated.TryGetValue(entry, out var own) ? own
                : index.IsListedAsSent(entry) ? sent.Value : WithFolder(sent.Value, folders);
            if (path != sent.Value && RelativePath.Read(path, Longest).Path is { } published)
                respelled.Add(new Respelling(sent, published));
        }
        return respelled.ToImmutable();
    }

    /// <summary>Returns the files as they are published.</summary>
    internal static IReadOnlyList<ContentEntry> Published(
        IReadOnlyList<ContentEntry> entries, ImmutableArray<Respelling> respelled)
    {
        if (respelled.IsEmpty) return entries;
        var names = respelled.ToDictionary(one => one.Sent, one => one.Published);
        return [.. entries.Select(entry =>
            names.TryGetValue(entry.Path, out var path) ? entry with { Path = path } : entry)];
    }

    /// <summary>Returns the files that have the same path as a folder: no tree can hold both.</summary>
    internal static IEnumerable<RelativePath> AlsoFolders(IReadOnlyList<ContentEntry> published)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in published)
            for (var folder = entry.Path.Folder; folder.Length > 0 && folders.Add(folder);)
                folder = folder[..Math.Max(folder.LastIndexOf('/'), 0)];
        return published.Select(entry => entry.Path).Where(path => folders.Contains(path.Value));
    }

    static readonly PathLimits Longest = new(4096, 1024);

    /// <summary>Notes how the folders above a file are spelled. Both paths have as many segments.</summary>
    static void AddFolders(string sent, string stated, Dictionary<string, string> folders)
    {
        var (from, to) = (sent.LastIndexOf('/'), stated.LastIndexOf('/'));
        while (from > 0 && to > 0 && folders.TryAdd(sent[..from], stated[..to]))
            (from, to) = (sent.LastIndexOf('/', from - 1), stated.LastIndexOf('/', to - 1));
    }

    static string WithFolder(string sent, Dictionary<string, string> folders)
    {
        for (var at = sent.LastIndexOf('/'); at > 0; at = sent.LastIndexOf('/', at - 1))
            if (folders.TryGetValue(sent[..at], out var folder)) return folder + sent[at..];
        return sent;
    }
}
