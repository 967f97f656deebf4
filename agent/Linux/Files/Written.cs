using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Files;

/// <summary>
/// A stream that writes one of the agent's own files from beginning to end. If the system refuses, it throws a
/// <see cref="SystemFault"/>.
/// </summary>
sealed class Written(SafeFileHandle file, string subject) : Stream
{
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer) => DurableFile.WriteAll(file, buffer, subject);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
