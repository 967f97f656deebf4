using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Reads an archive's bytes as long as its turn lasts, and does not close the file. <see cref="SlicedSink"/> checks the
/// turn too, but it is never called for an archive whose entries are all refused.
/// </summary>
sealed class SlicedFile(SafeFileHandle file, Slice? slice) : Stream
{
    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => RandomAccess.GetLength(file);
    public override long Position { get; set; }

    /// <exception cref="SliceOver">Its time is up.</exception>
    public override int Read(Span<byte> buffer)
    {
        slice?.Check();
        var count = RandomAccess.Read(file, buffer, Position);
        Position += count;
        return count;
    }

    /// <exception cref="SliceOver">Its time is up.</exception>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => Position,
        _ => Length,
    };

    public override void Flush() { }
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
