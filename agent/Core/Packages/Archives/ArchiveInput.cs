namespace Difusor.Agent.Packages.Archives;

/// <summary>An archive's bytes in order, through one buffer. What ends too early is refused as not ended.</summary>
sealed class ArchiveInput(Stream source)
{
    readonly byte[] buffer = new byte[64 * 1024];
    int start;
    int end;
    long filled;

    /// <summary>Bytes handed out since the beginning, or since the place of the last <see cref="Seek"/>.</summary>
    public long Position => filled - (end - start);

    public void Seek(long position)
    {
        source.Position = position;
        (start, end, filled) = (0, 0, position);
    }

    /// <summary>Up to as many bytes as fit; 0 only at the end.</summary>
    public int Read(Span<byte> into)
    {
        if (into.IsEmpty) return 0;
        if (start == end)
        {
            if (into.Length >= buffer.Length)
            {
                var direct = source.Read(into);
                filled += direct;
                return direct;
            }
            if (!Fill()) return 0;
        }
        var count = Math.Min(into.Length, end - start);
        buffer.AsSpan(start, count).CopyTo(into);
        start += count;
        return count;
    }

    /// <summary>Fills all of <paramref name="into"/>, or as much as there is.</summary>
    public int ReadUpTo(Span<byte> into)
    {
        var count = 0;
        while (count < into.Length && Read(into[count..]) is var read and > 0) count += read;
        return count;
    }

    public void ReadExactly(Span<byte> into, string? path = null)
    {
        if (ReadUpTo(into) < into.Length) throw ArchiveRefused.NoEnd(path);
    }

    public void Skip(long count, string? path = null)
    {
        while (count > 0)
        {
            if (start == end && !Fill()) throw ArchiveRefused.NoEnd(path);
            var step = (int)Math.Min(count, end - start);
            start += step;
            count -= step;
        }
    }

    /// <summary>
    /// The next bytes, without taking them: so many, or all that there are; at most a quarter of the buffer.
    /// </summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (end - start < count)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            while (end < count && source.Read(buffer.AsSpan(end)) is var read and > 0)
            {
                end += read;
                filled += read;
            }
        }
        return buffer.AsSpan(start, Math.Min(count, end - start));
    }

    bool Fill()
    {
        (start, end) = (0, source.Read(buffer));
        filled += end;
        return end > 0;
    }
}
