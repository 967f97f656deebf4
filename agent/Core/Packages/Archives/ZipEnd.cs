using static System.Buffers.Binary.BinaryPrimitives;

namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// The place of a zip's central directory, from the record at the file's end (APPNOTE 6.3.10, 4.3.14 to 4.3.16). The
/// directory must end exactly where that record begins, and that record, with its comment, must end the file; zeros may
/// follow.
/// </summary>
readonly record struct ZipEnd(long DirectoryStart, long DirectoryEnd, long Entries)
{
    const int RecordSize = 22;
    const int LocatorSize = 20;
    const int Record64Size = 56;
    const uint Signature = 0x06054b50;
    const uint LocatorSignature = 0x07064b50;
    const uint Record64Signature = 0x06064b50;

    public static ZipEnd Find(ArchiveInput input, long length)
    {
        var filled = ZeroPadding.Start(input, length);
        var tailStart = Math.Max(0, filled - LocatorSize - RecordSize - ushort.MaxValue);
        // The record may end in zeros of its own, so they may seem to begin within it.
        var tail = new byte[(int)(filled - tailStart) + RecordSize];
        input.Seek(tailStart);
        input.ReadExactly(tail.AsSpan(0, tail.Length - RecordSize));
        int? found = null;
        var (cutOff, followed) = (false, false);
        for (var at = tail.Length - RecordSize; at >= 0; at--)
        {
            var record = tail.AsSpan(at);
            if (ReadUInt32LittleEndian(record) != Signature) continue;
            var end = tailStart + at + RecordSize + ReadUInt16LittleEndian(record[20..]);
            var fits = ReadUInt32LittleEndian(record[16..]) + (long)ReadUInt32LittleEndian(record[12..])
                == tailStart + at;
            // A record with zeros behind it must fit. That of a zip within a zip that is still arriving does not.
            if (end == length
                || (end < length && end >= filled && (fits || FitsLocator(tail.AsSpan(0, at), tailStart + at))))
            {
                if (found is not null) throw ArchiveRefused.Bad("two end records, each of which could be the zip's");
                found = at;
            }
            else if (fits)
            {
                cutOff |= end > length;
                followed |= end < length;
            }
        }
        if (found is { } whole) return Read(input, tail.AsSpan(whole), tailStart + whole);
        if (followed && !cutOff) throw ArchiveRefused.Bad("bytes follow the end of the zip");
        input.Seek(0);
        var head = new byte[4];
        var known = head.AsSpan(0, input.ReadUpTo(head));
        if ("PK\x03\x04"u8.StartsWith(known) || "PK\x05\x06"u8.StartsWith(known)) throw ArchiveRefused.NoEnd();
        throw ArchiveRefused.Bad("not a zip: it does not begin with an entry, and has no end record");
    }

    /// <summary>
    /// Returns whether the ZIP64 locator that ends here points to a record right before it, in this very file.
    /// </summary>
    static bool FitsLocator(ReadOnlySpan<byte> tail, long end) =>
        tail.Length >= LocatorSize && tail[^LocatorSize..] is var locator
        && ReadUInt32LittleEndian(locator) == LocatorSignature
        && ReadInt64LittleEndian(locator[8..]) == end - LocatorSize - Record64Size;

    static ZipEnd Read(ArchiveInput input, ReadOnlySpan<byte> record, long at)
    {
        var disk = ReadUInt16LittleEndian(record[4..]);
        var directoryDisk = ReadUInt16LittleEndian(record[6..]);
        var here = ReadUInt16LittleEndian(record[8..]);
        var entries = ReadUInt16LittleEndian(record[10..]);
        var size = ReadUInt32LittleEndian(record[12..]);
        var start = ReadUInt32LittleEndian(record[16..]);
        if (at >= LocatorSize && Read64(input, at) is { } large)
        {
            if (disk is not (0 or ushort.MaxValue) || directoryDisk is not (0 or ushort.MaxValue)
                || !Fits(here, large.Entries) || !Fits(entries, large.Entries)
                || !Fits(size, large.DirectoryEnd - large.DirectoryStart) || !Fits(start, large.DirectoryStart))
                throw ArchiveRefused.Bad("the two end records disagree");
            return large;
        }
        if (disk != 0 || directoryDisk != 0 || here != entries) throw ArchiveRefused.Bad("a zip in several volumes");
        if ((long)start + size != at)
            throw ArchiveRefused.Bad("the central directory does not reach up to the end record");
        return new ZipEnd(start, at, entries);
    }

    static bool Fits(ushort value, long large) => value == large || value == ushort.MaxValue;
    static bool Fits(uint value, long large) => value == large || value == uint.MaxValue;

    /// <summary>
    /// Reads the ZIP64 end record, if its locator is right before the end record; null if there is none.
    /// </summary>
    static ZipEnd? Read64(ArchiveInput input, long end)
    {
        Span<byte> locator = stackalloc byte[LocatorSize];
        input.Seek(end - LocatorSize);
        input.ReadExactly(locator);
        if (ReadUInt32LittleEndian(locator) != LocatorSignature) return null;
        var at = ReadUInt64LittleEndian(locator[8..]);
        // OneDrive says that there are 0 volumes in all.
        if (ReadUInt32LittleEndian(locator[4..]) != 0 || ReadUInt32LittleEndian(locator[16..]) > 1)
            throw ArchiveRefused.Bad("a zip in several volumes");
        if (at > (ulong)end || (ulong)end - at < Record64Size + LocatorSize)
            throw ArchiveRefused.Bad("the ZIP64 locator points outside");
        Span<byte> record = stackalloc byte[Record64Size];
        input.Seek((long)at);
        input.ReadExactly(record);
        if (ReadUInt32LittleEndian(record) != Record64Signature
            || ReadUInt64LittleEndian(record[4..]) != (ulong)end - at - LocatorSize - 12)
            throw ArchiveRefused.Bad("no ZIP64 end record where its locator points");
        var here = ReadUInt64LittleEndian(record[24..]);
        var entries = ReadUInt64LittleEndian(record[32..]);
        var size = ReadUInt64LittleEndian(record[40..]);
        var start = ReadUInt64LittleEndian(record[48..]);
        if (ReadUInt64LittleEndian(record[16..]) != 0 || here != entries)
            throw ArchiveRefused.Bad("a zip in several volumes");
        if (size > at || start != at - size)
            throw ArchiveRefused.Bad("the central directory does not reach up to the end record");
        if (entries > at) throw ArchiveRefused.Bad("more entries than the directory has room for");
        return new ZipEnd((long)start, (long)at, (long)entries);
    }
}
