using static System.Buffers.Binary.BinaryPrimitives;

namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// Reads a zip (APPNOTE 6.3.10) whose entries fill the file without gap or overlap up to the central directory. Each
/// entry must say the same in both its headers and be stored or deflated, with the right sizes and CRC. Anything else
/// is refused, so that no two readers can see different files in it. Only where nothing depends on it the headers may
/// differ: how hard the compressor tried, UTF-8 for a name in ASCII, whether a data descriptor follows.
/// </summary>
static class ZipReader
{
    /// <param name="list">A HASH file that came another way, which may tell how names are read; empty: none.</param>
    public static ArchiveEnd Read(
        Stream zip, LimitSettings limits, Shares shares, IPackageSink sink, FindingList findings,
        List<Finding> warnings, ReadOnlyMemory<byte> list)
    {
        var input = new ArchiveInput(zip);
        var end = ZipEnd.Find(input, zip.Length);
        var directory = ZipDirectory.Read(input, end, limits, shares, findings);
        directory.ReadNames(
            directory.HasOpenNames ? NameChoice.Of(input, directory, end, limits, list) : NameReading.Utf8, warnings);
        var folder = directory.Folder;
        input.Seek(0);
        for (var i = 0; i < directory.Entries.Count; i++)
        {
            var entry = directory.Entries[i];
            var next = i + 1 < directory.Entries.Count ? directory.Entries[i + 1].Start : end.DirectoryStart;
            var name = directory.Name(entry);
            var path = PathOf(directory.Path(entry), folder);
            var sent = path?.Value ?? SentName.Printable(name);
            if (entry.Start > input.Position)
                throw ArchiveRefused.Bad("bytes that belong to no entry precede this one", sent);
            if (entry.Start < input.Position) throw ArchiveRefused.Bad("the entry overlaps another one", sent);
            var local = ReadLocalHeader(input, entry, name, sent);
            var gap = next - input.Position - entry.Packed;
            if (gap < 0) throw ArchiveRefused.Bad("the entry overlaps another one, or the central directory", sent);
            // Some writers set the flag in one header only, or for a folder without a descriptor. The gap tells.
            var later = gap > 0 && ((entry.Flags | local.Flags) & ZipEntry.HasDescriptor) != 0;
            CheckSizes(local, entry, later, sent);
            ReadContents(input, entry, sent, path, sink);
            if (later) ReadDescriptor(input, entry, gap, sent);
        }
        if (input.Position != end.DirectoryStart)
            throw ArchiveRefused.Bad("bytes that belong to no entry precede the central directory");
        return new ArchiveEnd(folder, directory.Beside);
    }

    /// <summary>
    /// Returns the path below the one folder; null for what lies beside it. The directory has already found it safe.
    /// </summary>
    static RelativePath? PathOf(ReadOnlySpan<byte> utf8, string? folder)
    {
        if (utf8.IsEmpty) return null;
        var whole = RelativePath.Read(utf8, new PathLimits(int.MaxValue, int.MaxValue)).Path!;
        return folder is null ? whole : whole.Below(folder);
    }

    /// <summary>
    /// Reads one entry alone, wherever the input stands. Its sizes and CRC are the central directory's.
    /// </summary>
    public static byte[] ReadAlone(ArchiveInput input, in ZipEntry entry, ReadOnlySpan<byte> name, ZipEnd end)
    {
        var sent = SentName.Printable(name);
        input.Seek(entry.Start);
        ReadLocalHeader(input, entry, name, sent);
        if (entry.Packed > end.DirectoryStart - input.Position)
            throw ArchiveRefused.Bad("the entry overlaps another one, or the central directory", sent);
        using var packed = new BoundedStream(input, entry.Packed, sent);
        using var contents = new CheckedStream(packed, entry.Method == ZipEntry.Deflated, entry.Size, entry.Crc, sent);
        var bytes = new byte[entry.Size];
        contents.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        contents.Finish();
        return bytes;
    }

