using System.IO.Compression;
using System.IO.Hashing;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// The contents of a gzip file: one or more members (RFC 1952), each with the right CRC-32 and size, and nothing but
/// zeros after the last. Enforces <c>compression_ratio</c> while inflating; the tar reader enforces the other limits.
/// </summary>
/// <param name="filled">Where the zeros at the file's end begin; the file's length if there are none.</param>
sealed class GzipMembers(ArchiveInput input, long filled, LimitSettings limits) : ReadOnlyStream
{
    const int TrailerSize = 8;
    const int MostHeaderText = 64 * 1024;

    readonly Crc32 sum = new();
    GzipFeed? feed;
    DeflateStream? member;
    int members;
    long total;
    uint size;

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (true)
        {
            if (member is null && !OpenMember()) return 0;
            int read;
            try { read = member!.Read(buffer); }
            catch (InvalidDataException) { throw ArchiveRefused.Bad("the gzip data are damaged"); }
            if (read == 0)
            {
                EndMember();
                continue;
            }
            sum.Append(buffer[..read]);
            size += (uint)read;
            total += read;
            Allowance.Ratio(total, filled, limits);
            return read;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            member?.Dispose();
            feed?.Dispose();
        }
        base.Dispose(disposing);
    }

    bool OpenMember()
    {
        if (!ReadHeader()) return false;
        if (++members > limits.Files) throw ArchiveRefused.Bad($"more than {limits.Files} gzip members");
        feed = new GzipFeed(input, filled);
        member = new DeflateStream(feed, CompressionMode.Decompress, leaveOpen: true);
        sum.Reset();
        size = 0;
        return true;
    }

    /// <returns>False after the last member, where nothing is left but zeros.</returns>
    bool ReadHeader()
    {
        if (members > 0 && input.Position >= filled) return false;
        Span<byte> header = stackalloc byte[10];
        var read = input.ReadUpTo(header);
        var magic = header[..Math.Min(read, 3)];
        if (!((ReadOnlySpan<byte>)[0x1f, 0x8b, 8]).StartsWith(magic))
            throw ArchiveRefused.Bad(members == 0 ? "not a gzip file" : "bytes follow the end of the gzip data");
        if (read < header.Length) throw ArchiveRefused.NoEnd();
        var flags = header[3];
        if ((flags & 0xE0) != 0) throw ArchiveRefused.Bad("a gzip header with reserved flags");
        var headerSum = new Crc32();
        headerSum.Append(header);
        Span<byte> two = stackalloc byte[2];
        if ((flags & 4) != 0)
        {
            input.ReadExactly(two);
            headerSum.Append(two);
            var extra = new byte[ReadUInt16LittleEndian(two)];
            input.ReadExactly(extra);
            headerSum.Append(extra);
        }
        if ((flags & 8) != 0) ReadText(headerSum);
        if ((flags & 16) != 0) ReadText(headerSum);
        if ((flags & 2) == 0) return true;
        input.ReadExactly(two);
        if (ReadUInt16LittleEndian(two) != (ushort)headerSum.GetCurrentHashAsUInt32())
            throw ArchiveRefused.Bad("a gzip header that does not match its CRC");
        return true;
    }

    /// <summary>Reads a name or a comment, up to its NUL.</summary>
    void ReadText(Crc32 headerSum)
    {
        Span<byte> one = stackalloc byte[1];
        for (var i = 0; i < MostHeaderText; i++)
        {
            input.ReadExactly(one);
            headerSum.Append(one);
            if (one[0] == 0) return;
        }
        throw ArchiveRefused.Bad("a gzip header without an end");
    }

    void EndMember()
    {
        if (feed!.Ended) throw ArchiveRefused.NoEnd();
        Span<byte> trailer = stackalloc byte[TrailerSize];
        WriteUInt32LittleEndian(trailer, sum.GetCurrentHashAsUInt32());
        WriteUInt32LittleEndian(trailer[4..], size);
        feed.End(trailer);
        member!.Dispose();
        feed.Dispose();
        (member, feed) = (null, null);
    }
}
