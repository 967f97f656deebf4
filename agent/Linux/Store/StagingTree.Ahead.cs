using System.Collections.Concurrent;
using Difusor.Agent.Packages;

namespace Difusor.Agent.Linux;

/// <summary>A tree that begins with what the release before has: a second name of each of its files, made before the delivery came.</summary>
public sealed partial class StagingTree
{
    /// <summary>The names of the release before that the tree has no more; null: it began empty.</summary>
    ConcurrentDictionary<string, bool>? gone;

    void BeginAhead(IEnumerable<string>? ahead)
    {
        if (ahead is null) return;
        gone = new();
        foreach (var path in ahead) folders[path] = true;
    }

    /// <summary>Whether the tree still has, at this path, the name that was made ahead.</summary>
    bool IsAhead(string path) => gone is not null && !gone.ContainsKey(path) && Before!.Files.ContainsKey(path);

    void Unlink(RelativePath path)
    {
        folder.Unlink(path.Value);
        if (gone is not null) gone[path.Value] = true;
    }

    /// <summary>Takes away what was made ahead where something else is to be made: it must never be written to, for it is what is being served.</summary>
    void MakeWay(string path)
    {
        if (gone is null) return;
        if (IsAhead(path))
        {
            folder.Unlink(path);
            gone[path] = true;
        }
        else if (folders.ContainsKey(path) && !files.Keys.Any(file => IsBelow(file.Value, path)))
        {
            folder.RemoveTree(path);
            foreach (var name in Before!.Files.Keys.Where(name => IsBelow(name, path))) gone[name] = true;
            foreach (var name in folders.Keys.Where(name => name == path || IsBelow(name, path))) folders.TryRemove(name, out _);
        }
    }

    /// <summary>Takes out what was made ahead and the delivery has not: from now on the tree has its files and no others.</summary>
    internal void RemoveWhatNobodyBrought()
    {
        if (gone is null) return;
        foreach (var file in Before!.Files.Values)
            if (!files.ContainsKey(file.Path) && IsAhead(file.Path.Value)) Unlink(file.Path);
        var needed = new HashSet<string>();
        foreach (var file in files.Keys)
            for (var at = file.Folder; at.Length > 0 && needed.Add(at);) at = at.LastIndexOf('/') is var slash and >= 0 ? at[..slash] : "";
        foreach (var path in folders.Keys.Where(path => path.Length > 0 && !needed.Contains(path))) folder.RemoveTree(path);
    }

    static bool IsBelow(string path, string folder) => path.Length > folder.Length && path[folder.Length] == '/' && path.StartsWith(folder, StringComparison.Ordinal);
}
