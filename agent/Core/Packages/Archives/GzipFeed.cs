namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// Hands a member's compressed bytes to a decompressor that takes more than it needs and does not say how much.
/// Wherever a member may end, which is where a trailer's length further on the next one begins or the file ends, the
/// last byte goes out alone. So a member either ends at such a byte, exactly, or what follows it is neither.
/// </summary>
sealed class GzipFeed(ArchiveInput input) : ReadOnlyStream
{
    const int Trailer = 8;
    const int Chunk = 8 * 1024;

    /// <summary>The last byte of a member, its trailer, and the next one's magic number.</summary>
    const int Ahead = 1 + Trailer + 3;

    int last;

    /// <summary>The file ended, and the decompressor wanted more.</summary>
    public bool Ended { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        var next = input.Peek(Chunk + Ahead);
        var safe = next.Length - Ahead;
        if (next.Length > 1 + Trailer
            && next[(1 + Trailer)..].IndexOf((ReadOnlySpan<byte>)[0x1f, 0x8b, 8]) is var end and >= 0)
            safe = Math.Min(safe, end);
        last = input.Read(buffer[..Math.Min(buffer.Length, Math.Max(safe, 1))]);
        Ended = last == 0;
        return last;
    }

    /// <summary>Goes on behind the trailer, which must be this one.</summary>
    public void End(ReadOnlySpan<byte> trailer)
    {
        if (last != 1) throw ArchiveRefused.Bad("bytes follow the end of the gzip data, or they are damaged");
        Span<byte> found = stackalloc byte[Trailer];
        input.ReadExactly(found);
        if (!found.SequenceEqual(trailer)) throw ArchiveRefused.Bad("the gzip data do not match their CRC-32 or size");
    }
}
