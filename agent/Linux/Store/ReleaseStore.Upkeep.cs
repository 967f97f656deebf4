using System.Text;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// The work beside publishing: the operator's choice, the quarantine, and the removal of old releases.
/// </summary>
public sealed partial class ReleaseStore
{
    const int MostLevels = 64;
    readonly Lock trashing = new();
    readonly Dictionary<string, long> quarantined = [];

    /// <summary>Gets the free bytes that the agent may use on the state folder's file system.</summary>
    public long FreeBytes =>
        SystemFault.Check(Syscall.statvfs(folders.State, out var found), "statvfs", folders.State) == 0
        ? (long)Math.Min(found.f_bavail * found.f_frsize, long.MaxValue) : 0;

    /// <summary>Returns what an operator has decided about a root; null if nothing.</summary>
    public OperatorChoice? Choice(Root root) => choices[(int)root];

    /// <summary>Stores an operator's decision, so that it survives restarts; null ends it.</summary>
    public void Choose(Root root, OperatorChoice? choice)
    {
        var name = ChoiceFile(root);
        if (choice is not null) DurableFile.Write(sealedFolder, name, ChoiceFormat.Write(choice), Modes.PrivateFile);
        else if (sealedFolder.Unlink(name)) sealedFolder.Flush();
        choices[(int)root] = choice;
    }

    /// <summary>Records which root a release may go to, once trusted time is known.</summary>
    public Release Assign(Release release, Root destination)
    {
        lock (inventory)
        {
            if (RecordOf(release) is not { } record)
                throw new SystemFault("read", $"{folders.Sealed}/{release.Id}.json", Errno.ENOENT);
            var assigned = record.Release with { Destination = destination };
            DurableFile.Write(
                sealedFolder, $"{release.Id}.json", Bytes(record with { Release = assigned }), Modes.PrivateFile);
            releases[release.Id] = assigned;
            records[release.Id] = record with { Release = assigned };
            return assigned;
        }
    }

    /// <summary>
    /// Keeps a rejected package so that people can look at it: <c>quarantine/NAME/package/</c> and
    /// <c>quarantine/NAME/verdict.json</c>.
    /// </summary>
    /// <returns>The folder's path.</returns>
    public string Quarantine(StagingTree tree, Action<Stream> verdictJson, DateTimeOffset now)
    {
        tree.Reject();
        using var quarantine = OwnFolder.Open(folders.Quarantine);
        var name = $"{now.UtcDateTime:yyyyMMdd'T'HHmmss}-{tree.Name}";
        quarantine.MakeFolder(name, Modes.PrivateFolder);
        using var own = OwnFolder.Open($"{quarantine.Path}/{name}");
        DurableFile.Rename(tree.Path, $"{own.Path}/package");
        tree.Dispose();
        // The size is known already, so do not walk a tree of 200,000 files to find it.
        lock (quarantined) quarantined[name] = tree.RejectedBytes ?? 0;
        DurableFile.Write(own, "verdict.json", Modes.PrivateFile, verdictJson);
        quarantine.Flush();
        return own.Path;
    }

    /// <summary>
    /// Removes the oldest quarantined packages and trees, so that at most <paramref name="keep"/> of them and
    /// <paramref name="size"/> bytes stay. Each one is measured once.
    /// </summary>
    public IReadOnlyList<string> PruneQuarantine(int keep, long size) =>
        PruneQuarantine(newestFirst => Retention.QuarantineOutdated(newestFirst, keep, size), evenAltered: true);

    /// <summary>
    /// Removes all rejected packages because the disk space is needed. The evidence of tampering stays.
    /// </summary>
    public IReadOnlyList<string> PruneRejected() =>
        PruneQuarantine(names => [.. names.Select(one => one.Name)], evenAltered: false);

    List<string> PruneQuarantine(
        Func<IEnumerable<(string Name, long Bytes)>, IReadOnlyList<string>> outdatedOf, bool evenAltered)
    {
        using var quarantine = OwnFolder.Open(folders.Quarantine);
        using var sizes = SafeFolder.Open(folders.Quarantine);
        lock (quarantined)
        {
            var names = quarantine.List();
            foreach (var name in names.Where(name => !quarantined.ContainsKey(name)))
                quarantined[name] = SizeOf(sizes, Encoding.UTF8.GetBytes(name));
            // Count each kind alone: repeated tampering must not push out the rejected packages.
            var outdated = names.OrderDescending(StringComparer.Ordinal)
                .GroupBy(name => name.Contains(StoreFolders.Altered, StringComparison.Ordinal))
                .Where(kind => evenAltered || !kind.Key)
                    .SelectMany(kind => outdatedOf(kind.Select(name => (name, quarantined[name])))).ToList();
            foreach (var name in outdated)
            {
                Trash($"{quarantine.Path}/{name}", name);
                quarantined.Remove(name);
            }
            return outdated;
        }
    }

    /// <summary>
    /// Removes the stored releases beyond <paramref name="keep"/>, and the vault contents that only they used. The
    /// record goes first: a tree without a record is removed at the next start. Trees are deleted in the background.
    /// </summary>
    /// <param name="waiting">Releases that still wait to be published: they stay.</param>
    public IReadOnlyList<Release> Prune(int keep, IReadOnlySet<ReleaseId> waiting)
    {
        lock (inventory)
        {
            var pairs = roots.Select(root => new RootPair(root.Live, root.Previous)).ToList();
            var outdated = Retention.Outdated([.. releases.Values], pairs, waiting, keep);
            if (outdated.Count > 0) Remove(outdated);
            return outdated;
        }
    }

    /// <summary>Returns whether a root serves the release now, or would serve it if the live one were lost.</summary>
    public bool IsServed(Release release)
    {
        lock (inventory) return roots.Any(root => root.Live == release.Id || root.Previous == release.Id);
    }

    /// <summary>Removes stored releases that no root serves, such as those of a rehearsal that is over.</summary>
    /// <exception cref="InvalidOperationException">A root serves one of them.</exception>
    public void Remove(IReadOnlyList<Release> unwanted)
    {
        lock (inventory)
        {
            if (unwanted.Any(release => roots.Any(root => root.Live == release.Id)))
                throw new InvalidOperationException("what is live is not removed");
            CountReferences();
            var gone = unwanted.Select(release => (release, RecordOf(release))).ToList();
            foreach (var release in unwanted) sealedFolder.Unlink($"{release.Id}.json");
            sealedFolder.Flush();
            foreach (var (release, record) in gone)
            {
                releases.Remove(release.Id);
                if (PathOf(release) is { } tree) Trash(tree, release.Id.Value);
                foreach (var file in record?.Files ?? []) Vault.Drop(file.Sha256);
            }
            Forget();
        }
    }

    /// <summary>
    /// Moves a tree out of the way at once and deletes it in the background. The next start removes what a crash leaves
    /// of it.
    /// </summary>
    void Trash(string path, string name)
    {
        var aside = $"{prefix}-gone-{name}";
        DurableFile.Rename(path, $"{staging.Path}/{aside}");
        TakeApart(aside);
    }

    void TakeApart(string name) => Boundary.Pool(BoundaryPoint.Removal, () =>
    {
        lock (trashing)
        {
            try
            {
                using var folder = OwnFolder.Open(folders.Staging);
                folder.RemoveTree(name);
            }
            catch (SystemFault)
            {
                // The next start tries again; a disk fault shows at the next write.
            }
        }
    });

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

    static string ChoiceFile(Root root) => root == Root.Public ? "choice.public" : "choice.rehearsal";
}
