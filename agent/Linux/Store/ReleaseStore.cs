using System.Buffers;
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
/// Keeps the releases on disk. The agent loop alone seals, publishes and removes; staging goes on in other threads.
/// <see cref="Recover"/> knows every state that a crash can leave. What the disk refuses leaves all as it was.
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
        // Apache passes through to public/
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

    /// <summary>All stored releases: live, held, superseded; the newest first.</summary>
    public IReadOnlyList<Release> Sealed
    {
        get { lock (inventory) return [.. releases.Values.OrderByDescending(release => release.Rank)]; }
    }

    /// <summary>What a root serves; null: the notice page.</summary>
    public Release? Live(Root root) => Find(roots[(int)root].Live);

    /// <summary>What a root serves by its link, also where that release has no record any more.</summary>
    public ReleaseId? LiveId(Root root) => roots[(int)root].Live;

    /// <summary>What a root served before.</summary>
    public Release? Previous(Root root) => Find(roots[(int)root].Previous);

    /// <summary>What the live release of a root must be, file by file.</summary>
    public ReleaseRecord? LiveRecord(Root root)
    {
        lock (inventory) return Live(root) is { } live ? RecordOf(live) : null;
    }

    /// <summary>Where a release's tree lies; null where it has none (it can be built again from the vault).</summary>
    public string? PathOf(Release release)
    {
        foreach (var root in roots)
            if (root.Has(release.Id)) return root.PathOf(release.Id);
        return held.Identify(release.Id.Value) is { Kind: FileKind.Folder } ? $"{held.Path}/{release.Id}" : null;
    }

    /// <summary>Opens the state folder and makes what it lacks.</summary>
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

    /// <summary>The tree for a delivery whose first file has been seen. Any thread.</summary>
    /// <param name="delivery">The delivery's name, for messages.</param>
    /// <param name="ahead">Begins with the tree that was made ahead, if there is one. Not for an archive, whose top is
    /// known only at its end.</param>
    /// <param name="room">What each write is asked of first; null: as much as the disk has.</param>
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
    /// Seals an accepted package: its tree, its vault copies and its record are on stable storage when this returns,
    /// and the tree lies in <c>held/</c>. The record's rename is the instant from which the release exists.
    /// </summary>
    /// <param name="destination">The only root that it may go to; null while trusted time has not told yet.</param>
    /// <param name="future">Its corte lies in the future of the bound.</param>
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
    /// Makes a sealed release what the root serves. Idempotent: where a crash or a fault came in between, the same call
    /// finishes.
    /// </summary>
    /// <returns>The release as it is served: its modification times may have moved, where another one had become live
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

    /// <summary>Takes a root down to its notice page.</summary>
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

    /// <summary>Whether a slow delivery is flushed in the background while it arrives.</summary>
    public bool FlushesAhead { get => flushAhead.InBackground; set => flushAhead.InBackground = value; }

    internal void RemoveStaged(string name) => staging.RemoveTree(name);

    Release Seal(StagingTree tree, Release draft)
    {
        lock (inventory)
        {
            // A fault after the renames: the release exists, and only its folders are still to be flushed.
            var record = tree.Sealed ??= Rename(tree, draft);
            held.Flush();
            sealedFolder.Flush();
            releases[record.Release.Id] = record.Release;
            records[record.Release.Id] = record;
            tree.Dispose();
            return record.Release;
        }
    }

    ReleaseRecord Rename(StagingTree tree, Release draft)
    {
        var files = tree.Files.OrderBy(file => file.Path.Value, StringComparer.Ordinal).ToList();
        var id = ReleaseId.For(draft.Corte, sequence + 1);
        var release = draft
            with { Id = id, Sequence = ++sequence, Newest = files.Count == 0 ? 0 : files.Max(file => file.Mtime) };
        var record = new ReleaseRecord(release, files);
        tree.MakeExact();
        tree.WriteAgainAfterAFailedFlush();
        var prepared = DurableFile.Prepare(sealedFolder, $"{id}.json", Bytes(record), Modes.PrivateFile);
        var target = $"{held.Path}/{id}";
        try
        {
            flushAhead.Flush(tree.FlushFailures);
            DurableFile.Rename(tree.Path, target);
            try
            {
                DurableFile.Rename($"{sealedFolder.Path}/{prepared}", $"{sealedFolder.Path}/{id}.json");
            }
            catch (SystemFault)
            {
                _ = Syscall.rename(target, tree.Path);
                throw;
            }
        }
        catch (SystemFault)
        {
            _ = Syscall.unlink($"{sealedFolder.Path}/{prepared}");
            throw;
        }
        return record;
    }

    /// <summary>
    /// What a new tree shares its unchanged files with: the live release, or the newest that is stored.
    /// </summary>
    Release? Reference => Live(Root.Public) ?? Live(Root.Rehearsal) ?? releases.Values.MaxBy(release => release.Rank);

    /// <returns>Null where there is none, or it cannot be reached (taken away, a mount over it): a new tree then shares
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

    /// <summary>Keeps in memory what the live releases must be, and no other record.</summary>
    void Forget()
    {
        foreach (var id in records.Keys.Where(id => roots.All(root => root.Live != id)).ToList()) records.Remove(id);
    }

    /// <summary>
    /// Counts, once, what the stored releases have in the vault, and removes what a crash left there.
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

    static ReadOnlySpan<byte> Bytes(ReleaseRecord record)
    {
        var bytes = new ArrayBufferWriter<byte>(256 + record.Files.Count * 160);
        RecordFormat.Write(record, bytes);
        return bytes.WrittenSpan;
    }
}
