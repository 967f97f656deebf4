using System.Buffers;
using System.Security.Cryptography;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Store;

/// <summary>What is done to a whole tree once more: another top, and all of it written anew.</summary>
public sealed partial class StagingTree
{
    /// <summary>
    /// Makes the folder <paramref name="folder"/>, which all files lie under, the top of the tree: an archive whose
    /// entries all lie under one folder is taken as that folder.
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
            // One after the other: the paths may be megabytes, and need not be there twice.
            var file = moved[at];
            moved[at] = null!;
            var path = RelativePath.Own(file.Path.Value[(prefix.Length + 1)..]);
            files[path] = Unchanged(path, file.Size, file.Sha256) is { } served && Relink(path)
                ? served : file with { Path = path };
        }
    }

    /// <summary>
    /// Where a flush has failed since the tree was begun: each file that is its own, and that file's vault copy,
    /// becomes a fresh inode with what the kernel still has of it, its digest proved. What it shares with the release
    /// before was on the disk already.
    /// </summary>
    /// <exception cref="SystemFault">The disk refuses still, or the bytes are lost (EIO).</exception>
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
                // By read and write: blocks that are shared with a lost page would be lost too.
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
