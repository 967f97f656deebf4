using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Difusor.Agent.Verification;

/// <summary>
/// Computes the huella del paquete, <c>manifest_sha256</c>: the hex SHA-256 of the lines <c>sha256␠␠path\n</c> in byte
/// order, over all files that are neither HASH files nor signatures of them (contract, section 9). The same as
/// <c>sha256sum ... | LC_ALL=C sort | sha256sum</c>.
/// </summary>
static class PackageHuella
{
    internal static string Of(IReadOnlyList<ContentEntry> entries)
    {
        var files = entries.Where(entry => !HashFileName.IsOrSigns(entry.Path.Value)).ToArray();
        var keys = Array.ConvertAll(files, file => BinaryPrimitives.ReadUInt64BigEndian(file.Sha256.Bytes));
        Array.Sort(keys, files);
        for (var start = 0; start < keys.Length;)
        {
            var end = start + 1;
            while (end < keys.Length && keys[end] == keys[start]) end++;
            if (end - start > 1) Array.Sort(files, start, end - start, LineOrder.Instance);
            start = end;
        }
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        var length = 0;
        foreach (var file in files)
        {
            if (buffer.Length - length < 67 + 3 * file.Path.Value.Length)
            {
                sha.AppendData(buffer, 0, length);
                length = 0;
            }
            Convert.TryToHexStringLower(file.Sha256.Bytes, buffer.AsSpan(length), out var written);
            length += written;
            buffer[length++] = (byte)' ';
            buffer[length++] = (byte)' ';
            length += Encoding.UTF8.GetBytes(file.Path.Value, buffer.AsSpan(length));
            buffer[length++] = (byte)'\n';
        }
        sha.AppendData(buffer, 0, length);
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    /// <summary>
    /// Orders lines as bytes: by the digest, then by the path's UTF-8 (which differs from the order of UTF-16 beyond
    /// the basic plane).
    /// </summary>
    sealed class LineOrder : IComparer<ContentEntry>
    {
        internal static readonly LineOrder Instance = new();

        public int Compare(ContentEntry? left, ContentEntry? right)
        {
            if (left is null || right is null) return 0;
            var byDigest = left.Sha256.Bytes.SequenceCompareTo(right.Sha256.Bytes);
            return byDigest != 0 ? byDigest
                : Ascii.IsValid(left.Path.Value) && Ascii.IsValid(right.Path.Value) ? left.Path.CompareTo(right.Path)
                : Encoding.UTF8.GetBytes(left.Path.Value).AsSpan().SequenceCompareTo(
                    Encoding.UTF8.GetBytes(right.Path.Value));
        }
    }
}
