using System.Buffers;
using System.Security.Cryptography;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Changes a whole tree a second time: another top folder, other names, or all files written again.
/// </summary>
public sealed partial class StagingTree
{
    /// <summary>
    /// Makes <paramref name="folder"/> the top of the tree, and removes what lies beside it. An archive whose files are
    /// all in one folder is treated as that folder.
    /// </summary>
    public void Unwrap(string folder) => RerootTo(folder);

    void RerootTo(string prefix)
    {
        var inner = $"{folder.Path}/{prefix}";
        var outer = $"{folder.Path}.outer";
        DurableFile.Rename(folder.Path, outer);
        DurableFile.Rename($"{outer}/{prefix}", folder.Path);
        SystemFault.Check(Syscall.chmod(folder.Path, (FilePermissions)Modes.PublicFolder), "chmod", inner);
        store.RemoveStaged($"{Name}.outer");
        var reopened = OwnFolder.Open(folder.Path);
        folder.Dispose();
        folder = reopened;
        var moved = files.Values.ToList();
        files.Clear();
        folders.Clear();
        folders[""] = true;
        entries = null;
        for (var at = 0; at < moved.Count; at++)
        {
            // Move them one by one: all paths may take megabytes, and must not be in memory twice.
            var file = moved[at];
            moved[at] = null!;
            if (file.Path.Below(prefix) is not { } path)
            {
                // Litter beside the folder: it was in the outer folder, which is removed.
                store.Vault.Drop(file.Sha256);
                continue;
            }
            files[path] = Unchanged(path, file.Size, file.Sha256) is { } served && Relink(path)
                ? served : file with { Path = path };
        }
    }

    /// <summary>
    /// Gives files the names under which they are published. Passes over what has its name from an earlier try.
    /// </summary>
    /// <exception cref="SystemFault">The disk refuses; call again.</exception>
    internal void Respell(ImmutableArray<Respelling> respelled)
    {
        foreach (var (sent, published) in respelled)
        {
            if (!files.TryGetValue(sent, out var file)) continue;
            EnsureFolder(published.Folder);
            lock (structure) MakeWay(published.Value);
            DurableFile.Rename($"{folder.Path}/{sent}", $"{folder.Path}/{published}");
            if (gone is not null) gone[sent.Value] = true;
            files.TryRemove(sent, out _);
            entries = null;
            files[published] = Unchanged(published, file.Size, file.Sha256) is { } served && Relink(published)
                ? served : file with { Path = Known(published) };
        }
    }

    /// <summary>
    /// Writes the tree again if a flush has failed since it was begun. Each file of its own, and that file's vault
    /// copy, becomes a fresh inode with the bytes that the kernel still has, and its digest is checked. Files shared
    /// with the release before were on disk already.
    /// </summary>
    /// <exception cref="SystemFault">The disk still refuses, or the bytes are lost (EIO).</exception>
    internal void WriteAgainAfterAFailedFlush()
    {
        var failures = store.FlushFailures;
        if (failures == FlushFailures) return;
        foreach (var file in files.Values)
            if (Before is null || Unchanged(file.Path, file.Size, file.Sha256) is null) WriteAgain(file);
        FlushFailures = failures;
    }

    void WriteAgain(ReleaseFile file)
    {
        const string aside = ".again";
        folder.Unlink(aside);
        using var fresh = folder.Create(aside, Modes.PublicFile);
        using (var old = Open(file.Path))
        using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            var buffer = ArrayPool<byte>.Shared.Rent(OneShot);
            try
            {
                // Use read and write: a clone that shares blocks with a lost page would be lost too.
                int length;
                for (long at = 0; (length = FileBytes.Fill(old, buffer, at, file.Path.Value)) > 0; at += length)
                {
                    hash.AppendData(buffer, 0, length);
                    DurableFile.WriteAll(fresh, buffer.AsSpan(0, length), file.Path.Value);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
            if (new Digest(DigestAlgorithm.Sha256, hash.GetHashAndReset()) != file.Sha256)
                throw new SystemFault("read", $"{folder.Path}/{file.Path}", Errno.EIO);
        }
        DurableFile.SetTime(fresh, file.Mtime * 1_000_000_000, file.Path.Value);
        store.Vault.Replace(file.Sha256, fresh, file.Size);
        DurableFile.Rename($"{folder.Path}/{aside}", $"{folder.Path}/{file.Path}");
    }
}
