namespace Difusor.Agent.Tests.Packages;

/// <summary>How a HASH file states a digest.</summary>
enum HashFormat { Coreutils, CoreutilsBinary, Bsd }

/// <summary>
/// Writes HASH files as the tools write them; <see cref="HashFile.Parse(RelativePath, ReadOnlySpan{byte})"/> reads back
/// what it writes.
/// </summary>
static class HashFileWriter
{
    /// <param name="entries">Their names are written as they are: relative to the HASH file's folder, which is the
    /// caller's affair.</param>
    public static byte[] Write(IEnumerable<ManifestEntry> entries, HashFormat format)
    {
        var text = new StringBuilder();
        foreach (var (path, digest) in entries)
            text.Append(format switch
            {
                HashFormat.Coreutils => $"{digest.Hex}  {path}\n",
                HashFormat.CoreutilsBinary => $"{digest.Hex} *{path}\n",
                HashFormat.Bsd => $"{digest.Algorithm.Name().ToUpperInvariant()} ({path}) = {digest.Hex}\n",
            });
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A sidecar: one digest and no name.</summary>
    public static byte[] WriteBare(Digest digest) => Encoding.UTF8.GetBytes(digest.Hex + "\n");
}
