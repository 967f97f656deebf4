using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Difusor.Agent.Drop;

/// <summary>
/// Turns a path into 64 bits, with a seed that is drawn anew at each start. Two paths may share a key, although that is
/// unlikely, so a key must never make the final decision.
/// </summary>
static class PathKey
{
    const int Short = 1024;

    static readonly long Seed = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    internal static ulong Of(ReadOnlySpan<byte> utf8) => XxHash3.HashToUInt64(utf8, Seed);

    [SkipLocalsInit]
    internal static ulong Of(RelativePath path)
    {
        Span<byte> utf8 = stackalloc byte[Short];
        return Encoding.UTF8.TryGetBytes(path.Value, utf8, out var length) ? Of(utf8[..length])
            : Of(Encoding.UTF8.GetBytes(path.Value));
    }
}
