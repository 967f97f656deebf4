using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>What the kernel reports: where to look next.</summary>
sealed partial class TreeWatch
{
    /// <summary>Notes where to look.</summary>
    void Hear(WatchedFolder folder, ReadOnlySpan<byte> name, uint mask)
    {
        if (folder.Release is { } release && folder.Path is { } path)
        {
            if (path.Length == 0 && name.IsEmpty && (mask & Native.InAttributes) != 0) CanarySeen();
            if (name.IsEmpty)
            {
                dirty.Mark(
                    folder.Root, release, path,
                    (mask & (Native.InDeleteSelf | Native.InMoveSelf | Native.InIgnored)) != 0);
                return;
            }
            byte[] place = path.Length == 0 ? name.ToArray() : [.. path, (byte)'/', .. name];
            dirty.Mark(folder.Root, release, place, (mask & Native.InFolder) != 0);
        }
        else if (folder.Path is null)
        {
            // Beside the root, only events of the root itself matter.
            if (known.Of(folder.Root) is not { } root
                || !name.SequenceEqual(Encoding.UTF8.GetBytes(Path.GetFileName(root.Folder)))) return;
            if ((mask & Native.InAttributes) != 0) dirtyLinks.Add(folder.Root);
            else RootMoved(root);
        }
        else if (folder.Path.Length == 0)
        {
            dirtyLinks.Add(folder.Root);
            if ((name.SequenceEqual(Releases) || name.SequenceEqual(Notice)) && (mask & Native.InAttributes) == 0
                && known.Of(folder.Root) is { } root) RootMoved(root);
        }
        else if (folder.Path.AsSpan().SequenceEqual(Notice)) dirtyLinks.Add(folder.Root);
        else if (ReleaseId.Read(Encoding.UTF8.GetString(name)) is { } id)
        {
            if ((mask & Native.InAttributes) != 0) dirty.Mark(folder.Root, id, Nothing, whole: false);
            else TreeMoved(folder.Root, id);
        }
    }

    void RootMoved(ExpectedRoot root)
    {
        folders.Forget(folder => folder.Root == root.Root);
        watchedRoots.Remove(root.Root);
        watched.RemoveWhere(tree => tree.Item1 == root.Root);
        known = Expectation.Nothing;
        MarkAll(root);
    }

    void TreeMoved(Root root, ReleaseId id)
    {
        folders.Forget(folder => folder.Root == root && folder.Release == id);
        if (watched.Remove((root, id))) known = Expectation.Nothing;
        dirty.Mark(root, id, Nothing, whole: true);
    }

    void CanarySeen()
    {
        if (canary.Seen() is { } delay)
            state.Update(status => status with { DetectionDelay = delay, Blind = folders.Unwatched > 0 });
    }
}
