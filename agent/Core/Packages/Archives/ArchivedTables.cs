using System.IO.Compression;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// The headers of the tables within an archive that lies in a package. Reads what the archive's first bytes hold, and
/// judges nothing: where they are no archive, or cut off, there is no more to find.
/// </summary>
sealed class ArchivedTables : IPackageSink
{
    /// <summary>How many bytes of an archive are looked at.</summary>
    public const int HeadBytes = 64 * 1024;

    /// <summary>How many tables of one archive are read.</summary>
    const int Most = 20;

    readonly List<(string Name, CorteHeader Header)> found = [];
    int read;

    /// <param name="head">The archive's first bytes, at most <see cref="HeadBytes"/> of them.</param>
    /// <returns>Each header with its file's name within the archive, printable.</returns>
    public static IReadOnlyList<(string Name, CorteHeader Header)> Read(PackageForm form, byte[] head)
    {
        var tables = new ArchivedTables();
        if (form == PackageForm.Zip) tables.ReadZip(head);
        else if (form != PackageForm.Folder)
            Archive.Unpack(form, new MemoryStream(head, writable: false), new LimitSettings(), tables);
        return tables.found;
    }

    public ContentEntry Place(RelativePath path, Stream source)
    {
        Add(Printable.Of(path.Value), source);
        return new ContentEntry(path, 0, default);
    }

    public void Unwrap(string folder) { }

    void Add(string name, Stream source)
    {
        if (read == Most || !CorteHeader.IsDataFile(name)) return;
        read++;
        var head = new byte[CorteHeader.HeadBytes];
        var length = source.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (CorteHeader.Read(head.AsSpan(0, length)) is { } header) found.Add((name, header));
    }

    /// <summary>
    /// Goes from one local header to the next. The directory at the end of the zip, which the verdict over a package
    /// goes by, is not among its first bytes.
    /// </summary>
    void ReadZip(byte[] zip)
    {
        for (var at = 0; zip.Length - at >= ZipEntry.LocalSize;)
        {
            var header = zip.AsSpan(at);
            if (ReadUInt32LittleEndian(header) != ZipEntry.LocalSignature) return;
            var flags = ReadUInt16LittleEndian(header[6..]);
            var method = ReadUInt16LittleEndian(header[8..]);
            var packed = ReadUInt32LittleEndian(header[18..]);
            var nameLength = ReadUInt16LittleEndian(header[26..]);
            var start = at + ZipEntry.LocalSize + nameLength + ReadUInt16LittleEndian(header[28..]);
            if (start >= zip.Length) return;
            var isLater = (flags & ZipEntry.HasDescriptor) != 0 && packed == 0;
            if ((flags & ZipEntry.AnyEncryption) == 0)
                AddEntry(
                    Printable.Of(header.Slice(ZipEntry.LocalSize, nameLength)), method, zip, start,
                    isLater ? zip.Length - start : (int)Math.Min(packed, zip.Length - start));
            var next = !isLater ? start + (long)packed
                : zip.AsSpan(start).IndexOf("PK\x03\x04"u8) is var found and >= 0 ? start + found : zip.Length;
            if (next > zip.Length) return;
            at = (int)next;
        }
    }

    void AddEntry(string name, ushort method, byte[] zip, int start, int length)
    {
        var packed = new MemoryStream(zip, start, length, writable: false);
        if (method == ZipEntry.Stored) Add(name, packed);
        if (method != ZipEntry.Deflated) return;
        using var plain = new DeflateStream(packed, CompressionMode.Decompress);
        try { Add(name, plain); }
        catch (InvalidDataException) { }
    }
}
