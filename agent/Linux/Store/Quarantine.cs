using Difusor.Agent.Drop;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Keeps rejected packages and altered trees so that people can look at them, and removes the oldest.
/// </summary>
public sealed class Quarantine
{
    const int MostLevels = 64;

    readonly OpenFolders folders;

    /// <summary>Bytes of each entry, measured once. It is also the lock, and guards only itself.</summary>
    readonly Dictionary<string, long> sizes = [];
    long altered;

    internal Quarantine(OpenFolders folders) => this.folders = folders;

    /// <summary>Keeps a rejected package: <c>NAME/package/</c> and <c>NAME/verdict.json</c>.</summary>
    /// <returns>The path of the folder NAME; null where only the verdict is kept, because nothing was copied.</returns>
    public string? Keep(StagingTree tree, Action<Stream> verdictJson, DateTimeOffset now)
    {
        tree.Reject();
        using var quarantine = OwnFolder.Open(folders.Paths.Quarantine);
        var name = $"{now.UtcDateTime:yyyyMMdd'T'HHmmss}-{tree.Name}";
        quarantine.MakeFolder(name, Modes.PrivateFolder);
        using var own = OwnFolder.Open($"{quarantine.Path}/{name}");
        if (tree.IsEmpty) tree.Discard();
        else DurableFile.Rename(tree.Path, $"{own.Path}/package");
        tree.Dispose();
        // The size is known already, so do not walk a tree of 200,000 files to find it.
        lock (sizes) sizes[name] = tree.RejectedBytes ?? 0;
        DurableFile.Write(own, "verdict.json", Modes.PrivateFile, verdictJson);
        quarantine.Flush();
        return tree.IsEmpty ? null : own.Path;
    }

    /// <summary>
    /// Moves an altered tree from <c>staging/</c> to here. If that is refused, the tree stays there until the next
    /// start. The store's lock guards it.
    /// </summary>
    /// <returns>Where the tree is now.</returns>
    internal string SetAside(string staged, string what, DateTimeOffset now)
    {
        var name = $"{now.UtcDateTime:yyyyMMdd'T'HHmmss}{StoreFolders.Altered}{what}-{++altered}";
        var path = $"{folders.Paths.Quarantine}/{name}";
        if (Syscall.rename(folders.Staged(staged), path) != 0) return folders.Staged(staged);
        _ = Syscall.chmod(path, (FilePermissions)Modes.PrivateFolder);
        return path;
    }

    /// <summary>
    /// Removes the oldest, so that at most <paramref name="keep"/> entries and <paramref name="size"/> bytes of each
    /// kind stay: rejected packages, and altered trees.
    /// </summary>
    public IReadOnlyList<string> Prune(int keep, long size) =>
        Prune(newestFirst => Retention.QuarantineOutdated(newestFirst, keep, size), evenAltered: true);

    /// <summary>
    /// Removes all rejected packages because the disk space is needed. The evidence of tampering stays.
    /// </summary>
    public IReadOnlyList<string> PruneRejected() =>
        Prune(names => [.. names.Select(one => one.Name)], evenAltered: false);

    List<string> Prune(
        Func<IEnumerable<(string Name, long Bytes)>, IReadOnlyList<string>> outdatedOf, bool evenAltered)
    {
        using var quarantine = OwnFolder.Open(folders.Paths.Quarantine);
        using var content = SafeFolder.Open(folders.Paths.Quarantine);
        lock (sizes)
        {
            var names = quarantine.List();
            foreach (var name in names.Where(name => !sizes.ContainsKey(name)))
                sizes[name] = SizeOf(content, Encoding.UTF8.GetBytes(name));
            // Count each kind alone: repeated tampering must not push out the rejected packages.
            var outdated = names.OrderDescending(StringComparer.Ordinal)
                .GroupBy(name => name.Contains(StoreFolders.Altered, StringComparison.Ordinal))
                .Where(kind => evenAltered || !kind.Key)
                .SelectMany(kind => outdatedOf(kind.Select(name => (name, sizes[name])))).ToList();
            foreach (var name in outdated)
            {
                folders.Trash($"{quarantine.Path}/{name}", name);
                sizes.Remove(name);
            }
            return outdated;
        }
    }

    /// <summary>
    /// Returns the bytes on disk of a file, or of all regular files below a folder; a hole takes no space. Follows no
    /// link, because an intruder may have chosen where it leads.
    /// </summary>
    static long SizeOf(SafeFolder folder, ReadOnlySpan<byte> name)
    {
        if (folder.Identify(name) is not { } found) return 0;
        if (found.Kind != FileKind.Folder) return folder.AllocatedBytes(name);
        var bytes = 0L;
        using var inner = folder.TryOpenFolder(name, out _);
        inner?.Walk((path, in file) =>
        {
            if (file.Kind == FileKind.Regular) bytes += inner.AllocatedBytes(path);
            return true;
        }, MostLevels);
        return bytes;
    }
}
