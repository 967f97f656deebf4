using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Removes a judged delivery from the drop, file by file: only the very files that were judged, the litter and
/// leftovers in it, and folders that are empty then.
/// </summary>
static class DeliveryRemoval
{
    public static void Remove(SafeFolder drop, RawPath root, JudgedFiles files, Settings settings)
    {
        if (files.Has(root))
        {
            if (drop.Identify(root.ToBytes()) is { } identity && files.IsUnchanged(root, identity))
                drop.Remove(root.ToBytes(), folder: false);
            return;
        }
        using (var folder = drop.TryOpenFolder(root.ToBytes(), out _))
        {
            if (folder is null) return;
            Empty(folder, root, (path, in identity) =>
                files.IsUnchanged(path, identity) || DropMap.IsLeftover(settings, root, path, identity.Kind));
        }
        drop.Remove(root.ToBytes(), folder: true);
    }

    /// <summary>Removes the HASH files that are named after this archive.</summary>
    public static void RemoveSidecars(SafeFolder drop, RawPath archive, IEnumerable<RawPath> beside)
    {
        foreach (var path in beside.ToList())
            if (HashFileName.SidecarTarget(path.Bytes) == archive.Bytes) drop.Remove(path.ToBytes(), folder: false);
    }

    static void Empty(SafeFolder folder, RawPath path, FileVisitor goes)
    {
        var entries = new List<(byte[] Name, FileIdentity Identity)>();
        folder.List((name, in identity) =>
        {
            entries.Add((name.ToArray(), identity));
            return true;
        });
        foreach (var (name, identity) in entries)
        {
            var inner = path.Child(name);
            if (identity.Kind != FileKind.Folder)
            {
                if (goes(inner, identity)) folder.Remove(name, folder: false);
                continue;
            }
            using (var below = folder.TryOpenFolder(name, out _))
                if (below is not null) Empty(below, inner, goes);
            folder.Remove(name, folder: true);
        }
    }
}
