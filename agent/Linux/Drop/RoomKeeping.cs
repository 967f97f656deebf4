using Difusor.Agent.Packages;
using Difusor.Agent.Packages.Archives;
using Difusor.Agent.Verification;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux;

/// <summary>What an archive is unpacked into, while there is room: the free space is looked at every 16 MiB, and not after.</summary>
/// <param name="leastFree">Bytes that are to stay free: <c>limits.min_free</c>.</param>
/// <param name="slice">Whose turn it is: asked at each step, so that a slow archive ends when its time is up.</param>
sealed class RoomKeeping(IPackageSink inner, Func<long> free, long leastFree, Slice? slice = null) : IPackageSink
{
    const long Step = 16 << 20;

    /// <summary>A file of no bytes takes room too.</summary>
    const long EachFile = 4096;

    long sinceLook;

    /// <exception cref="SystemFault">ENOSPC: there is less room than is to stay.</exception>
    /// <exception cref="SliceOver">Its time is up.</exception>
    public ContentEntry Place(RelativePath path, Stream source)
    {
        Take(EachFile, path);
        using var watched = new Watched(this, path, source);
        return inner.Place(path, watched);
    }

    public void Unwrap(string folder) => inner.Unwrap(folder);

    void Take(long bytes, RelativePath path)
    {
        slice?.Check();
        if ((sinceLook += bytes) < Step) return;
        sinceLook = 0;
        if (free() < leastFree) throw new SystemFault("write", path.Value, Errno.ENOSPC);
    }

    sealed class Watched(RoomKeeping room, RelativePath path, Stream source) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer)
        {
            var read = source.Read(buffer);
            room.Take(read, path);
            return read;
        }
    }
}
