using Difusor.Agent.Drop;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux;

/// <summary>What a watched folder is to the sentinel: a folder of a release's tree, or one above all trees.</summary>
/// <param name="Release">Null: the root itself, its <c>releases/</c>, or the state folder above.</param>
/// <param name="Path">Below the release's tree or below the root, raw bytes; empty: the tree's or the root's own folder; null: the folder above the root.</param>
readonly record struct WatchedFolder(Root Root, ReleaseId? Release, byte[]? Path)
{
    /// <summary>
    /// Watches a release's folder and all beneath it: folders only, so that the links and unlinks of other releases that share a file stay silent.
    /// </summary>
    public static void AddTree(FolderWatches<WatchedFolder> watches, SafeFolder tree, Root root, ReleaseId release, byte[] path)
    {
        watches.Add(tree, new WatchedFolder(root, release, path));
        var below = new List<byte[]>();
        tree.List((name, in identity) =>
        {
            if (identity.Kind == FileKind.Folder) below.Add(name.ToArray());
            return true;
        });
        foreach (var name in below)
        {
            using var inner = tree.TryOpenFolder(name, out _);
            if (inner is not null) AddTree(watches, inner, root, release, path.Length == 0 ? name : [.. path, (byte)'/', .. name]);
        }
    }
}
