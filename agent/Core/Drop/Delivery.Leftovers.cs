namespace Difusor.Agent.Drop;

/// <summary>
/// What of a delivery is passed over while it arrives: names that systems and transfer tools leave behind, unless a
/// HASH lists them. Such a file is not read, nobody waits until it is closed, and the verdict names it.
/// </summary>
public sealed partial class Delivery
{
    /// <summary>With more files open than this, none is taken for a forgotten one.</summary>
    const int MostForgotten = 16;

    /// <summary>Paths in the package that a HASH file lists, though their names are those of leftovers.</summary>
    readonly HashSet<string> wanted = new(StringComparer.Ordinal);

    bool lacksListed;

    /// <summary>
    /// Returns whether the file at a path is passed over. A path that no package may have is not: it is refused.
    /// </summary>
    public bool PassesOver(RawPath path)
    {
        if (IsArchive || !path.IsIn(Root) || !leftovers.Has(Below(path)) || At(path) is not null) return false;
        return new RawPath(Below(path).ToString()).Read(limits.Paths).Path is { } name
            && !wanted.Contains(name.Value) && !fulfilment.States(name);
    }

    /// <summary>Returns whether the file is passed over where no HASH lists it.</summary>
    internal bool IsPassedOverByName(DeliveredFile file, FileKind kind) =>
        kind == FileKind.Regular && !IsArchive && file.Name is not null && leftovers.Has(file.Below.Bytes);

    /// <summary>Takes paths in the package that some HASH file lists: they are files like any other.</summary>
    public void Want(IEnumerable<string> paths) => wanted.UnionWith(paths);

    /// <summary>
    /// Returns, once, whether a HASH file that has come lists files that were passed over: a look finds them.
    /// </summary>
    public bool TakeLacksListed()
    {
        var lacks = lacksListed;
        lacksListed = false;
        return lacks;
    }

    /// <summary>
    /// Passes over files that are still open, though the delivery is quiet, and whose names are working names of files
    /// that are here: their senders have gone, and the server has not noticed it yet.
    /// </summary>
    void PassOverForgotten()
    {
        if (open > MostForgotten) return;
        foreach (var file in files.Values.Where(file => file.IsOpen).ToList())
            if (!file.Below.IsRoot && WorkingName.IsOf(file.Below.Bytes, IsHere))
                Update(file, () => (file.IsPassedOver, file.IsOpen, file.IsStale) = (true, false, false));
    }

    bool IsHere(ReadOnlySpan<char> below) =>
        bySpan.TryGetValue(below, out var file) && file is { Entry: not null, IsOpen: false };
}
