using static System.Buffers.Binary.BinaryPrimitives;

namespace Difusor.Agent.Packages.Archives;

/// <summary>What an entry is, by its name and the Unix mode in its attributes.</summary>
enum ZipKind : byte { File, Folder, Refused }

/// <summary>One entry as the central directory states it; its local header must say the same.</summary>
/// <param name="Start">Where the local header is in the file.</param>
/// <param name="NameAt">Where the name's bytes are in the directory's store of names.</param>
/// <param name="PathAt">Where the path is in that store, in UTF-8.</param>
/// <param name="PathLength">
/// 0 for a folder, and for an entry with a finding that says why its contents go nowhere. Until all names are read, the
/// path is the name in Unicode that the sender has added, and 0 means that there is none.
/// </param>
readonly record struct ZipEntry(
    long Start, long Packed, long Size, uint Crc, ushort Flags, ushort Method, ushort NameLength, int NameAt,
    int PathAt, int PathLength, ZipKind Kind, byte Host)
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

    /// <summary>Gets whether the entry was made on Windows. There a back slash is a separator.</summary>
    public bool IsOfWindows => IsWindows(Host);

    /// <summary>
    /// Returns whether a number of APPNOTE 4.4.2 is one of Windows: FAT, NTFS (10, or 11 as Info-ZIP and 7-Zip write
    /// it) or VFAT.
    /// </summary>
    public static bool IsWindows(byte host) => host is 0 or 10 or 11 or 14;

    /// <summary>Gets whether the sender has said in which encoding the name is.</summary>
    public bool HasUnicodeName => (Flags & IsUtf8) != 0 || PathLength > 0;
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

    /// <summary>
    /// Does the same for a size of a local header that a data descriptor follows. There it may be missing, or have all
    /// bits set: not known yet, which is 0 here.
    /// </summary>
    public static long WidenLater(uint value, scoped ref ReadOnlySpan<byte> large, ReadOnlySpan<byte> name)
    {
        if (value != uint.MaxValue || (large.Length >= 8 && ReadInt64LittleEndian(large) != -1))
            return Widen(value, ref large, name);
        large = large[Math.Min(8, large.Length)..];
        return 0;
    }
}
