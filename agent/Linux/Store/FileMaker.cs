using Difusor.Agent.Drop;
using Difusor.Agent.Publication;
using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Makes files of releases from the vault. The digest of each content is checked again on the way. The store's lock
/// guards it.
/// </summary>
sealed class FileMaker(OpenFolders folders)
{
    /// <summary>
    /// Gets or sets whether the vault has lost a content: the next delivery with the same bytes restores it.
    /// </summary>
    internal bool VaultHasLost { get; set; }

    /// <summary>Creates the folders that a release's files need.</summary>
    internal static void MakeFolders(OwnFolder tree, IEnumerable<ReleaseFile> files)
    {
        foreach (var folder in FoldersOf(files)) tree.MakeFolder(folder, Modes.PublicFolder);
    }

    /// <summary>Returns the folders that a release's files need, each after the one above it.</summary>
    internal static IEnumerable<string> FoldersOf(IEnumerable<ReleaseFile> files) =>
        files.SelectMany(file => Ancestors(file.Path.Folder)).ToHashSet().Order(StringComparer.Ordinal);

    /// <summary>Makes a file from the vault, or else from a tree that has its bytes.</summary>
    /// <exception cref="SystemFault">The disk refuses, or neither has correct bytes.</exception>
    internal void Make(OwnFolder folder, string name, ReleaseFile file, string? tree)
    {
        if (!TryMake(folder, name, file, tree))
            throw new SystemFault("read", $"{folders.Paths.Vault}/{file.Sha256.Hex}", Errno.ENOENT);
    }

    /// <returns>False if neither has correct bytes; then no file is left there.</returns>
    internal bool TryMake(OwnFolder folder, string name, ReleaseFile file, string? tree) =>
        TryMakeFromVault(folder, name, file) || (tree is not null && TryMakeFrom(tree, folder, name, file));

    /// <summary>Places a file of a release into a staged tree, from the vault.</summary>
    /// <returns>False if the vault has lost its content, or has other bytes.</returns>
    internal bool Place(StagingTree tree, ReleaseFile file)
    {
        using var content = folders.Vault.TryOpen(file.Sha256);
        if (content is not null && tree.Place(file.Path, content).Sha256 == file.Sha256) return true;
        VaultHasLost = true;
        return false;
    }

    bool TryMakeFromVault(OwnFolder folder, string name, ReleaseFile file)
    {
        using var content = folders.Vault.TryOpen(file.Sha256);
        if (content is not null && TryMake(folder, name, content, file)) return true;
        VaultHasLost = true;
        return false;
    }

    /// <summary>
    /// Makes a file from a tree if the bytes in the tree are correct. The content then goes back into the vault.
    /// </summary>
    bool TryMakeFrom(string tree, OwnFolder folder, string name, ReleaseFile file)
    {
        try
        {
            using var altered = SafeFolder.Open(tree);
            using var content = altered.TryOpenFile(file.Path, out _);
            if (content is null || SafeFolder.IdentityOf(content, file.Path.Value).Kind != FileKind.Regular
                || !TryMake(folder, name, content, file)) return false;
        }
        catch (SystemFault)
        {
            return false;
        }
        try
        {
            using var proven = folder.TryOpen(name);
            if (proven is not null) folders.Vault.Replace(file.Sha256, proven, file.Size);
        }
        catch (SystemFault)
        {
            // Only the tree is needed now; the next delivery puts the content back into the vault.
        }
        return true;
    }

    /// <returns>False if <paramref name="content"/> cannot be read, or its bytes are not the file's; then no file is
    /// left there.</returns>
    static bool TryMake(OwnFolder folder, string name, SafeFileHandle content, ReleaseFile file)
    {
        if (SafeFolder.IdentityOf(content, file.Path.Value).Size != file.Size) return false;
        using var fresh = folder.Create(name, Modes.PublicFile);
        try
        {
            Vault.Copy(content, fresh, file.Size, file.Path.Value);
            if (FileBytes.Hash(fresh, DigestAlgorithm.Sha256, file.Path.Value) == (file.Sha256, file.Size))
            {
                DurableFile.SetTime(fresh, file.Mtime * 1_000_000_000, file.Path.Value);
                return true;
            }
        }
        catch (SystemFault) when (!Reads(content, file))
        {
            // One content on a bad sector must not stop the repair of the other files.
        }
        folder.Unlink(name);
        return false;
    }

    static bool Reads(SafeFileHandle content, ReleaseFile file)
    {
        try
        {
            return FileBytes.Hash(content, DigestAlgorithm.Sha256, file.Path.Value).Size == file.Size;
        }
        catch (SystemFault)
        {
            return false;
        }
    }

    static IEnumerable<string> Ancestors(string folder)
    {
        for (var at = folder; at.Length > 0; at = at.LastIndexOf('/') is var slash and >= 0 ? at[..slash] : "")
            yield return at;
    }
}
