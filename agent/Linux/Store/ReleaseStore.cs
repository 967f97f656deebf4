using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Texts;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Keeps the releases on disk. Only the agent loop seals, publishes and removes; other threads stage.
/// <see cref="Recover"/> handles every state that a crash can leave. If the disk refuses an action, everything stays as
/// it was.
/// </summary>
public sealed partial class ReleaseStore : IReleases, IDisposable
{
    /// <summary>Guards all parts but those that say otherwise.</summary>
    readonly Lock inventory = new();
    readonly StateLock stateLock;
    readonly OpenFolders folders;
    readonly PublishedRoots roots;
    readonly ReleaseRecords records;
    readonly OperatorChoices choices;
    readonly FlushAhead flushAhead;
    readonly FileMaker maker;
    readonly ReleaseTrees trees;
    readonly ReleaseSealer sealer;
    readonly ReleaseRemoval removal;
    readonly NextTree next;

    ReleaseStore(StoreFolders paths, StateLock stateLock)
    {
        this.stateLock = stateLock;
        folders = new OpenFolders(paths);
        Quarantine = new Quarantine(folders);
        roots = new PublishedRoots(folders, Quarantine);
        records = new ReleaseRecords(folders, roots);
        choices = new OperatorChoices(folders);
        flushAhead = new FlushAhead(folders.State);
        maker = new FileMaker(folders);
        trees = new ReleaseTrees(folders, records, roots, maker, flushAhead);
        sealer = new ReleaseSealer(folders, records, roots, flushAhead);
        removal = new ReleaseRemoval(folders, records, roots, trees);
        next = new NextTree(inventory, folders, flushAhead);
        Healer = new StoreHealer(inventory, folders, roots, records, Quarantine, maker, flushAhead, next);
    }

    /// <summary>Gets what restores the store after tampering.</summary>
    public StoreHealer Healer { get; }

    /// <summary>Gets the rejected packages and altered trees that are kept.</summary>
    public Quarantine Quarantine { get; }

    internal Vault Vault => folders.Vault;

    /// <summary>Gets the free bytes that the agent may use on the state folder's file system.</summary>
    public long FreeBytes =>
        SystemFault.Check(Syscall.statvfs(folders.Paths.State, out var found), "statvfs", folders.Paths.State) == 0
            ? (long)Math.Min(found.f_bavail * found.f_frsize, long.MaxValue) : 0;

    public IReadOnlyList<Release> Sealed
    {
        get { lock (inventory) return [.. records.All.OrderByDescending(release => release.Rank)]; }
    }

    public Release? Live(Root root)
    {
        lock (inventory) return trees.Live(root);
    }

    /// <summary>Returns the release that a root's link names, even if that release has no record any more.</summary>
    public ReleaseId? LiveId(Root root) => roots[root].Live;

    public Release? Previous(Root root)
    {
        lock (inventory) return trees.Previous(root);
    }

    /// <summary>Returns what the live release of a root must contain, file by file.</summary>
    public ReleaseRecord? LiveRecord(Root root) => Live(root) is { } live ? Record(live) : null;

    /// <summary>Returns what a stored release must contain, file by file; null if its record cannot be read.</summary>
    public ReleaseRecord? Record(Release release)
    {
        lock (inventory) return records.TryRead(release);
    }

    /// <summary>Returns where a release's tree is; null if it has none (it can be rebuilt from the vault).</summary>
    public string? PathOf(Release release) => trees.PathOf(release);

    /// <summary>Returns whether a release's tree is in a root.</summary>
    public bool HasTree(Release release, Root root) => roots[root].Has(release.Id);

    public bool IsServed(Release release)
    {
        lock (inventory)
            return PublishedRoots.Both.Select(root => roots[root])
                .Any(root => root.Live == release.Id || root.Previous == release.Id);
    }

    /// <summary>Returns whether the vault has a content and its bytes are correct.</summary>
    public bool Proves(Digest content) => Vault.Proves(content);

    /// <summary>Returns whether the files that a stored release must have give this huella.</summary>
    public bool Agrees(Release release, string manifestSha256)
    {
        lock (inventory)
            return records.TryRead(release) is { } record && ReleaseSealer.Huella(record.Files) == manifestSha256;
    }

    /// <summary>Opens the state folder and creates the folders that are missing in it.</summary>
    /// <returns>Null with the problem: another instance, a network file system, folders on two file systems.</returns>
    /// <exception cref="SystemFault">The folders cannot be made.</exception>
    public static ReleaseStore? Open(StoreFolders folders, out Said? problem)
    {
        SystemFault.Check(Directory.CreateDirectory(folders.State).Exists ? 0 : -1, "mkdir", folders.State);
        problem = StateCheck.FileSystemProblem(folders.State);
        if (problem is not null) return null;
        if (StateLock.TryTake(folders.State, out problem) is not { } taken) return null;
        var store = new ReleaseStore(folders, taken);
        problem = StateCheck.TwoFileSystems(folders);
        if (problem is null) return store;
        store.Dispose();
        return null;
    }

    /// <summary>Counts, before the first delivery, which contents of the vault the stored releases use.</summary>
    public void WarmUp()
    {
        lock (inventory) records.CountReferences();
    }

