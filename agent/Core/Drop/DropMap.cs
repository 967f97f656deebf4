using Difusor.Agent.Configuration;

namespace Difusor.Agent.Drop;

/// <summary>The kinds of entries of the drop.</summary>
public enum DropPart
{
    /// <summary>No delivery: a sender's preparation, litter or a leftover at the top, or a loose file.</summary>
    Nothing,
    /// <summary>The file is an archive: a delivery of its own.</summary>
    Archive,
    /// <summary>The file lies in the folder of a delivery. It may be litter or a leftover there.</summary>
    Inside,
    /// <summary>A HASH file beside archives.</summary>
    BesideArchives,
    /// <summary>
    /// A link, a FIFO, a socket or a device where a package is expected: a delivery that can only be refused.
    /// </summary>
    NoPackage,
}

/// <summary>Says which delivery an entry belongs to, by the layout of the drop (contract, section 6).</summary>
public static class DropMap
{
    /// <summary>
    /// Returns the part of the file at <paramref name="path"/>, and the path of its delivery: the root for a tree.
    /// </summary>
    /// <param name="kind">The kind of file; regular if only a hint has told about it. Folders themselves have no
    /// part.</param>
    public static (DropPart Part, RawPath Delivery) Of(
        DropSettings drop, RawPath path, FileKind kind = FileKind.Regular)
    {
        var top = path.Top;
        if (drop.Layout == DropLayout.Tree)
            return top.Bytes[0] == '.' ? (DropPart.Nothing, default) : (DropPart.Inside, RawPath.Root);
        if (IsPassedOver(drop, top)) return (DropPart.Nothing, default);
        if (path != top) return (DropPart.Inside, top);
        if (kind != FileKind.Regular) return (DropPart.NoPackage, top);
        if (PackageName.Read(top.Bytes).Form != PackageForm.Folder) return (DropPart.Archive, top);
        return HashFileName.Is(top.Bytes) ? (DropPart.BesideArchives, top) : (DropPart.Nothing, default);
    }

    /// <summary>
    /// Returns whether a file of a delivery is passed over by its name where no HASH lists it. What is no regular file,
    /// and a path that no package may have, is refused all the same.
    /// </summary>
    public static bool IsLeftover(Settings settings, RawPath root, RawPath path, FileKind kind = FileKind.Regular) =>
        kind == FileKind.Regular && path != root && path.Below(root) is var below
            && settings.Drop.Leftovers.Has(below.Bytes) && below.Read(settings.Limits.Paths).Path is not null;

    /// <summary>Returns whether an entry at the top is no delivery because of its name, whatever it is.</summary>
    public static bool IsPassedOver(DropSettings drop, RawPath top) =>
        top.Bytes[0] == '.' || drop.Leftovers.IsEntry(top.Bytes);
}
