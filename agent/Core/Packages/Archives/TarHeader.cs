using System.Buffers.Binary;

namespace Difusor.Agent.Packages.Archives;

/// <summary>One 512-byte header of a tar: POSIX ustar, GNU, or the old Unix V7 form.</summary>
/// <param name="Name">The name's bytes, with ustar's prefix. A pax or GNU header before this one overrides it.</param>
/// <param name="Size">
/// How many bytes of contents follow, as this header states; null if the field is not a number.
/// </param>
readonly record struct TarHeader(byte[] Name, long? Size, byte Type)
{
    public const int Block = 512;

    const int SizeAt = 124;
    const int SumAt = 148;
    const int TypeAt = 156;
    const int MagicAt = 257;
    const int PrefixAt = 345;

    /// <returns>The header; null if the checksum is wrong.</returns>
    public static TarHeader? Read(ReadOnlySpan<byte> block)
    {
        if (Number(block.Slice(SumAt, 8)) is not { } stated) return null;
        long unsigned = 8 * ' ', signed = 8 * ' ';
        for (var i = 0; i < Block; i++)
        {
            if (i is >= SumAt and < SumAt + 8) continue;
            unsigned += block[i];
            signed += (sbyte)block[i];
        }
        if (stated != unsigned && stated != signed) return null;
        var name = Text(block[..100]);
        var isUstar = block[MagicAt..].StartsWith("ustar\0"u8);
        var prefix = isUstar ? Text(block.Slice(PrefixAt, 155)) : default;
        byte[] whole = prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
        return new TarHeader(whole, Number(block.Slice(SizeAt, 12)), block[TypeAt]);
    }

    /// <summary>
    /// Reads octal digits with spaces before them and spaces or NULs after them, or, in twelve bytes, GNU's base 256;
    /// null if the field is neither, negative or too large. Digits after a NUL make the field invalid: other readers
    /// stop at the NUL.
    /// </summary>
    static long? Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            if (field.Length != 12 || field[0] != 0x80 || field[1..4].ContainsAnyExcept((byte)0)) return null;
            var value = BinaryPrimitives.ReadInt64BigEndian(field[4..]);
            return value < 0 ? null : value;
        }
        field = field.TrimStart((byte)' ').TrimEnd(" \0"u8);
        if (field.IsEmpty || field.ContainsAnyExceptInRange((byte)'0', (byte)'7')) return null;
        var number = 0L;
        foreach (var digit in field) number = number * 8 + (digit - '0');
        return number;
    }

    static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field) =>
        field.IndexOf((byte)0) is var end and >= 0 ? field[..end] : field;
}
