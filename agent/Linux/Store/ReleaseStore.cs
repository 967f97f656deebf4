using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Night;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Difusor.Agent.Texts;
using Difusor.Agent.Verification;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Keeps the releases on disk. Only the agent loop seals, publishes and removes; other threads stage.
/// <see cref="Recover"/> handles every state that a crash can leave. If the disk refuses an action, everything stays as
/// it was.
/// </summary>
public sealed partial class ReleaseStore : IReleases, IDisposable
{
    readonly Lock inventory = new();
    readonly StoreFolders folders;
    readonly StateLock stateLock;
    readonly OwnFolder state;
    readonly PublishedRoot[] roots;
    readonly Dictionary<ReleaseId, Release> releases = [];
    readonly Dictionary<ReleaseId, ReleaseRecord> records = [];
    readonly OperatorChoice?[] choices = new OperatorChoice?[2];
    readonly string prefix = System.Security.Cryptography.RandomNumberGenerator.GetHexString(8, lowercase: true);
    readonly FlushAhead flushAhead;
    OwnFolder staging, held, sealedFolder;
    bool counted, isClosed, hasLost;
    SystemFault? gone;
    long sequence, stagings;

    ReleaseStore(StoreFolders folders, StateLock stateLock)
    {
        (this.folders, this.stateLock) = (folders, stateLock);
        state = OwnFolder.Open(folders.State);
        // Apache must pass through the state folder to reach public/.
        SystemFault.Check(Syscall.chmod(folders.State, (FilePermissions)Modes.PassThrough), "chmod", folders.State);
        foreach (var name in folders.Private) state.MakeFolder(Path.GetFileName(name), Modes.PrivateFolder);
        foreach (var name in folders.Readable) state.MakeFolder(Path.GetFileName(name), Modes.PublicFolder);
        (staging, held, sealedFolder) =
            (OwnFolder.Open(folders.Staging), OwnFolder.Open(folders.Held), OwnFolder.Open(folders.Sealed));
        staging.KeepSubfoldersApart();
        Vault = new Vault(OwnFolder.Open(folders.Vault));
        roots = [new PublishedRoot(folders.Public), new PublishedRoot(folders.Rehearsal)];
        flushAhead = new FlushAhead(state);
    }

    internal Vault Vault { get; }

    /// <summary>Gets all stored releases (live, held, superseded), the newest first.</summary>
    public IReadOnlyList<Release> Sealed
    {
        get { lock (inventory) return [.. releases.Values.OrderByDescending(release => release.Rank)]; }
    }

    /// <summary>Returns the release that a root serves; null for the notice page.</summary>
    public Release? Live(Root root) => Find(roots[(int)root].Live);

    /// <summary>Returns the release that a root's link names, even if that release has no record any more.</summary>
    public ReleaseId? LiveId(Root root) => roots[(int)root].Live;

    /// <summary>Returns the release that a root served before.</summary>
    public Release? Previous(Root root) => Find(roots[(int)root].Previous);

    /// <summary>Returns what the live release of a root must contain, file by file.</summary>
    public ReleaseRecord? LiveRecord(Root root)
    {
        lock (inventory) return Live(root) is { } live ? RecordOf(live) : null;
    }

