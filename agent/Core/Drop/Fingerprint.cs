using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Difusor.Agent.Drop;

/// <summary>
/// Sums up in 16 bytes which files a delivery had when it was judged: names, inodes, sizes, modification times and
/// modes. The order of adding does not matter.
/// </summary>
public sealed class Fingerprint
{
    UInt128 sum;

    public void Add(RawPath path, in FileIdentity identity)
    {
        var length = path.Bytes.Length;
        Span<byte> text = length < 1024 ? stackalloc byte[29 + length] : new byte[29 + length];
        BinaryPrimitives.WriteUInt64LittleEndian(text, identity.Inode);
        BinaryPrimitives.WriteInt64LittleEndian(text[8..], identity.Size);
        BinaryPrimitives.WriteInt64LittleEndian(text[16..], identity.MtimeNanos);
        BinaryPrimitives.WriteUInt32LittleEndian(text[24..], identity.Mode);
        text[28] = (byte)identity.Kind;
        Encoding.Latin1.GetBytes(path.Bytes, text[29..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        unchecked { sum += BinaryPrimitives.ReadUInt128LittleEndian(hash); }
    }

    public override string ToString() => sum.ToString("x32", null);
}
