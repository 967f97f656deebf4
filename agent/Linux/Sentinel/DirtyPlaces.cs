using System.Collections.Immutable;
using System.Text;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>Where the watch has to look: what the kernel has named since the last look. One thread's own.</summary>
sealed class DirtyPlaces
{
    /// <summary>Of a whole tree so much is read before somebody listens to what has happened meanwhile.</summary>
    const int PieceFiles = 256;
    const long PieceBytes = 16 << 20;

    readonly HashSet<Place> places = [];
    readonly TreeLook look = new();
    long pieceBytes;
    int pieceFiles;
    bool isBetween;

    /// <summary>A folder of a tree was moved or made: it is another inode now.</summary>
    public Action<ExpectedRoot, SealedTree, SafeFolder, byte[]> FolderCame { private get; init; } = (_, _, _, _) => { };

    /// <summary>A tree is being read that may take long, for its sender decides how large it is: called between its
    /// files.</summary>
    public Action Meanwhile { private get; init; } = () => { };

    public bool IsEmpty => places.Count == 0;

    /// <param name="path">Below the release's tree, raw bytes; empty: its own folder.</param>
    /// <param name="whole">It and all beneath it.</param>
    public void Mark(Root root, ReleaseId release, byte[] path, bool whole) =>
        places.Add(new Place(root, release, Encoding.Latin1.GetString(path), whole));

    /// <summary>All of each tree.</summary>
    public void MarkAll(ExpectedRoot root)
    {
        foreach (var id in root.Trees.Keys) Mark(root.Root, id, [], whole: true);
    }

    /// <summary>
    /// Looks at what is noted of one tree, what readers get first, and forgets it. What many releases share is read
    /// once until <see cref="IsEmpty"/>.
    /// </summary>
    public ImmutableArray<Alteration> LookAtOne(Expectation expected)
    {
        var found = LookAtFirst(expected, places);
        if (IsEmpty) look.End();
        return found;
    }

    /// <summary>The same of single places alone: what the kernel has named is found, though a whole tree is being
    /// read.</summary>
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
    /// Releases share the inodes of unchanged files: what was written into one is in the others, too.
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
