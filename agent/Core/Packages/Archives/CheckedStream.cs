using System.IO.Compression;
using System.IO.Hashing;

namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// A zip entry's contents: exactly as many bytes as its headers state, with their CRC, from exactly as many packed
/// bytes as they state. All of that is checked before the reader gets the last bytes.
/// </summary>
sealed class CheckedStream(BoundedStream packed, bool deflated, long size, uint crc, string path) : ReadOnlyStream
{
    readonly Stream plain = deflated ? new DeflateStream(packed, CompressionMode.Decompress, leaveOpen: true) : packed;
    readonly Crc32 sum = new();
    readonly bool hollow = size == 0;
    long left = size;
    bool finished;

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || finished) return 0;
        if (left == 0)
        {
            Check();
            return 0;
        }
        if (buffer.Length > left) buffer = buffer[..(int)left];
        var read = Inflate(buffer);
        if (read == 0) throw ArchiveRefused.Bad("the contents are shorter than stated, or cut off", path);
        left -= read;
        sum.Append(buffer[..read]);
        if (left == 0) Check();
        return read;
    }

    /// <summary>Reads what has not been read yet, so that the archive's next entry follows.</summary>
    public void Finish()
    {
        if (finished) return;
        var scratch = new byte[16 * 1024];
        while (Read(scratch) > 0) { }
    }

    void Check()
    {
        finished = true;
        Span<byte> beyond = stackalloc byte[1];
        if (Inflate(beyond) > 0) throw ArchiveRefused.Bad("the contents are longer than stated", path);
        if (deflated && packed.Overdrawn && !hollow)
            throw ArchiveRefused.Bad("the compressed contents are cut off", path);
        if (packed.Left > 0) throw ArchiveRefused.Bad("bytes follow the compressed contents", path);
        if (sum.GetCurrentHashAsUInt32() != crc)
            throw ArchiveRefused.Bad("the contents do not match their CRC-32", path);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && deflated) plain.Dispose();
        base.Dispose(disposing);
    }

    int Inflate(Span<byte> into)
    {
        try { return plain.Read(into); }
        catch (InvalidDataException) { throw ArchiveRefused.Bad("the compressed contents are damaged", path); }
    }
}
