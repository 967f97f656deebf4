using System.Security.Cryptography;
using Difusor.Agent.Publication;
using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Store;

/// <summary>The part that writes one file: into the tree, and once into the vault.</summary>
public sealed partial class StagingTree
{
    ContentEntry PlaceWhole(RelativePath path, ReadOnlySpan<byte> contents)
    {
        var digest = Digest.Sha256(contents);
        if (Unchanged(path, contents.Length, digest) is { } served && LinkBefore(path)) return Linked(served);
        room?.ClaimFile(contents.Length, path.Value);
        using var file = Fresh(path);
        try
        {
            DurableFile.WriteAll(file, contents, path.Value);
            DurableFile.SetTime(file, Stamp * 1_000_000_000, path.Value);
            store.Vault.Keep(digest, contents);
        }
        catch
        {
            Unlink(path);
            throw;
        }
        Wrote(contents.Length);
        return Took(new ReleaseFile(Known(path), contents.Length, digest, Stamp));
    }

    /// <summary>
    /// Writes a long file in pieces. A piece of zeros becomes a hole, so that a sparse file stays sparse.
    /// </summary>
    ContentEntry PlaceLong(RelativePath path, byte[] buffer, int filled, Func<byte[], int> more)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = Fresh(path);
        try
        {
            long size = 0;
            var descriptor = (int)file.DangerousGetHandle();
            for (; filled > 0; filled = more(buffer))
            {
                hash.AppendData(buffer, 0, filled);
                size += filled;
                if (buffer.AsSpan(0, filled).ContainsAnyExcept((byte)0))
                    WritePart(file, buffer.AsSpan(0, filled), path);
                else SystemFault.Check(
                    (int)Math.Sign(Native.lseek(descriptor, size, Native.SeekSet)), "lseek", path.Value);
            }
            SystemFault.Check(Native.ftruncate(descriptor, size), "ftruncate", path.Value);
            var digest = new Digest(DigestAlgorithm.Sha256, hash.GetHashAndReset());
            if (Unchanged(path, size, digest) is { } served && Relink(path)) return Linked(served);
            DurableFile.SetTime(file, Stamp * 1_000_000_000, path.Value);
            store.Vault.Keep(digest, file, size, room);
            return Took(new ReleaseFile(Known(path), size, digest, Stamp));
        }
        catch
        {
            Unlink(path);
            throw;
        }
    }

    void WritePart(SafeFileHandle file, ReadOnlySpan<byte> part, RelativePath path)
    {
        room?.Claim(part.Length, path.Value);
        DurableFile.WriteAll(file, part, path.Value);
        Wrote(part.Length);
    }

    /// <summary>
    /// Hashes a long file first if the release before has a file of the same size: most often it is unchanged, and
    /// nothing must be written.
    /// </summary>
    ContentEntry? SameAsBefore(RelativePath path, SafeFileHandle source, byte[] buffer)
    {
        if (Before is null || !Before.Files.TryGetValue(path.Value, out var served)) return null;
        if (SafeFolder.IdentityOf(source, path.Value).Size != served.Size) return null;
        var (digest, size) = FileBytes.Hash(source, DigestAlgorithm.Sha256, path.Value);
        if (Unchanged(path, size, digest) is not null && LinkBefore(path)) return Linked(served);
        FileBytes.Fill(source, buffer, 0, path.Value);
        return null;
    }
}