    /// <summary>Returns where a release's tree is; null if it has none (it can be rebuilt from the vault).</summary>
    public string? PathOf(Release release)
    {
        foreach (var root in roots)
            if (root.Has(release.Id)) return root.PathOf(release.Id);
        return held.Identify(release.Id.Value) is { Kind: FileKind.Folder } ? $"{held.Path}/{release.Id}" : null;
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

    /// <summary>Creates the tree for a delivery when its first file is seen. Any thread may call it.</summary>
    /// <param name="delivery">The delivery's name, for messages.</param>
    /// <param name="ahead">True: begin with the prepared tree, if there is one. Not for an archive, because its top
    /// folder is known only at its end.</param>
    /// <param name="room">Asked before each write whether there is space; null: no limit but the disk's.</param>
    public StagingTree Stage(string delivery, DateTimeOffset now, bool ahead = false, SpareRoom? room = null)
    {
        lock (inventory)
        {
            MendOwn();
            CountReferences();
            var before = Before();
            var newest = new[] { Root.Public, Root.Rehearsal }.SelectMany(root => new[] { Live(root), Previous(root) })
                .Append(before?.Release).Max(release => release?.Newest);
            var made = ahead ? TakeNext(before) : null;
            var name = made?.Name ?? $"{prefix}-{++stagings}";
            if (made is null) staging.MakeFolder(name, Modes.PublicFolder);
            return new StagingTree(
                this, name, delivery, OwnFolder.Open($"{staging.Path}/{name}"), before,
                ModificationTimes.Stamp(now, newest),
                made is null ? null : FoldersOf(before!.Files.Values), room);
        }
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
        return Seal(
            tree, new Release(
            default, 0, verdict.Package, corte, verdict.Series, verdict.ManifestSha256, verdict.Files,
            verdict.Bytes,
            destination, future, 0, now, Told.Of(verdict.Warnings)));
    }

    /// <summary>
    /// Makes a sealed release the one that the root serves. Idempotent: after a crash or a fault in between, the same
    /// call finishes the work.
    /// </summary>
    /// <returns>The release as it is served. Its modification times may have changed if another release became live
    /// since it was staged.</returns>
    public Release Publish(Release release, Root root, DateTimeOffset now)
    {
        lock (inventory)
        {
            var target = roots[(int)root];
            if (target.Live == release.Id && target.Has(release.Id))
            {
                target.MendMap();
                return release;
            }
            if (PathOf(release) is null) Rebuild(release);
            release = Retime(release, root, now);
            if (!target.Has(release.Id))
            {
                DurableFile.Rename(PathOf(release)!, target.PathOf(release.Id));
                target.ReleasesFolder.Flush();
                held.Flush();
            }
            target.Swap(release.Id);
            Forget();
            return release;
        }
    }

    /// <summary>Makes a root show its notice page instead of a release.</summary>
    public void Withdraw(Root root) => roots[(int)root].Swap(null);

    public void Dispose()
    {
        lock (inventory) (isClosed, next, preparation) = (true, null, preparation + 1);
        flushAhead.Dispose();
        foreach (var root in roots) root.Dispose();
        Vault.Dispose();
        staging.Dispose();
        held.Dispose();
        sealedFolder.Dispose();
        state.Dispose();
        stateLock.Dispose();
    }

    internal void Wrote() => flushAhead.Wrote();

    internal int FlushFailures => flushAhead.Failures;

    /// <summary>Gets or sets whether a slow delivery is flushed in the background while it arrives.</summary>
    public bool FlushesAhead { get => flushAhead.InBackground; set => flushAhead.InBackground = value; }

    internal void RemoveStaged(string name) => staging.RemoveTree(name);

    /// <summary>
    /// Gets the release whose unchanged files a new tree shares: the live one, or else the newest that is stored.
    /// </summary>
    Release? Reference => Live(Root.Public) ?? Live(Root.Rehearsal) ?? releases.Values.MaxBy(release => release.Rank);

    /// <returns>Null if there is none, or it cannot be reached (removed, or a mount over it); a new tree then shares
    /// nothing.</returns>
    ReleaseTree? Before()
    {
        try
        {
            if (Reference is not { } before || PathOf(before) is not { } path || RecordOf(before) is not { } record)
                return null;
            return new ReleaseTree(before, record.Files.ToDictionary(file => file.Path.Value), OwnFolder.Open(path));
        }
        catch (SystemFault)
        {
            return null;
        }
    }

    Release? Find(ReleaseId? id)
    {
        lock (inventory) return id is { } known ? releases.GetValueOrDefault(known) : null;
    }

    ReleaseRecord? RecordOf(Release release)
    {
        if (records.TryGetValue(release.Id, out var known)) return known;
        var read = FileBytes.TryRead(sealedFolder, $"{release.Id}.json") is { } bytes
            ? RecordFormat.Read(bytes, records.Values.FirstOrDefault()) : null;
        return read is null ? null : records[release.Id] = read;
    }

    /// <summary>Keeps in memory only the records of the live releases.</summary>
    void Forget()
    {
        foreach (var id in records.Keys.Where(id => roots.All(root => root.Live != id)).ToList()) records.Remove(id);
    }

    /// <summary>
    /// Counts once which vault contents the stored releases use, and removes from the vault what a crash left there.
    /// </summary>
    void CountReferences()
    {
        if (counted) return;
        foreach (var release in releases.Values)
        {
            if (RecordOf(release) is not { } record) continue;
            foreach (var file in record.Files) Vault.Restore(file.Sha256.Bytes);
        }
        Forget();
        Vault.Sweep();
        counted = true;
    }
}
