namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// Feeds a member's compressed bytes to a decompressor that takes more than it needs and does not say how much. A
/// member may end at any byte that is followed, one trailer's length later, by the next member, by the end of the file
/// or by the zeros there. Each such byte is handed out alone. So a member either ends exactly at such a byte, or
/// something else follows it and is refused.
/// </summary>
/// <param name="filled">Where the zeros at the file's end begin; the file's length if there are none.</param>
sealed class GzipFeed(ArchiveInput input, long filled) : ReadOnlyStream
{
    const int Trailer = 8;
    const int Chunk = 8 * 1024;

    /// <summary>The last byte of a member, its trailer, and the magic number of the next member.</summary>
    const int Ahead = 1 + Trailer + 3;

    int last;

    /// <summary>Gets whether the file ended while the decompressor wanted more.</summary>
    public bool Ended { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        // The trailer may end in zeros of its own, so the last member may end before the file's zeros seem to begin.
        var safe = (int)Math.Clamp(filled - Ahead - input.Position, 1, Chunk);
        var next = input.Peek(Chunk + Ahead);
        if (next.Length > 1 + Trailer
            && next[(1 + Trailer)..].IndexOf((ReadOnlySpan<byte>)[0x1f, 0x8b, 8]) is var end and >= 0)
            safe = Math.Min(safe, Math.Max(end, 1));
        last = input.Read(buffer[..Math.Min(buffer.Length, safe)]);
        Ended = last == 0;
        return last;
    }

    /// <summary>Continues after the trailer, which must be equal to this one.</summary>
    public void End(ReadOnlySpan<byte> trailer)
    {
        if (last != 1) throw ArchiveRefused.Bad("bytes follow the end of the gzip data, or they are damaged");
        Span<byte> found = stackalloc byte[Trailer];
        input.ReadExactly(found);
        if (!found.SequenceEqual(trailer)) throw ArchiveRefused.Bad("the gzip data do not match their CRC-32 or size");
    }
}
