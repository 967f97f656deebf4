using System.Collections.Concurrent;
using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// The part for a tree that begins with the files of the release before: a second name of each, made before the
/// delivery came.
/// </summary>
public sealed partial class StagingTree
{
    /// <summary>Names of the release before that were removed from this tree; null if the tree began empty.</summary>
    ConcurrentDictionary<string, bool>? gone;

    void BeginAhead(IEnumerable<string>? ahead)
    {
        if (ahead is null) return;
        gone = new();
        foreach (var path in ahead) folders[path] = true;
    }

    /// <summary>Returns whether the tree still has the prepared name at this path.</summary>
    bool IsAhead(string path) => gone is not null && !gone.ContainsKey(path) && Before!.Files.ContainsKey(path);

    void Unlink(RelativePath path)
    {
        folder.Unlink(path.Value);
        if (gone is not null) gone[path.Value] = true;
    }

    /// <summary>
    /// Removes what is at a path where something else must be made. A prepared name must never be written to, because
    /// its inode is being served. A folder is removed if it has lost all its files, when the sender made a file in its
    /// place.
    /// </summary>
    void MakeWay(string path)
    {
        if (IsAhead(path))
        {
            folder.Unlink(path);
            gone![path] = true;
        }
        else if (folders.ContainsKey(path) && !files.Keys.Any(file => IsBelow(file.Value, path))
            && !underWay.Any(file => IsBelow(file, path)))
        {
            folder.RemoveTree(path);
            if (gone is not null)
                foreach (var name in Before!.Files.Keys.Where(name => IsBelow(name, path))) gone[name] = true;
            foreach (var name in folders.Keys.Where(name => name == path || IsBelow(name, path)))
                folders.TryRemove(name, out _);
        }
    }

    /// <summary>
    /// Makes the tree exactly what its record will say: its files, the folders that they need, and nothing else.
    /// </summary>
    /// <exception cref="TreeLost">A file of the tree is gone.</exception>
    /// <exception cref="SystemFault">The disk refuses.</exception>
    internal void MakeExact()
    {
        if (RemoveWhatNobodyBrought() == files.Count) return;
        var lost = files.Keys.First(path => folder.Identify(path.Value) is not { Kind: FileKind.Regular });
        throw new TreeLost($"{folder.Path}/{lost}");
    }

    /// <summary>
    /// Removes everything that is not a file of the tree or a folder that one of them needs: prepared names that the
    /// delivery does not have, and folders that are empty because the sender used a working name for them.
    /// </summary>
    /// <returns>How many of the tree's files exist.</returns>
    internal int RemoveWhatNobodyBrought()
    {
        if (gone is not null)
            foreach (var file in Before!.Files.Values)
                if (!files.ContainsKey(file.Path) && IsAhead(file.Path.Value)) Unlink(file.Path);
        var paths = new HashSet<string>(files.Count, StringComparer.Ordinal);
        var needed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files.Keys)
        {
            paths.Add(file.Value);
            for (var at = file.Folder; at.Length > 0 && needed.Add(at);)
                at = at.LastIndexOf('/') is var slash and >= 0 ? at[..slash] : "";
        }
        return folder.KeepOnly(paths, needed);
    }

    static bool IsBelow(string path, string folder) =>
        path.Length > folder.Length && path[folder.Length] == '/' && path.StartsWith(folder, StringComparison.Ordinal);
}

/// <summary>A staged tree has lost files. Sealing it again cannot work; its delivery must be received again.</summary>
public sealed class TreeLost(string path) : SystemFault("open", path, Errno.ENOENT);
