using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Holds the two roots that Apache may read, and opens one again if an intruder has moved it. The store's lock guards
/// it.
/// </summary>
sealed class PublishedRoots(OpenFolders folders, Quarantine quarantine) : IDisposable
{
    readonly PublishedRoot[] roots = [new(folders.Paths.Public), new(folders.Paths.Rehearsal)];

    /// <summary>What <c>notice/index.html</c> of each root must be, in UTF-8.</summary>
    readonly byte[][] notices = [[], []];

    internal static readonly Root[] Both = [Root.Public, Root.Rehearsal];

    internal PublishedRoot this[Root root] => roots[(int)root];

    internal byte[] NoticePage(Root root) => notices[(int)root];

    /// <summary>Writes the notice page of a root; only then it is the one that the root must have.</summary>
    internal void ShowNotice(Root root, byte[] page)
    {
        this[root].WriteNotice(page);
        notices[(int)root] = page;
    }

    /// <summary>Returns whether a root serves the release.</summary>
    internal bool Serve(ReleaseId id) => roots.Any(root => root.Live == id);

    /// <summary>Returns the path of a release's tree in the root that has it; null if none has.</summary>
    internal string? PathOf(ReleaseId id) => roots.FirstOrDefault(root => root.Has(id))?.PathOf(id);

    /// <summary>
    /// Opens the root by its path again, since an intruder may have moved it. Sets aside anything there that is not a
    /// folder, and takes write permission away from other accounts.
    /// </summary>
    internal PublishedRoot Reopen(Root root, DateTimeOffset now)
    {
        var path = folders.Paths.Of(root);
        var isGone = Find(path) is not { Kind: FileKind.Folder };
        foreach (var folder in new[] { path, $"{path}/releases", $"{path}/notice" }) MakeFolder(folder, now);
        // A rename can replace a link or a file, but not a folder.
        foreach (var name in new[] { "current", "current.map" })
            if (Find($"{path}/{name}") is { Kind: FileKind.Folder }) SetAside($"{path}/{name}", now);
        var live = this[root].Live;
        this[root].Dispose();
        var again = roots[(int)root] = new PublishedRoot(path);
        again.Remember(live);
        if (isGone)
        {
            again.WriteNotice(NoticePage(root));
            again.Swap(live);
        }
        return again;
    }

    public void Dispose()
    {
        foreach (var root in roots) root.Dispose();
    }

    void MakeFolder(string path, DateTimeOffset now)
    {
        if (Find(path) is { Kind: not FileKind.Folder }) SetAside(path, now);
        // This fails if the agent is not root; MakeFolder then reports the owner.
        if (Find(path)?.Uid is { } owner && owner != Syscall.geteuid())
            _ = Syscall.lchown(path, Syscall.geteuid(), Syscall.getegid());
        folders.State.MakeFolder(Relative(path), Modes.PublicFolder);
    }

    void SetAside(string path, DateTimeOffset now)
    {
        var aside = folders.NewName("odd");
        DurableFile.Rename(path, folders.Staged(aside));
        quarantine.SetAside(aside, Path.GetFileName(path), now);
    }

    FileIdentity? Find(string path) => folders.State.Identify(Relative(path));

    string Relative(string path) => Path.GetRelativePath(folders.Paths.State, path);
}
