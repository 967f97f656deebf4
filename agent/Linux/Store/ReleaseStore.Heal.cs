using System.Collections.Immutable;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Store;

/// <summary>The result of a healing.</summary>
/// <param name="Evidence">Where the altered tree is now; null if there was no tree to set aside.</param>
/// <param name="Lost">Files for which neither the vault nor the altered tree had correct bytes. They are left out, so
/// that nothing false is served.</param>
public sealed record Healing(string? Evidence, ImmutableArray<RelativePath> Lost);

/// <summary>Replaces an altered tree with a tree of verified files.</summary>
public sealed partial class ReleaseStore
{
    /// <summary>
    /// Makes a release's tree again and exchanges it for the altered one by one rename, so a reader sees either the old
    /// or the new tree. Every file is a fresh inode with the vault's bytes, and its digest is checked again. The
    /// altered tree goes to <c>quarantine/</c>, for the auditor. A file that the vault has lost is taken from the
    /// altered tree if its bytes are still correct there.
    /// </summary>
    /// <exception cref="SystemFault">The system refuses: an immutable flag, a foreign owner, a mount, no space. What
    /// was there stays.</exception>
    public Healing Heal(Release release, Root root, DateTimeOffset now)
    {
        lock (inventory)
        {
            var record = RecordOf(release)
                ?? throw new SystemFault("read", $"{folders.Sealed}/{release.Id}.json", Errno.ENOENT);
            MendOwn();
            DropNext();
            CountReferences();
            var target = Reopen(root, now);
            var failures = flushAhead.Failures;
            var name = $"{prefix}-heal-{++stagings}";
            staging.MakeFolder(name, Modes.PublicFolder);
            var lost = ImmutableArray.CreateBuilder<RelativePath>();
            try
            {
                using (var fresh = OwnFolder.Open($"{staging.Path}/{name}"))
                    Fill(fresh, record, target.PathOf(release.Id), lost);
                flushAhead.Flush(failures);
                bool altered;
                try { altered = Exchange($"{staging.Path}/{name}", target.PathOf(release.Id)); }
                catch (SystemFault moved) when (moved.Errno == Errno.ENOENT)
                {
                    target = Reopen(root, now); // an intruder moved it away in the meantime
                    altered = Exchange($"{staging.Path}/{name}", target.PathOf(release.Id));
                }
                target.ReleasesFolder.Flush();
                return new Healing(altered ? SetAside(name, release.Id.Value, now) : null, lost.ToImmutable());
            }
            catch (SystemFault)
            {
                TakeApart(name);
                throw;
            }
        }
    }

    /// <summary>Returns what a stored release must contain, file by file; null if its record cannot be read.</summary>
    public ReleaseRecord? Record(Release release)
    {
        lock (inventory) return RecordOf(release);
    }

    /// <summary>Returns whether a release's tree is in a root.</summary>
    public bool HasTree(Release release, Root root) => roots[(int)root].Has(release.Id);

    /// <summary>
    /// Makes <c>current</c> and <c>current.map</c> point at the release that the root must serve, whatever they contain
    /// now.
    /// </summary>
    /// <param name="live">The release; null: the notice page.</param>
    public void PointAgain(Root root, ReleaseId? live, DateTimeOffset now)
    {
        lock (inventory) Reopen(root, now).Swap(live);
    }

    /// <summary>Gets the content that <c>notice/index.html</c> must have, in UTF-8.</summary>
    internal byte[] NoticePage { get; private set; } = [];

    /// <summary>Exchanges an altered <c>notice/</c> for the agent's own.</summary>
    /// <returns>Where the altered folder is now; null if there was none to set aside.</returns>
    /// <exception cref="SystemFault">The system refuses. What was there stays.</exception>
    public string? HealNotice(Root root, DateTimeOffset now)
    {
        lock (inventory)
        {
            MendOwn();
            var failures = flushAhead.Failures;
            var name = $"{prefix}-notice-{++stagings}";
            staging.MakeFolder(name, Modes.PublicFolder);
            try
            {
                using (var fresh = OwnFolder.Open($"{staging.Path}/{name}"))
                    DurableFile.Write(fresh, "index.html", NoticePage, Modes.PublicFile);
                var altered = Exchange($"{staging.Path}/{name}", $"{folders.Of(root)}/notice");
                flushAhead.Flush(failures);
                return altered ? SetAside(name, "notice", now) : null;
            }
            catch (SystemFault)
            {
                TakeApart(name);
                throw;
            }
        }
    }

    void Fill(OwnFolder fresh, ReleaseRecord record, string altered, ImmutableArray<RelativePath>.Builder lost)
    {
        foreach (var folder in FoldersOf(record.Files)) fresh.MakeFolder(folder, Modes.PublicFolder);
        foreach (var file in record.Files)
        {
            if (!TryMakeFromVault(fresh, file.Path.Value, file) && !TryMakeFrom(altered, fresh, file.Path.Value, file))
                lost.Add(file.Path);
        }
    }

    /// <summary>Returns whether the vault has a content and its bytes are correct.</summary>
    public bool Proves(Digest content) => Vault.Proves(content);

    /// <summary>Restores lost contents of the vault from a delivery with the same bytes.</summary>
    public void MendVault(StagingTree delivered)
    {
        lock (inventory)
        {
            if (!hasLost) return;
            foreach (var file in delivered.Files.Where(file => !Vault.Proves(file.Sha256)))
            {
                using var content = delivered.Folder.TryOpen(file.Path.Value);
                if (content is not null) Vault.Replace(file.Sha256, content, file.Size);
            }
            hasLost = false;
        }
    }