    static LocalHeader ReadLocalHeader(ArchiveInput input, in ZipEntry entry, ReadOnlySpan<byte> name, string sent)
    {
        Span<byte> header = stackalloc byte[ZipEntry.LocalSize];
        input.ReadExactly(header, sent);
        if (ReadUInt32LittleEndian(header) != ZipEntry.LocalSignature)
            throw ArchiveRefused.Bad("no entry where the central directory points", sent);
        var flags = ReadUInt16LittleEndian(header[6..]);
        var free = ZipEntry.Effort | ZipEntry.HasDescriptor | (Ascii.IsValid(name) ? (int)ZipEntry.IsUtf8 : 0);
        if (((flags ^ entry.Flags) & ~free) != 0 || ReadUInt16LittleEndian(header[8..]) != entry.Method)
            throw ArchiveRefused.Bad("local and central header disagree on flags or method", sent);
        var rest = new byte[ReadUInt16LittleEndian(header[26..]) + ReadUInt16LittleEndian(header[28..])].AsSpan();
        input.ReadExactly(rest, sent);
        var nameLength = ReadUInt16LittleEndian(header[26..]);
        if (!rest[..nameLength].SequenceEqual(name))
            throw ArchiveRefused.Bad("local and central header disagree on the name", sent);
        var large = ZipExtra.Read(rest[nameLength..], name).Large;
        var (size, packed) = (ReadUInt32LittleEndian(header[22..]), ReadUInt32LittleEndian(header[18..]));
        return (flags & ZipEntry.HasDescriptor) == 0
            ? new LocalHeader(
                ZipExtra.Widen(size, ref large, name), ZipExtra.Widen(packed, ref large, name),
                ReadUInt32LittleEndian(header[14..]), flags)
            : new LocalHeader(
                ZipExtra.WidenLater(size, ref large, name), ZipExtra.WidenLater(packed, ref large, name),
                ReadUInt32LittleEndian(header[14..]), flags);
    }

    /// <param name="later">Whether a data descriptor follows, so that here the values may be 0.</param>
    static void CheckSizes(LocalHeader local, in ZipEntry entry, bool later, string sent)
    {
        if (!(local.Size == entry.Size || later && local.Size == 0)
            || !(local.Packed == entry.Packed || later && local.Packed == 0)
            || !(local.Crc == entry.Crc || later && local.Crc == 0))
            throw ArchiveRefused.Bad("local and central header disagree on size or CRC", sent);
    }

    static void ReadContents(ArchiveInput input, in ZipEntry entry, string sent, RelativePath? path, IPackageSink sink)
    {
        using var packed = new BoundedStream(input, entry.Packed, sent);
        using var contents = new CheckedStream(packed, entry.Method == ZipEntry.Deflated, entry.Size, entry.Crc, sent);
        if (path is not null) sink.Place(path, contents);
        contents.Finish();
    }

    /// <summary>
    /// Checks the sizes and the CRC again, after the contents: with or without a signature, in 32 or 64 bits.
    /// </summary>
    static void ReadDescriptor(ArchiveInput input, in ZipEntry entry, long length, string sent)
    {
        if (length is not (12 or 16 or 20 or 24))
            throw ArchiveRefused.Bad("no data descriptor fits between this entry and the next", sent);
        Span<byte> descriptor = stackalloc byte[(int)length];
        input.ReadExactly(descriptor, sent);
        if (length is 16 or 24)
        {
            if (ReadUInt32LittleEndian(descriptor) != ZipEntry.DescriptorSignature)
                throw ArchiveRefused.Bad("no data descriptor after the entry", sent);
            descriptor = descriptor[4..];
        }
        var crc = ReadUInt32LittleEndian(descriptor);
        var (packed, size) = descriptor.Length == 12
            ? (ReadUInt32LittleEndian(descriptor[4..]), ReadUInt32LittleEndian(descriptor[8..]))
            : (ReadUInt64LittleEndian(descriptor[4..]), ReadUInt64LittleEndian(descriptor[12..]));
        if (crc != entry.Crc || packed != (ulong)entry.Packed || size != (ulong)entry.Size)
            throw ArchiveRefused.Bad("the data descriptor disagrees with the central header", sent);
    }

    /// <summary>What a local header says of its entry beside the name.</summary>
    readonly record struct LocalHeader(long Size, long Packed, uint Crc, ushort Flags);
}
