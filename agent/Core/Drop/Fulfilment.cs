namespace Difusor.Agent.Drop;

/// <summary>
/// Counts, while files arrive, how far the manifests at a package's top are fulfilled. Each file costs one look-up,
/// whatever the size of the package. It only says when a verdict is worth making; the verifier makes the verdict.
/// </summary>
/// <param name="mostFiles"><c>limits.files</c>. All manifests together keep at most twice as many paths; one that
/// states more is never fulfilled.</param>
public sealed class Fulfilment(int mostFiles)
{
    /// <summary>
    /// An honest package has one or two manifests at its top; if there are many more, none of them covers everything.
    /// </summary>
    const int MostManifests = 16;

    readonly Dictionary<ulong, Mark> files = [];
    readonly Dictionary<string, Manifest> manifests = new(StringComparer.Ordinal);
    int plainFiles;

    /// <summary>Gets how many paths are kept: those of files, and those that manifests state.</summary>
    internal int Paths => files.Count + manifests.Values.Sum(manifest => manifest.Stated.Count);

    /// <summary>Returns the most paths that all manifests together may keep.</summary>
    public static int MostStated(int mostFiles) => (int)Math.Min(2L * mostFiles, 4_000_000);

    /// <summary>
    /// Gets whether one manifest at the top covers every file, and everything that it lists exists and matches. Only a
    /// SHA-256 is compared: other digests count as matching.
    /// </summary>
    public bool LooksWhole
    {
        get
        {
            foreach (var manifest in manifests.Values)
                if (manifest.Matching == manifest.Listed && manifest.PlainMatching == manifest.PlainListed
                    && plainFiles == manifest.PlainListed && plainFiles > 0)
                    return true;
            return false;
        }
    }

    /// <summary>
    /// Records that a file is staged, or staged again. A HASH file at the top comes with its manifest: what it states,
    /// or null if it states nothing about the whole package.
    /// </summary>
    public void Place(ContentEntry entry, Manifest? manifest)
    {
        Remove(entry.Path);
        var (key, mark) = (PathKey.Of(entry.Path), Mark.Of(entry.Sha256.Bytes, Cover.Needs(entry.Path.Value)));
        if (files.TryAdd(key, mark)) Count(key, mark, 1);
        if (manifest is not null && entry.Path.Folder.Length == 0) Use(entry.Path.Value, manifest);
    }

    public void Remove(RelativePath path)
    {
        manifests.Remove(path.Value);
        var key = PathKey.Of(path);
        if (files.Remove(key, out var mark)) Count(key, mark, -1);
    }

    /// <summary>Returns whether a manifest at the top states the path.</summary>
    public bool States(RelativePath path)
    {
        var key = PathKey.Of(path);
        foreach (var manifest in manifests.Values)
            if (manifest.Stated.ContainsKey(key)) return true;
        return false;
    }

    void Use(string path, Manifest manifest)
    {
        if (manifests.Count == MostManifests
            || manifests.Values.Sum(one => one.Stated.Count) + manifest.Stated.Count > MostStated(mostFiles)) return;
        manifests.Add(path, manifest);
        foreach (var (key, stated) in manifest.Stated)
            if (files.TryGetValue(key, out var file)) Count(manifest, stated, file, 1);
    }

    void Count(ulong key, Mark file, int step)
    {
        if (file.IsPlain) plainFiles += step;
        foreach (var manifest in manifests.Values)
            if (manifest.Stated.TryGetValue(key, out var stated)) Count(manifest, stated, file, step);
    }

    static void Count(Manifest manifest, Mark stated, Mark file, int step)
    {
        if (!stated.Matches(file)) return;
        manifest.Matching += step;
        if (stated.IsPlain) manifest.PlainMatching += step;
    }
}
