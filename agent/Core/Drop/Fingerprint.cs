using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Difusor.Agent.Drop;

/// <summary>
/// Which files a delivery consisted of when it was judged, in 16 bytes: names, inodes, sizes, times of change and
/// modes. The order in which they are added is of no matter.
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
