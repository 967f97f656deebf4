using Difusor.Agent.Configuration;

namespace Difusor.Agent.Drop;

/// <summary>The kinds of entries of the drop.</summary>
public enum DropPart
{
    /// <summary>Ignored: a sender's preparation, a transfer's leftover, or a loose file.</summary>
    Nothing,
    /// <summary>The file is an archive: a delivery of its own.</summary>
    Archive,
    /// <summary>The file lies in the folder of a delivery.</summary>
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
        DropLayout layout, RawPath path, FileKind kind = FileKind.Regular)
    {
        var top = path.Top;
        if (top.Bytes[0] == '.') return (DropPart.Nothing, default);
        if (Leftovers.Contains(path.Bytes)) return (DropPart.Nothing, default);
        if (layout == DropLayout.Tree) return (DropPart.Inside, RawPath.Root);
        if (path != top) return (DropPart.Inside, top);
        if (kind != FileKind.Regular) return (DropPart.NoPackage, top);
        if (PackageName.Read(top.Bytes).Form != PackageForm.Folder) return (DropPart.Archive, top);
        return HashFileName.Is(top.Bytes) ? (DropPart.BesideArchives, top) : (DropPart.Nothing, default);
    }
}