    /// <summary>Creates the tree for a delivery when its first file is seen. Any thread may call it.</summary>
    /// <param name="delivery">The delivery's name, for messages.</param>
    /// <param name="ahead">True: begin with the prepared tree, if there is one. Not for an archive, because its top
    /// folder is known only at its end.</param>
    /// <param name="room">Asked before each write whether there is space; null: no limit but the disk's.</param>
    public StagingTree Stage(string delivery, DateTimeOffset now, bool ahead = false, SpareRoom? room = null)
    {
        lock (inventory)
        {
            Healer.MendOwn();
            records.CountReferences();
            var before = trees.Before();
            var newest = PublishedRoots.Both.SelectMany(root => new[] { trees.Live(root), trees.Previous(root) })
                .Append(before?.Release).Max(release => release?.Newest);
            var made = ahead ? next.Take(before) : null;
            var name = made ?? folders.NewTree("tree");
            return new StagingTree(
                this, name, delivery, OwnFolder.Open(folders.Staged(name)), before,
                ModificationTimes.Stamp(now, newest),
                made is null ? null : FileMaker.FoldersOf(before!.Files.Values), room);
        }
    }

    /// <summary>
    /// Prepares the next tree, unless it exists. Gives up if a delivery comes or a healing starts in the meantime. Any
    /// thread may call it.
    /// </summary>
    public void PrepareNext()
    {
        NextTree.Order? order = null;
        lock (inventory)
        {
            if (trees.Reference is { } reference && next.IsWanted(reference.Id) && trees.Before() is { } before)
                order = next.Begin(before);
        }
        if (order is not null) next.Make(order);
    }

    /// <summary>
    /// Seals an accepted package: when this returns, its tree, its vault copies and its record are on stable storage,
    /// and the tree is in <c>held/</c>. The release exists from the moment at which the record is renamed.
    /// </summary>
    /// <param name="destination">The only root that it may go to; null while trusted time has not decided it
    /// yet.</param>
    /// <param name="future">Whether its corte is later than the clock bound.</param>
    public Release Seal(StagingTree tree, Verdict verdict, Root? destination, bool future, DateTimeOffset now)
    {
        var corte = verdict.Corte ?? throw new ArgumentException("a release has a corte", nameof(verdict));
        foreach (var leftover in verdict.Leftovers) tree.Remove(leftover);
        var draft = new Release(
            default, 0, verdict.Package, corte, verdict.Series, verdict.ManifestSha256, verdict.Files, verdict.Bytes,
            destination, future, 0, now, Told.Of(verdict.Warnings));
        lock (inventory)
        {
            tree.Respell(verdict.Respelled);
            return sealer.Seal(tree, draft);
        }
    }

    public Release Publish(Release release, Root root, DateTimeOffset now)
    {
        lock (inventory)
        {
            var served = trees.Serve(release, root, now);
            records.Forget();
            return served;
        }
    }

    /// <summary>Takes from the journal that the public has got a release: its list of files outlives it.</summary>
    public void WasPublished(ReleaseId id) { lock (inventory) records.WasPublished(id); }

    public Activation Activate(
        Release stored, Root root, ReleaseRank? newest, bool hold, string reason, DateTimeOffset now)
    {
        ReleaseRecord record;
        lock (inventory) record = records.Read(stored);
        var tree = Stage(stored.Package, now);
        Release release;
        try
        {
            var damaged = record.Files.Where(file => !maker.Place(tree, file)).Select(file => file.Path)
                .ToImmutableArray();
            if (!damaged.IsEmpty)
            {
                tree.Discard();
                return new Activation(null, damaged);
            }
            var draft = stored with
            {
                Destination = root, Future = false, SealedAt = now, MadeFrom = stored.MadeFrom ?? stored.Id,
            };
            lock (inventory) release = sealer.Seal(tree, draft);
        }
        catch
        {
            tree.Discard();
            throw;
        }
        Choose(root, new OperatorChoice(
            release.Id, newest > release.Rank ? newest : release.Rank, hold, reason, now));
        return new Activation(Publish(release, root, now), []);
    }

    public void Withdraw(Root root) => roots[root].Swap(null);

    public Release Assign(Release release, Root destination)
    {
        lock (inventory)
        {
            var record = records.Read(release);
            return records.Write(record with { Release = record.Release with { Destination = destination } });
        }
    }

    /// <summary>
    /// Makes the record of a published release again from its tree, if the tree still has the huella in
    /// <paramref name="published"/>: that proves every byte. A record that exists and disagrees is set aside.
    /// </summary>
    /// <param name="published">What the journal says about the publication.</param>
    /// <returns>Null if the tree is gone or altered, so that nothing is proven.</returns>
    public Release? Reseal(Release published, Root root)
    {
        lock (inventory) return sealer.Reseal(published, root);
    }

    public IReadOnlyList<string> PruneQuarantine(int keep, long size) => Quarantine.Prune(keep, size);

    public IReadOnlyList<Release> Prune(int keep, IReadOnlySet<ReleaseId> waiting)
    {
        lock (inventory) return removal.Prune(keep, waiting);
    }

    public void Remove(IReadOnlyList<Release> unwanted)
    {
        lock (inventory) removal.Remove(unwanted);
    }

    /// <summary>Gets or sets whether a slow delivery is flushed in the background while it arrives.</summary>
    public bool FlushesAhead { get => flushAhead.InBackground; set => flushAhead.InBackground = value; }

    internal int FlushFailures => flushAhead.Failures;

    internal void Wrote() => flushAhead.Wrote();

    internal void RemoveStaged(string name) => folders.Staging.RemoveTree(name);

    public void Dispose()
    {
        lock (inventory) next.Close();
        flushAhead.Dispose();
        roots.Dispose();
        folders.Dispose();
        stateLock.Dispose();
    }
}
