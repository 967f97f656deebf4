using static System.Buffers.Binary.BinaryPrimitives;

namespace Difusor.Agent.Packages.Archives;

/// <summary>One entry as the central directory states it; its local header must say the same.</summary>
/// <param name="Start">Where the local header is in the file.</param>
/// <param name="NameAt">Where the name's bytes are in the directory's store of names.</param>
/// <param name="PathAt">Where the path is in that store, in UTF-8.</param>
/// <param name="PathLength">
/// 0 for a folder, and for an entry with a finding that says why its contents go nowhere.
/// </param>
readonly record struct ZipEntry(
    long Start, long Packed, long Size, uint Crc, ushort Flags, ushort Method, ushort NameLength, int NameAt,
    int PathAt, int PathLength)
{
    public const uint CentralSignature = 0x02014b50;
    public const int CentralSize = 46;
    public const uint LocalSignature = 0x04034b50;
    public const int LocalSize = 30;
    public const uint DescriptorSignature = 0x08074b50;

    public const ushort Stored = 0;
    public const ushort Deflated = 8;
    public const ushort Aes = 99;

    public const ushort HasDescriptor = 1 << 3;
    public const ushort IsPatch = 1 << 5;
    public const ushort IsUtf8 = 1 << 11;
    /// <summary>Flags: encrypted; strongly encrypted; local header masked.</summary>
    public const ushort AnyEncryption = 1 | (1 << 6) | (1 << 13);
    /// <summary>How hard the compressor tried: local and central header may differ in this.</summary>
    public const ushort Effort = (1 << 1) | (1 << 2);
}

/// <summary>The fields of a header's extra data that change what the header says (APPNOTE 6.3.10, 4.5).</summary>
readonly ref struct ZipExtra
{
    const ushort Zip64 = 0x0001;
    const ushort UnicodePath = 0x7075;

    public ReadOnlySpan<byte> Large { get; private init; }
    public ReadOnlySpan<byte> Unicode { get; private init; }

    public static ZipExtra Read(ReadOnlySpan<byte> extra, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> large = default, unicode = default;
        var (hasLarge, hasUnicode) = (false, false);
        while (extra.Length >= 4)
        {
            var (id, size) = (ReadUInt16LittleEndian(extra), ReadUInt16LittleEndian(extra[2..]));
            if (size > extra.Length - 4)
                throw ArchiveRefused.Bad("an extra field is longer than its place", SentName.Printable(name));
            var data = extra.Slice(4, size);
            if (id == Zip64 && hasLarge || id == UnicodePath && hasUnicode)
                throw ArchiveRefused.Bad("the same extra field twice", SentName.Printable(name));
            if (id == Zip64) large = data;
            else if (id == UnicodePath) unicode = data;
            hasLarge |= id == Zip64;
            hasUnicode |= id == UnicodePath;
            extra = extra[(4 + size)..];
        }
        return new ZipExtra { Large = large, Unicode = unicode };
    }

    /// <summary>
    /// Returns the UTF-8 name that the sender added to a name in a local code page (Info-ZIP, WinRAR); empty if there
    /// is none, or if its CRC is that of another name.
    /// </summary>
    public ReadOnlySpan<byte> UnicodeName(ReadOnlySpan<byte> name) =>
        Unicode.Length > 5 && Unicode[0] == 1
            && ReadUInt32LittleEndian(Unicode[1..]) == System.IO.Hashing.Crc32.HashToUInt32(name)
            ? Unicode[5..] : default;

    /// <summary>
    /// Returns the value of a 32-bit field, taken from the ZIP64 field if the header has no room for it.
    /// </summary>
    public static long Widen(uint value, scoped ref ReadOnlySpan<byte> large, ReadOnlySpan<byte> name)
    {
        if (value != uint.MaxValue) return value;
        if (large.Length < 8) throw ArchiveRefused.Bad("a ZIP64 size or offset is missing", SentName.Printable(name));
        var wide = ReadInt64LittleEndian(large);
        if (wide < 0) throw ArchiveRefused.Bad("a ZIP64 size or offset is too large", SentName.Printable(name));
        large = large[8..];
        return wide;
    }
}
