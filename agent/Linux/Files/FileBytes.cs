using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Files;

/// <summary>
/// Reads the agent's own files by pread(2), which does not depend on the descriptor's position, up to a megabyte a
/// call.
/// </summary>
static unsafe class FileBytes
{
    const int Block = 1 << 20;

    /// <summary>
    /// Fills <paramref name="into"/> with the bytes from a position on. If it returns fewer bytes than fit, the file
    /// ends there.
    /// </summary>
    internal static int Fill(SafeFileHandle file, Span<byte> into, long position, string subject)
    {
        fixed (byte* start = into)
        {
            var filled = 0;
            while (filled < into.Length)
            {
                var length = (int)Native.pread(
                    (int)file.DangerousGetHandle(), start + filled, into.Length - filled, position + filled);
                if (length == 0) break;
                if (length < 0 && SystemFault.LastErrno is var errno)
                {
                    if (errno == Errno.EINTR) continue;
                    throw new SystemFault("read", subject, errno);
                }
                filled += length;
            }
            return filled;
        }
    }

    /// <summary>Returns the whole contents of a file that the agent wrote; null where there is none.</summary>
    internal static byte[]? TryRead(OwnFolder folder, string name)
    {
        using var file = folder.TryOpen(name);
        if (file is null) return null;
        var contents = new byte[SafeFolder.IdentityOf(file, name).Size];
        var filled = Fill(file, contents, 0, name);
        return filled == contents.Length ? contents : contents[..filled];
    }

    /// <summary>Returns the bytes that a file takes on its disk. The holes of a sparse file do not count.</summary>
    internal static long OnDisk(SafeFileHandle file, string subject)
    {
        const int Sector = 512;
        SystemFault.Check(Syscall.fstat((int)file.DangerousGetHandle(), out var found), "fstat", subject);
        return Math.Min(found.st_size, found.st_blocks * Sector);
    }

    /// <summary>Returns the digest of all that a file holds now, and its size in bytes.</summary>
    internal static (Digest Digest, long Size) Hash(SafeFileHandle file, DigestAlgorithm algorithm, string subject)
    {
        using var hash = IncrementalHash.CreateHash(algorithm.System());
        var buffer = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            int length;
            long size = 0;
            for (; (length = Fill(file, buffer, size, subject)) > 0; size += length) hash.AppendData(buffer, 0, length);
            return (new Digest(algorithm, hash.GetHashAndReset()), size);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
