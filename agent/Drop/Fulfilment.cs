using System.Runtime.CompilerServices;
using System.Text;
using Difusor.Agent.Packages;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Drop;

/// <summary>
/// Counts, while files arrive, how far the manifests at a package's top are fulfilled: a file costs a look-up, whatever the package's
/// size. It only says when a verdict is worth making; the verdict itself is the verifier's.
/// </summary>
/// <param name="mostFiles"><c>limits.files</c>: a manifest that states twice as many more is never fulfilled, and not kept whole.</param>
public sealed class Fulfilment(int mostFiles)
{
    readonly Dictionary<string, Spot> places = new(StringComparer.Ordinal);
    readonly Dictionary<string, Manifest> manifests = new(StringComparer.Ordinal);
    int plainFiles;

    /// <summary>How many paths are kept: those of files, and those that are only stated.</summary>
    internal int Paths => places.Count;

    /// <summary>
    /// One manifest at the top covers every file, and all that it lists is there and matches (as far as a SHA-256 tells: other digests
    /// count as matching).
    /// </summary>
    public bool LooksWhole
    {
        get
        {
            foreach (var manifest in manifests.Values)
                if (manifest.IsFulfilled(plainFiles)) return true;
            return false;
        }
    }

    /// <summary>A file is staged, or staged anew; for a HASH file at the top with what it says (null where it says nothing that can be read).</summary>
    public void Place(ContentEntry entry, HashFile? hash)
    {
        Remove(entry.Path);
        if (!places.TryGetValue(entry.Path.Value, out var place)) places.Add(entry.Path.Value, place = new Spot(!HashFileName.Is(entry.Path.Value)));
        place.File = entry;
        if (place.IsPlain) plainFiles++;
        for (var one = place.Stated; one is not null; one = one.Next) one.Count(place, 1);
        if (hash is not null && entry.Path.Folder.Length == 0 && IsManifest(hash)) Use(hash);
    }

    public void Remove(RelativePath path)
    {
        if (manifests.Remove(path.Value, out var manifest)) Forget(manifest);
        if (!places.TryGetValue(path.Value, out var place) || place.File is null) return;
        for (var one = place.Stated; one is not null; one = one.Next) one.Count(place, -1);
        if (place.IsPlain) plainFiles--;
        place.File = null;
        if (place.Stated is null) places.Remove(path.Value);
    }

    /// <summary>
    /// A listing, and not the sidecar of one file: after its first file a package of sidecars would seem whole.
    /// </summary>
    static bool IsManifest(HashFile hash) => hash.Count > 1 || (hash.Count == 1 && HashFileName.SidecarTarget(hash.Path.Value) is null);

    /// <summary>Mostly the files are there already, so that a line costs a look-up and makes no string.</summary>
    [SkipLocalsInit]
    void Use(HashFile hash)
    {
        var manifest = new Manifest(hash);
        manifests.Add(hash.Path.Value, manifest);
        places.EnsureCapacity((int)Math.Min(hash.Count + 1, 2L * mostFiles));
        var bySpan = places.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> buffer = stackalloc char[4096];
        for (var line = 0; line < hash.Count; line++)
        {
            var name = hash.NameAt(line);
            ReadOnlySpan<char> path = name.Length <= buffer.Length ? buffer[..Encoding.UTF8.GetChars(name, buffer)] : hash.PathAt(line).Value;
            if (path.SequenceEqual(hash.Path.Value)) continue;
            if (!bySpan.TryGetValue(path, out var place))
            {
                if (places.Count >= 2L * mostFiles)
                {
                    manifest.Listed++;
                    continue;
                }
                bySpan[path] = place = new Spot(!HashFileName.Is(path));
            }
            var isSha256 = hash.AlgorithmAt(line) == DigestAlgorithm.Sha256;
            if (place.Stated?.By == manifest)
            {
                // Stated twice: the SHA-256 is the one that can be compared.
                if (!isSha256) continue;
                place.Stated.Count(place, -1);
                place.Stated.Line = line;
            }
            else
            {
                place.Stated = new Statement(manifest, isSha256 ? line : Statement.Incomparable, place.Stated);
                manifest.Listed++;
                if (place.IsPlain) manifest.PlainListed++;
            }
            place.Stated.Count(place, 1);
        }
    }

    void Forget(Manifest manifest)
    {
        foreach (var (path, place) in places)
        {
            Statement? kept = null;
            for (var one = place.Stated; one is not null; one = one.Next)
                if (one.By != manifest) kept = new Statement(one.By, one.Line, kept);
            place.Stated = kept;
            if (kept is null && place.File is null) places.Remove(path);
        }
    }

    /// <summary>A path at which a file lies, or one is stated.</summary>
    sealed class Spot(bool isPlain)
    {
        /// <summary>It is no HASH file's.</summary>
        public bool IsPlain { get; } = isPlain;
        public ContentEntry? File { get; set; }
        public Statement? Stated { get; set; }
    }

    /// <summary>What one manifest states of a path.</summary>
    sealed class Statement(Manifest by, int line, Statement? next)
    {
        /// <summary>In place of a line: the digest is no SHA-256.</summary>
        internal const int Incomparable = -1;

        public Manifest By { get; } = by;
        public int Line { get; set; } = line;
        public Statement? Next { get; } = next;

        public void Count(Spot place, int step)
        {
            if (place.File is not { } file || !Matches(file)) return;
            By.Matching += step;
            if (place.IsPlain) By.PlainMatching += step;
        }

        bool Matches(ContentEntry file) =>
            Line == Incomparable || By.Hash.DigestAt(Line, stackalloc byte[HashFile.LongestDigest]).SequenceEqual(file.Sha256.Bytes);
    }

    /// <summary>A manifest, and how many of its paths are there with the right digest.</summary>
    sealed class Manifest(HashFile hash)
    {
        public HashFile Hash { get; } = hash;
        public int Listed { get; set; }
        public int PlainListed { get; set; }
        public int Matching { get; set; }
        public int PlainMatching { get; set; }

        public bool IsFulfilled(int plainFiles) => Matching == Listed && PlainMatching == PlainListed && plainFiles == PlainListed && PlainListed > 0;
    }
}
