using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// The places where the watch must look: those that the kernel has reported since the last look. Used by one thread.
/// </summary>
sealed class DirtyPlaces
{
    /// <summary>
    /// While a whole tree is read, <see cref="Meanwhile"/> is called after this many files or <see cref="PieceBytes"/>.
    /// </summary>
    const int PieceFiles = 256;
    const long PieceBytes = 16 << 20;

    readonly HashSet<Place> places = [];
    readonly TreeLook look = new();
    long pieceBytes;
    int pieceFiles;
    bool isBetween;

    /// <summary>Called when a folder of a tree was moved or made: it is a different inode now.</summary>
    public Action<ExpectedRoot, SealedTree, SafeFolder, byte[]> FolderCame { private get; init; } = (_, _, _, _) => { };

    /// <summary>
    /// Called between the files of a tree that is being read. That may take long, because the sender decides how large
    /// a tree is.
    /// </summary>
    public Action Meanwhile { private get; init; } = () => { };

    public bool IsEmpty => places.Count == 0;

    /// <param name="path">Raw bytes below the release's tree; empty for the tree's own folder.</param>
    /// <param name="whole">Whether everything below the path is meant too.</param>
    public void Mark(Root root, ReleaseId release, byte[] path, bool whole) =>
        places.Add(new Place(root, release, Encoding.Latin1.GetString(path), whole));

    /// <summary>Marks all trees of a root completely.</summary>
    public void MarkAll(ExpectedRoot root)
    {
        foreach (var id in root.Trees.Keys) Mark(root.Root, id, [], whole: true);
    }

    /// <summary>
    /// Looks at the marked places of one tree, the live one first, and unmarks them. A file that several releases share
    /// is read once until <see cref="IsEmpty"/>.
    /// </summary>
    public ImmutableArray<Alteration> LookAtOne(Expectation expected)
    {
        var found = LookAtFirst(expected, places);
        if (IsEmpty) look.End();
        return found;
    }

    /// <summary>
    /// Does the same, but only for single places: what the kernel reports is found even while a whole tree is being
    /// read.
    /// </summary>
    public ImmutableArray<Alteration> LookAtSingle(Expectation expected) =>
        LookAtFirst(expected, [.. places.Where(place => !place.Whole)]);

    ImmutableArray<Alteration> LookAtFirst(Expectation expected, IReadOnlyCollection<Place> noted)
    {
        if (noted.Count == 0) return [];
        var first = noted.FirstOrDefault(place => expected.Of(place.Root)?.Live == place.Release, noted.First());
        var here = noted.Where(place => (place.Root, place.Release) == (first.Root, first.Release)).ToList();
        places.ExceptWith(here);
        var found = ImmutableArray.CreateBuilder<Alteration>();
        if (expected.Of(first.Root) is { } root && root.Trees.TryGetValue(first.Release, out var tree))
        {
            var whole = here.Exists(place => place.Whole && place.Path.Length == 0);
            LookAt(root, tree, whole ? [first with { Path = "", Whole = true }] : here, expected, found);
        }
        return found.ToImmutable();
    }

    void Pause(long bytes)
    {
        (pieceFiles, pieceBytes) = (pieceFiles + 1, pieceBytes + bytes);
        if (isBetween || (pieceFiles < PieceFiles && pieceBytes < PieceBytes)) return;
        (pieceFiles, pieceBytes, isBetween) = (0, 0, true);
        try { Meanwhile(); }
        finally { isBetween = false; }
    }

    void LookAt(
        ExpectedRoot root, SealedTree tree, IEnumerable<Place> where, Expectation expected,
        ImmutableArray<Alteration>.Builder found)
    {
        using var folder = TreeLook.Open(root, tree, out _);
        if (folder is null)
        {
            found.AddRange(tree.At("", null));
            return;
        }
        var before = found.Count;
        foreach (var place in where)
        {
            var path = Encoding.Latin1.GetBytes(place.Path);
            found.AddRange(
                place.Whole ? look.Below(tree, folder, path, read: true, Pause) : look.At(tree, folder, path));
            if (place.Whole && path.Length > 0 && tree.Has(Printable.Of(path))) FolderCame(root, tree, folder, path);
        }
        var changed = found.Skip(before).Where(alteration => alteration.Kind == AlterationKind.Changed).ToList();
        if (changed.Count > 0) LookAtTwins(tree, changed, expected, found);
    }

    /// <summary>
    /// Looks at the same files in other releases. Releases share the inodes of unchanged files, so a write into one
    /// file is in the others too.
    /// </summary>
    void LookAtTwins(
        SealedTree tree, List<Alteration> changed, Expectation expected, ImmutableArray<Alteration>.Builder found)
    {
        foreach (var sharing in expected.Roots)
            foreach (var other in sharing.Trees.Values.Where(other => other != tree))
            {
                using var twin = TreeLook.Open(sharing, other, out _);
                if (twin is null) continue;
                foreach (var alteration in changed)
                    if (other.File(alteration.Path) is { } file && file.Sha256 == alteration.Expected)
                        found.AddRange(look.At(other, twin, Encoding.UTF8.GetBytes(alteration.Path)));
            }
    }

    /// <param name="Path">Raw bytes, as Latin-1.</param>
    readonly record struct Place(Root Root, ReleaseId Release, string Path, bool Whole);
}
