using System.Buffers;
using System.Collections.Concurrent;
using Difusor.Agent.Drop;
using Difusor.Agent.Publication;
using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// A delivery's own tree while it arrives: a release in preparation. If the release before has a file with the same
/// bytes at the same path, the file becomes a second name of that one, and nothing is written; a new file is written
/// here and once into the vault. Several threads may place different paths at once; only one thread may call the rest.
/// </summary>
public sealed partial class StagingTree : IPackageContents, IPackageSink, IDisposable
{
    /// <summary>
    /// A file smaller than this many bytes is read whole and hashed at once, so that an unchanged one is never written.
    /// </summary>
    public const int OneShot = 1 << 20;

    readonly ReleaseStore store;
    readonly SpareRoom? room;
    readonly ConcurrentDictionary<RelativePath, ReleaseFile> files = new();
    readonly ConcurrentDictionary<string, bool> folders = new();

    /// <summary>Guards the creation and removal of folders, and <see cref="underWay"/>.</summary>
    readonly Lock structure = new();

    /// <summary>Files that are being written: a folder that one of them goes into must not be removed.</summary>
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

    /// <summary>Gets the tree's name below <c>staging/</c>, until it is sealed.</summary>
    public string Name { get; }

    /// <summary>Gets the delivery's name in the drop.</summary>
    public string Delivery { get; }

    /// <summary>Gets the bytes written to disk for the tree so far, without the vault's copies.</summary>
    public long BytesWritten => Interlocked.Read(ref written);

    internal string Path => folder.Path;
    internal ReleaseTree? Before { get; }

    /// <summary>
    /// Gets how many flushes had failed when the tree was begun or written again. If the store's count has changed
    /// since then, files of the tree may be lost.
    /// </summary>
    internal int FlushFailures { get; private set; }

    internal long Stamp { get; }

    /// <summary>Gets or sets the release that the tree has become; null before the renames.</summary>
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
    /// Copies <paramref name="source"/> from its beginning to its present end, and hashes it on the way. Replaces an
    /// earlier file at the path.
    /// </summary>
    /// <exception cref="SystemFault">The source cannot be read, or the tree cannot be written; then no part of the file
    /// stays.</exception>
    /// <param name="most">The most bytes to read, however long the source grows in the meantime.</param>
    /// <param name="between">Called between two pieces of a long file. If it throws, the copying ends and no part of
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
    /// Removes a file that the sender has removed, or that is not published. Its folder stays until the tree is sealed,
    /// because other files may be on their way into it.
    /// </summary>
    public void Remove(RelativePath path)
    {
        if (!files.TryRemove(path, out var file)) return;
        entries = null;
        Unlink(path);
        store.Vault.Drop(file.Sha256);
    }

    /// <summary>Removes the whole tree: of a duplicate, or of a delivery that went away.</summary>
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
    /// Gives up what a rejected tree shares with the vault and with the release before. This happens here, so that it
    /// causes no wait later.
    /// </summary>
    internal void Reject()
    {
        if (RejectedBytes is not null) return;
        var bytes = files.Values.Sum(file => file.Size);
        IsEmpty = files.IsEmpty;
        RemoveWhatNobodyBrought();
        ReleaseContents();
        RejectedBytes = bytes;
    }

    /// <summary>Gets whether nothing of the rejected package was copied.</summary>
    internal bool IsEmpty { get; private set; }

    /// <summary>Gets how many bytes the tree had when it was rejected; null if it was not.</summary>
    internal long? RejectedBytes { get; private set; }

    /// <summary>Gives up the tree's references to vault contents; the files stay.</summary>
    internal void ReleaseContents()
    {
        foreach (var file in files.Values) store.Vault.Drop(file.Sha256);
        files.Clear();
        entries = null;
    }

    /// <summary>
    /// Returns the file of the release before, if it has these bytes at this path and its inode has not changed since.
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
    /// Replaces a file that turned out to be unchanged by a second name of the file in the release before.
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

    /// <summary>
    /// Returns the path object of the release before, if it has one: both stay in memory all night, so they share it.
    /// </summary>
    RelativePath Known(RelativePath path) => Before?.Files.GetValueOrDefault(path.Value)?.Path ?? path;

    ContentEntry Took(ReleaseFile file)
    {
        files[file.Path] = file;
        entries = null;
        return new ContentEntry(file.Path, file.Size, file.Sha256);
    }

    /// <summary>
    /// Creates a new file. Never opens an existing one: it may be a name of a file that is being served.
    /// </summary>
    SafeFileHandle Fresh(RelativePath path)
    {
        Forget(path);
        EnsureFolder(path.Folder);
        lock (structure) MakeWay(path.Value);
        if (folder.TryCreate(path.Value, Modes.PublicFile, out var errno) is { } made) return made;
        if (errno != Errno.EEXIST) throw new SystemFault("open", path.Value, errno);
        folder.Unlink(path.Value); // a fault left this from an earlier attempt
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
