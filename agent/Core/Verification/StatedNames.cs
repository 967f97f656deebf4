using System.Buffers.Binary;
using System.Collections;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Difusor.Agent.Verification;

/// <summary>
/// Paths that HASH files state, each once. There may be a million of them with names of a kilobyte. So a path is kept
/// as the place of its line in a text that is in memory anyway, and a string is made only on request.
/// </summary>
sealed class StatedNames : IReadOnlyCollection<string>
{
    /// <summary>
    /// Stands for the one digest without a name instead of a line; the HASH file's own name tells its file.
    /// </summary>
    internal const int Bare = -1;

    const int LongestPath = 8192;

    readonly List<HashFile> files = [];
    readonly HashSet<(int File, int Line)> names;

    internal StatedNames() => names = new(new ByPath(this));

    public int Count => names.Count;

    internal void Add(HashFile file, int line)
    {
        if (files.Count == 0 || files[^1] != file) files.Add(file);
        names.Add((files.Count - 1, line));
    }

    /// <summary>
    /// Gets each path with the HASH file that stated it first, in the order in which they were added.
    /// </summary>
    internal IEnumerable<(string Path, RelativePath By)> WithFiles =>
        names.Select(name => (PathOf(name), files[name.File].Path));

    public IEnumerator<string> GetEnumerator() => names.Select(PathOf).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    string PathOf((int File, int Line) name)
    {
        var file = files[name.File];
        return name.Line == Bare ? HashFileName.SidecarTarget(file.Path.Value)! : file.PathAt(name.Line).Value;
    }

    [SkipLocalsInit]
    ulong HashOf((int File, int Line) name, ulong seed)
    {
        Span<byte> path = stackalloc byte[LongestPath];
        return XxHash3.HashToUInt64(path[..Write(name, path)], (long)seed);
    }

    [SkipLocalsInit]
    bool Same((int File, int Line) left, (int File, int Line) right)
    {
        if (left.File == right.File && left.Line >= 0 && right.Line >= 0)
            return files[left.File].NameAt(left.Line).SequenceEqual(files[right.File].NameAt(right.Line));
        Span<byte> one = stackalloc byte[LongestPath], other = stackalloc byte[LongestPath];
        return one[..Write(left, one)].SequenceEqual(other[..Write(right, other)]);
    }

    /// <summary>
    /// Writes the whole path as UTF-8. The buffer is large enough: a stated path is never longer than the largest
    /// allowed <c>limits.path_length</c>.
    /// </summary>
    int Write((int File, int Line) name, Span<byte> into)
    {
        var file = files[name.File];
        if (name.Line == Bare) return Encoding.UTF8.GetBytes(HashFileName.SidecarTarget(file.Path.Value)!, into);
        var start = Encoding.UTF8.GetBytes(file.Folder, into);
        if (start > 0) into[start++] = (byte)'/';
        var text = file.NameAt(name.Line);
        text.CopyTo(into[start..]);
        return start + text.Length;
    }

    sealed class ByPath(StatedNames names) : IEqualityComparer<(int File, int Line)>
    {
        readonly ulong seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

        public bool Equals((int File, int Line) x, (int File, int Line) y) => x == y || names.Same(x, y);
        public int GetHashCode((int File, int Line) obj) => (int)names.HashOf(obj, seed);
    }
}
