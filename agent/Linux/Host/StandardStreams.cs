namespace Difusor.Agent.Linux.Host;

/// <summary>
/// This process's own output. .NET's console would switch a terminal to its application mode and leave it there, and it
/// silently drops what is written to a pipe that nobody reads any more.
/// </summary>
static unsafe class StandardStreams
{
    const int OutputDescriptor = 1, ErrorDescriptor = 2;

    public static TextWriter Output { get; } = Writer(OutputDescriptor, "standard output");
    public static TextWriter Errors { get; } = TextWriter.Synchronized(Writer(ErrorDescriptor, "standard error"));

    /// <summary>
    /// Gets the columns of the terminal on standard output; null if there is none, or it does not say.
    /// </summary>
    public static int? Columns =>
        Native.ioctl(OutputDescriptor, Native.WindowSizeOf, out var size) == 0 && size.Columns > 0 ? size.Columns
            : null;

    /// <summary>Gets whether standard output is a pipe that nobody reads any more.</summary>
    public static bool IsUnread
    {
        get
        {
            var entry = new Native.PollEntry { Descriptor = OutputDescriptor };
            return Native.poll(&entry, 1, 0) > 0 && (entry.Returned & Native.PollError) != 0;
        }
    }

    static StreamWriter Writer(int descriptor, string name) =>
        new(new Outgoing(descriptor, name), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))
        {
            AutoFlush = true,
        };

    /// <summary>
    /// Writes at the position of the descriptor, which other programs may share: a FileStream would keep its own
    /// position.
    /// </summary>
    sealed class Outgoing(int descriptor, string name) : Stream
    {
        const int WithoutEnd = -1;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (!buffer.IsEmpty)
            {
                nint written;
                fixed (byte* start = buffer) written = Native.write(descriptor, start, buffer.Length);
                if (written >= 0) buffer = buffer[(int)written..];
                else if (SystemFault.LastErrno == Errno.EAGAIN)
                {
                    // Somebody has made it non-blocking, who has it too.
                    var entry = new Native.PollEntry { Descriptor = descriptor, Events = Native.PollOut };
                    _ = Native.poll(&entry, 1, WithoutEnd);
                }
                else if (SystemFault.LastErrno != Errno.EINTR) throw SystemFault.Last("write", name);
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
