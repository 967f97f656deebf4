using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Holds the agent's own folders below the state folder open, makes them again if an intruder removes them, and gives
/// each thing in <c>staging/</c> a name of its own. The store's lock guards it.
/// </summary>
sealed class OpenFolders : IDisposable
{
    readonly string prefix = System.Security.Cryptography.RandomNumberGenerator.GetHexString(8, lowercase: true);

    /// <summary>Lets only one tree be deleted at a time. It guards no field.</summary>
    readonly Lock removing = new();
    readonly OwnFolder state;
    SystemFault? gone;
    long made;

    /// <summary>Opens the folders, and creates those that are missing.</summary>
    /// <exception cref="SystemFault">The system refuses one.</exception>
    internal OpenFolders(StoreFolders paths)
    {
        Paths = paths;
        state = OwnFolder.Open(paths.State);
        // Apache must pass through the state folder to reach public/.
        SystemFault.Check(Syscall.chmod(paths.State, (FilePermissions)Modes.PassThrough), "chmod", paths.State);
        foreach (var name in paths.Private) state.MakeFolder(Path.GetFileName(name), Modes.PrivateFolder);
        foreach (var name in paths.Readable) state.MakeFolder(Path.GetFileName(name), Modes.PublicFolder);
        (Staging, Held, Sealed) =
            (OwnFolder.Open(paths.Staging), OwnFolder.Open(paths.Held), OwnFolder.Open(paths.Sealed));
        Staging.KeepSubfoldersApart();
        Vault = new Vault(OwnFolder.Open(paths.Vault));
    }

    internal StoreFolders Paths { get; }
    internal OwnFolder State => state;
    internal OwnFolder Staging { get; private set; }
    internal OwnFolder Held { get; private set; }
    internal OwnFolder Sealed { get; private set; }
    internal Vault Vault { get; }

    /// <summary>Returns a name that nothing in <c>staging/</c> has.</summary>
    internal string NewName(string kind) => $"{prefix}-{kind}-{++made}";

    /// <summary>Creates an empty folder in <c>staging/</c>, and returns its name.</summary>
    internal string NewTree(string kind)
    {
        var name = NewName(kind);
        Staging.MakeFolder(name, Modes.PublicFolder);
        return name;
    }

    /// <summary>Returns the path of something in <c>staging/</c>.</summary>
    internal string Staged(string name) => $"{Staging.Path}/{name}";

    /// <summary>
    /// Moves a tree out of the way at once and deletes it in the background. The next start removes what a crash leaves
    /// of it. Any thread may call it.
    /// </summary>
    internal void Trash(string path, string name)
    {
        var aside = $"{prefix}-gone-{name}";
        DurableFile.Rename(path, Staged(aside));
        TakeApart(aside);
    }

    /// <summary>Deletes something in <c>staging/</c> in the background. Any thread may call it.</summary>
    internal void TakeApart(string name) => Boundary.Pool(BoundaryPoint.Removal, () =>
    {
        lock (removing)
        {
            try
            {
                using var folder = OwnFolder.Open(Paths.Staging);
                folder.RemoveTree(name);
            }
            catch (SystemFault)
            {
                // The next start tries again; a disk fault shows at the next write.
            }
        }
    });

    /// <summary>Makes the folders again, empty, that are gone or are not the opened ones any more.</summary>
    /// <returns>The paths of those that were made again; <c>quarantine/</c> is not told.</returns>
    internal IReadOnlyList<string> Mend()
    {
        var again = new List<string>();
        if (Mended(Staging, again) is { } staging) (Staging = staging).KeepSubfoldersApart();
        Held = Mended(Held, again) ?? Held;
        Sealed = Mended(Sealed, again) ?? Sealed;
        if (Mended(Vault.Folder, again) is { } vault) Vault.MoveTo(vault);
        if (state.Identify(Path.GetFileName(Paths.Quarantine)) is null)
            state.MakeFolder(Path.GetFileName(Paths.Quarantine), Modes.PrivateFolder);
        if (again is [var first, ..]) gone = new SystemFault("open", first, Errno.ENOENT);
        return again;
    }

    /// <summary>Returns the fault to report, once for each loss; null if no folder was lost.</summary>
    internal SystemFault? TakeLoss()
    {
        var told = gone;
        gone = null;
        return told;
    }

    public void Dispose()
    {
        Vault.Dispose();
        Staging.Dispose();
        Held.Dispose();
        Sealed.Dispose();
        state.Dispose();
    }

    /// <returns>Null if the folder at this path is still the one that is open.</returns>
    OwnFolder? Mended(OwnFolder known, List<string> again)
    {
        var name = Path.GetFileName(known.Path);
        if (state.Identify(name) is { Kind: FileKind.Folder } found
            && found.Inode == SafeFolder.IdentityOf(known.Handle, known.Path).Inode) return null;
        if (state.Identify(name) is { Kind: not FileKind.Folder }) state.Unlink(name);
        state.MakeFolder(name, Modes.PrivateFolder);
        again.Add(known.Path);
        return OwnFolder.Open(known.Path);
    }
}
