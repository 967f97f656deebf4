using System.Buffers;
using System.Collections.Concurrent;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// A delivery's own tree while it arrives: a release in preparation. A file that the release before has with the same
/// bytes at the same path becomes a second name of that file, and nothing is written; a new one is written here and
/// once into the vault. Different paths may be placed from several threads at once; the rest is one thread's.
/// </summary>
public sealed partial class StagingTree : IPackageContents, IPackageSink, IDisposable
{
    /// <summary>
    /// Up to this many bytes a file is read whole and hashed in one go, so that an unchanged one is never written.
    /// </summary>
    public const int OneShot = 1 << 20;

    readonly ReleaseStore store;
    readonly SpareRoom? room;
    readonly ConcurrentDictionary<RelativePath, ReleaseFile> files = new();
    readonly ConcurrentDictionary<string, bool> folders = new();

    /// <summary>Guards the making and taking away of folders, and <see cref="underWay"/>.</summary>
    readonly Lock structure = new();

    /// <summary>Files that are being written: a folder that one of them goes into is not taken away.</summary>
    readonly HashSet<string> underWay = new(StringComparer.Ordinal);
    OwnFolder folder;
    ContentEntry[]? entries;
    long written;

    internal StagingTree(
        ReleaseStore store, string name, string delivery, OwnFolder folder, ReleaseTree? before, long stamp,
        IEnumerable<string>? ahead,
        SpareRoom? room)
    {
        (this.store, Name, Delivery, this.folder, Before, Stamp, this.room) =
            (store, name, delivery, folder, before, stamp, room);
        folders[""] = true;
        BeginAhead(ahead);
        FlushFailures = store.FlushFailures;
    }

    /// <summary>The tree's name below <c>staging/</c>, until it is sealed.</summary>
    public string Name { get; }

    /// <summary>The delivery's name in the drop.</summary>
    public string Delivery { get; }

    /// <summary>Bytes written to disk for it so far, the vault's aside.</summary>
    public long BytesWritten => Interlocked.Read(ref written);

    internal string Path => folder.Path;
    internal ReleaseTree? Before { get; }

    /// <summary>
    /// How many flushes had failed when the tree was begun, or written again: what it has may be lost where that
    /// changes.
    /// </summary>
    internal int FlushFailures { get; private set; }

    internal long Stamp { get; }

    /// <summary>The release that it has become; null before the renames.</summary>
    internal ReleaseRecord? Sealed { get; set; }
    internal IEnumerable<ReleaseFile> Files => files.Values;
    internal OwnFolder Folder => folder;

    /// <inheritdoc/>
    public IReadOnlyList<ContentEntry> Entries
    {
        get
        {
            if (entries is { } known) return known;
            var made = new ContentEntry[files.Count];
            var at = 0;
            foreach (var file in files.Values) made[at++] = new ContentEntry(file.Path, file.Size, file.Sha256);
            Array.Sort(made, (left, right) => left.Path.CompareTo(right.Path));
            return entries = made;
        }
    }

