namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// Reads an archive's bytes in order through one buffer. Refuses an archive that stops too early as not ended.
/// </summary>
sealed class ArchiveInput(Stream source)
{
    readonly byte[] buffer = new byte[64 * 1024];
    int start;
    int end;
    long filled;

    /// <summary>
    /// Gets the position in the source: the place of the last <see cref="Seek"/>, or 0, plus the bytes handed out
    /// since.
    /// </summary>
    public long Position => filled - (end - start);

    public void Seek(long position)
    {
        source.Position = position;
        (start, end, filled) = (0, 0, position);
    }

    /// <summary>Reads at most as many bytes as fit; returns 0 only at the end.</summary>
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

    /// <summary>Fills all of <paramref name="into"/>, or as much as the source still has.</summary>
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
    /// Returns the next <paramref name="count"/> bytes, or all that are left if there are fewer, without taking them.
    /// Ask for at most a quarter of the buffer.
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
