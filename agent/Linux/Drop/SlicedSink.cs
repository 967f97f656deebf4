using Difusor.Agent.Packages.Archives;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Takes an archive's files as long as its turn lasts, so that others can come in between while a slow archive is read.
/// </summary>
sealed class SlicedSink(IPackageSink inner, Slice slice) : IPackageSink
{
    /// <exception cref="SliceOver">Its time is up.</exception>
    public ContentEntry Place(RelativePath path, Stream source)
    {
        slice.Check();
        using var watched = new Watched(slice, source);
        return inner.Place(path, watched);
    }

    public void Unwrap(string folder) => inner.Unwrap(folder);

    sealed class Watched(Slice slice, Stream source) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer)
        {
            slice.Check();
            return source.Read(buffer);
        }
    }
}
