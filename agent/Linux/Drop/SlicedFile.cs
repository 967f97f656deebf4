using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux;

/// <summary>
/// An archive's own bytes, read while its slice of time lasts. Nothing of an archive whose entries are all refused is
/// ever placed, so what is placed cannot be the only thing that asks.
/// </summary>
sealed class SlicedFile(SafeFileHandle file, Slice? slice) : FileStream(file, FileAccess.Read, bufferSize: 0)
{
    /// <exception cref="SliceOver">Its time is up.</exception>
    public override int Read(Span<byte> buffer)
    {
        slice?.Check();
        return base.Read(buffer);
    }

    /// <exception cref="SliceOver">Its time is up.</exception>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
}
