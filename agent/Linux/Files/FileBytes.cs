using System.Buffers;
using System.Security.Cryptography;
using Difusor.Agent.Packages;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Files;

/// <summary>
/// Reading files of the agent's own: pread(2), whatever the descriptor's position, one call a megabyte.
/// </summary>
static unsafe class FileBytes
{
    const int Block = 1 << 20;

    /// <summary>
    /// Fills <paramref name="into"/> from a position on; fewer bytes than it holds mean the end of the file.
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

    /// <summary>A whole file that the agent wrote; null where there is none.</summary>
    internal static byte[]? TryRead(OwnFolder folder, string name)
    {
        using var file = folder.TryOpen(name);
        if (file is null) return null;
        var contents = new byte[SafeFolder.IdentityOf(file, name).Size];
        var filled = Fill(file, contents, 0, name);
        return filled == contents.Length ? contents : contents[..filled];
    }

    /// <summary>Bytes that a file takes on its disk: of a sparse one, not its holes.</summary>
    internal static long OnDisk(SafeFileHandle file, string subject)
    {
        const int Sector = 512;
        SystemFault.Check(Syscall.fstat((int)file.DangerousGetHandle(), out var found), "fstat", subject);
        return Math.Min(found.st_size, found.st_blocks * Sector);
    }

    /// <summary>The digest of all that a file holds now, and how much that is.</summary>
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
