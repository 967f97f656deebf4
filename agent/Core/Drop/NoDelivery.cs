using Difusor.Agent.Events;

namespace Difusor.Agent.Drop;

/// <summary>
/// Says why an entry at the top of a drop of packages is no delivery (contract, section 6). Names that begin with a dot
/// are the sender's own: they are passed over.
/// </summary>
public static class NoDelivery
{
    /// <summary>
    /// Returns the cause of an entry that <see cref="DropMap"/> gives no part; null: it is passed over.
    /// </summary>
    /// <param name="leftovers"><c>drop.leftovers</c> and the built-in names.</param>
    public static IgnoredCause? OfName(RawPath top, LeftoverNames leftovers)
    {
        if (top.Bytes[0] == '.') return null;
        if (leftovers.IsOfTransfer(top.Bytes)) return IgnoredCause.Unfinished;
        return IsLoose(top.Bytes) ? IgnoredCause.LooseFiles : IgnoredCause.NotAPackage;
    }

    /// <summary>Returns whether the name is a page's, a data file's or a HASH file's.</summary>
    public static bool IsLoose(ReadOnlySpan<char> name) =>
        HtmlName.Is(name) || CorteHeader.IsDataFile(name) || HashFileName.Is(name);

    /// <summary>
    /// Returns whether something of this name in a folder at the top is a package or an archive: it is named like one,
    /// and the folder is not.
    /// </summary>
    /// <param name="isFolder">False for a file, which then must be an archive.</param>
    public static bool IsPackageIn(RawPath folder, RawPath name, bool isFolder) =>
        PackageName.Read(folder.Bytes).Stamp is null
        && PackageName.Read(name.Bytes) is { Stamp: not null } inner && (isFolder || inner.Form != PackageForm.Folder);
}

/// <summary>
/// Decides from the entries of a folder at the top whether it can be a package. It is asked before any file in it is.
/// </summary>
/// <param name="names">The names of litter and leftovers, which show nothing.</param>
public sealed class FolderAtTop(RawPath folder, LeftoverNames names)
{
    /// <summary>How many entries are looked at. A folder that holds only packages has fewer.</summary>
    public const int Most = 1000;

    int packages, leftovers;

    /// <summary>Gets how many entries were looked at.</summary>
    public int Seen { get; private set; }

    /// <summary>Gets whether it may be a package.</summary>
    public bool IsPackage { get; private set; }

    /// <summary>Takes an entry of the folder.</summary>
    /// <returns>False: it is decided.</returns>
    public bool Saw(RawPath name, FileKind kind)
    {
        if (names.IsEntry(name.Bytes)) leftovers++;
        else if (NoDelivery.IsPackageIn(folder, name, kind == FileKind.Folder)) packages++;
        else IsPackage = true;
        IsPackage |= ++Seen >= Most;
        return !IsPackage;
    }

    /// <summary>Gets why it is no delivery; null where it may be one.</summary>
    public IgnoredCause? Cause =>
        IsPackage ? null : packages > 0 || leftovers == 0 ? IgnoredCause.NotAPackage : IgnoredCause.Unfinished;
}