    /// <summary>Makes the agent's own folders again, empty, if an intruder has removed them.</summary>
    /// <returns>The fault to report, once for each loss; null if all folders were there.</returns>
    public SystemFault? MendFolders()
    {
        lock (inventory)
        {
            MendOwn();
            (var told, gone) = (gone, null);
            return told;
        }
    }

    void MendOwn()
    {
        var made = new List<string>();
        if (Mended(staging, made) is { } newStaging) (staging = newStaging).KeepSubfoldersApart();
        held = Mended(held, made) ?? held;
        sealedFolder = Mended(sealedFolder, made) ?? sealedFolder;
        if (Mended(Vault.Folder, made) is { } newVault)
        {
            Vault.MoveTo(newVault);
            hasLost = true;
        }
        if (state.Identify(Path.GetFileName(folders.Quarantine)) is null)
            state.MakeFolder(Path.GetFileName(folders.Quarantine), Modes.PrivateFolder);
        if (made is not [var first, ..]) return;
        DropNext();
        gone = new SystemFault("open", first, Errno.ENOENT);
    }

    /// <returns>Null if the folder at this path is still the one that is open.</returns>
    OwnFolder? Mended(OwnFolder known, List<string> made)
    {
        var name = Path.GetFileName(known.Path);
        if (state.Identify(name) is { Kind: FileKind.Folder } found
            && found.Inode == SafeFolder.IdentityOf(known.Handle, known.Path).Inode) return null;
        if (state.Identify(name) is { Kind: not FileKind.Folder }) state.Unlink(name);
        state.MakeFolder(name, Modes.PrivateFolder);
        made.Add(known.Path);
        return OwnFolder.Open(known.Path);
    }

    /// <summary>
    /// Opens the root by its path again, since an intruder may have moved it. Sets aside anything there that is not a
    /// folder, and takes write permission away from other accounts.
    /// </summary>
    PublishedRoot Reopen(Root root, DateTimeOffset now)
    {
        var isGone = state.Identify(Path.GetRelativePath(folders.State, folders.Of(root)))
            is not { Kind: FileKind.Folder };
        foreach (var path in new[] { folders.Of(root), $"{folders.Of(root)}/releases", $"{folders.Of(root)}/notice" })
        {
            var relative = Path.GetRelativePath(folders.State, path);
            if (state.Identify(relative) is { } found && found.Kind != FileKind.Folder)
            {
                var aside = $"{prefix}-odd-{++stagings}";
                DurableFile.Rename(path, $"{staging.Path}/{aside}");
                SetAside(aside, Path.GetFileName(path), now);
            }
            // This fails if the agent is not root; MakeFolder then reports the owner.
            if (state.Identify(relative)?.Uid is { } owner && owner != Syscall.geteuid())
                _ = Syscall.lchown(path, Syscall.geteuid(), Syscall.getegid());
            state.MakeFolder(relative, Modes.PublicFolder);
        }
        foreach (var name in new[] { "current", "current.map" })
        {
            // A rename can replace a link or a file, but not a folder.
            if (state.Identify(Path.GetRelativePath(folders.State, $"{folders.Of(root)}/{name}"))
                is not { Kind: FileKind.Folder }) continue;
            var aside = $"{prefix}-odd-{++stagings}";
            DurableFile.Rename($"{folders.Of(root)}/{name}", $"{staging.Path}/{aside}");
            SetAside(aside, name, now);
        }
        var live = roots[(int)root].Live;
        roots[(int)root].Dispose();
        roots[(int)root] = new PublishedRoot(folders.Of(root));
        roots[(int)root].Remember(live);
        if (isGone)
        {
            roots[(int)root].WriteNotice(NoticePage);
            roots[(int)root].Swap(live);
        }
        return roots[(int)root];
    }

    /// <returns>False if nothing was there, and <paramref name="fresh"/> was only renamed into its place.</returns>
    static bool Exchange(string fresh, string altered)
    {
        if (Native.Exchange(fresh, altered) == 0) return true;
        switch (Stdlib.GetLastError())
        {
            case Errno.ENOENT:
                DurableFile.Rename(fresh, altered);
                return false;
            case Errno.EINVAL or Errno.ENOSYS:
                // This file system cannot exchange: use renames, and accept a moment without the tree.
                DurableFile.Rename(altered, $"{fresh}.altered");
                DurableFile.Rename(fresh, altered);
                DurableFile.Rename($"{fresh}.altered", fresh);
                return true;
            case var errno:
                throw new SystemFault("rename", altered, errno);
        }
    }

    /// <summary>
    /// Moves an altered tree to <c>quarantine/</c> so that people can look at it. If that is refused too, the tree
    /// stays in <c>staging/</c> until the next start.
    /// </summary>
    string SetAside(string staged, string what, DateTimeOffset now)
    {
        var path = $"{folders.Quarantine}/{now.UtcDateTime:yyyyMMdd'T'HHmmss}{StoreFolders.Altered}{what}-{stagings}";
        if (Syscall.rename($"{staging.Path}/{staged}", path) != 0) return $"{staging.Path}/{staged}";
        _ = Syscall.chmod(path, (FilePermissions)Modes.PrivateFolder);
        return path;
    }
}