    /// <summary>
    /// Copies <paramref name="source"/>, from its beginning to its end as it is now, hashing on the way; an earlier
    /// file at the path is replaced.
    /// </summary>
    /// <exception cref="SystemFault">The source cannot be read, or the tree cannot be written: nothing of the file
    /// stays.</exception>
    /// <param name="most">More bytes than that are not read, however long the source grows meanwhile.</param>
    /// <param name="between">Asked between two pieces of a long file: what it throws ends the copying, and nothing of
    /// the file stays.</param>
    public ContentEntry Place(
        RelativePath path, SafeFileHandle source, long most = long.MaxValue, Action? between = null)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(OneShot);
        Begin(path);
        try
        {
            var filled = FileBytes.Fill(source, buffer.AsSpan(0, (int)Math.Min(buffer.Length, most)), 0, path.Value);
            if (filled < buffer.Length) return PlaceWhole(path, buffer.AsSpan(0, filled));
            if (SameAsBefore(path, source, buffer) is { } unchanged) return unchanged;
            room?.Foresee(2 * FileBytes.OnDisk(source, path.Value), path.Value);
            var position = (long)filled;
            return PlaceLong(path, buffer, filled, into =>
            {
                between?.Invoke();
                var more = position >= most ? 0 : FileBytes.Fill(source, into, position, path.Value);
                position += more;
                return more;
            });
        }
        finally
        {
            End(path);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public ContentEntry Place(RelativePath path, Stream source)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(OneShot);
        Begin(path);
        try
        {
            var filled = source.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return filled < buffer.Length
                ? PlaceWhole(path, buffer.AsSpan(0, filled))
                : PlaceLong(
                    path, buffer, filled, into => source.ReadAtLeast(into, into.Length, throwOnEndOfStream: false));
        }
        finally
        {
            End(path);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    void Begin(RelativePath path)
    {
        lock (structure) underWay.Add(path.Value);
    }

    void End(RelativePath path)
    {
        lock (structure) underWay.Remove(path.Value);
    }

    /// <summary>
    /// Takes a file out, as the sender did; its folder stays until the tree is sealed, for other files may be on their
    /// way into it.
    /// </summary>
    public void Remove(RelativePath path)
    {
        if (!files.TryRemove(path, out var file)) return;
        entries = null;
        Unlink(path);
        store.Vault.Drop(file.Sha256);
    }

    /// <summary>Removes all of it: a duplicate, or a delivery that went away.</summary>
    public void Discard()
    {
        ReleaseContents();
        store.RemoveStaged(Name);
        Dispose();
    }

    public void Dispose()
    {
        folder.Dispose();
        Before?.Folder.Dispose();
    }

    /// <summary>
    /// It was rejected: what it shares with the vault and with the release before is given up here, so that nobody
    /// waits for it later.
    /// </summary>
    internal void Reject()
    {
        if (RejectedBytes is not null) return;
        var bytes = files.Values.Sum(file => file.Size);
        RemoveWhatNobodyBrought();
        ReleaseContents();
        RejectedBytes = bytes;
    }

    /// <summary>How many bytes it had when it was rejected; null where it was not.</summary>
    internal long? RejectedBytes { get; private set; }

    /// <summary>Gives up what the tree refers to in the vault; the files stay.</summary>
    internal void ReleaseContents()
    {
        foreach (var file in files.Values) store.Vault.Drop(file.Sha256);
        files.Clear();
        entries = null;
    }

    /// <summary>
    /// The file of the release before, where it has these bytes at this path and nothing has touched it since.
    /// </summary>
    ReleaseFile? Unchanged(RelativePath path, long size, Digest digest)
    {
        if (Before is null || !Before.Files.TryGetValue(path.Value, out var served) || served.Size != size
            || served.Sha256 != digest) return null;
        return (IsAhead(path.Value) ? folder : Before.Folder)
            .Identify(path.Value) is { Kind: FileKind.Regular } found
            && found.Size == size && found.MtimeNanos == served.Mtime * 1_000_000_000 ? served : null;
    }

    bool LinkBefore(RelativePath path)
    {
        Forget(path);
        if (IsAhead(path.Value)) return true;
        EnsureFolder(path.Folder);
        return Before!.Folder.TryLink(path.Value, folder, path.Value);
    }

    /// <summary>
    /// Replaces a file that turned out to be unchanged by a second name of the one of the release before.
    /// </summary>
    bool Relink(RelativePath path)
    {
        var aside = $".again-{Environment.CurrentManagedThreadId}";
        if (!Before!.Folder.TryLink(path.Value, folder, aside)) return false;
        DurableFile.Rename($"{folder.Path}/{aside}", $"{folder.Path}/{path.Value}");
        return true;
    }

    ContentEntry Linked(ReleaseFile served)
    {
        if (store.Vault.TryShare(served.Sha256, served.Size)) return Took(served);
        using var linked = Open(served.Path);
        store.Vault.Keep(served.Sha256, linked, served.Size);
        return Took(served);
    }

    /// <summary>The path as the release before has it: both are in memory all night.</summary>
    RelativePath Known(RelativePath path) => Before?.Files.GetValueOrDefault(path.Value)?.Path ?? path;

    ContentEntry Took(ReleaseFile file)
    {
        files[file.Path] = file;
        entries = null;
        return new ContentEntry(file.Path, file.Size, file.Sha256);
    }

    /// <summary>A new file, never an old one opened again: that may be a name of what is being served.</summary>
    SafeFileHandle Fresh(RelativePath path)
    {
        Forget(path);
        EnsureFolder(path.Folder);
        lock (structure) MakeWay(path.Value);
        if (folder.TryCreate(path.Value, Modes.PublicFile, out var errno) is { } made) return made;
        if (errno != Errno.EEXIST) throw new SystemFault("open", path.Value, errno);
        folder.Unlink(path.Value); // what a fault left of an earlier attempt
        return folder.Create(path.Value, Modes.PublicFile);
    }

    void Forget(RelativePath path)
    {
        if (files.ContainsKey(path)) Remove(path);
    }

    void EnsureFolder(string path)
    {
        if (folders.ContainsKey(path)) return;
        lock (structure)
        {
            if (folders.ContainsKey(path)) return;
            var slash = path.LastIndexOf('/');
            EnsureFolder(slash < 0 ? "" : path[..slash]);
            MakeWay(path);
            folder.MakeFolder(path, Modes.PublicFolder);
            folders[path] = true;
        }
    }

    void Wrote(int bytes)
    {
        Interlocked.Add(ref written, bytes);
        store.Wrote();
    }

    SafeFileHandle Open(RelativePath path) =>
        folder.TryOpen(path.Value) ?? throw new SystemFault("open", $"{folder.Path}/{path.Value}", Errno.ENOENT);
}
