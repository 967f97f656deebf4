namespace Difusor.Agent.Packages.Archives;

/// <summary>The common part of an archive's streams: they are read once, forward only.</summary>
abstract class ReadOnlyStream : Stream
{
    public abstract override int Read(Span<byte> buffer);
    public sealed override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public sealed override bool CanRead => true;
    public sealed override bool CanSeek => false;
    public sealed override bool CanWrite => false;
    public sealed override long Length => throw new NotSupportedException();
    public sealed override long Position { get => throw new NotSupportedException();
    set => throw new NotSupportedException(); }
    public sealed override void Flush() { }
    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public sealed override void SetLength(long value) => throw new NotSupportedException();
    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>
/// The next <paramref name="length"/> bytes of an archive. The last byte is handed out alone: if a decompressor
/// finishes without asking for it, bytes follow the compressed data.
/// </summary>
sealed class BoundedStream(ArchiveInput input, long length, string path) : ReadOnlyStream
{
    public long Left { get; private set; } = length;

    /// <summary>
    /// Gets whether more was asked for than there is. A decompressor that asks for more has not reached its own end.
    /// </summary>
    public bool Overdrawn { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        if (Left == 0)
        {
            Overdrawn = true;
            return 0;
        }
        if (Left > 1 && Left - 1 < buffer.Length) buffer = buffer[..(int)(Left - 1)];
        else if (Left == 1) buffer = buffer[..1];
        var read = input.Read(buffer);
        if (read == 0) throw ArchiveRefused.NoEnd(path);
        Left -= read;
        return read;
    }
}
