using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Restores what an intruder has altered or removed: a tree, the notice page, a root's links, the agent's own folders,
/// contents of the vault. A tree is replaced by one rename: a reader sees either the old or the new one. The altered
/// tree goes to <c>quarantine/</c>, for the auditor.
/// </summary>
public sealed class StoreHealer
{
    /// <summary>The store's lock, which guards all the parts below.</summary>
    readonly Lock inventory;
    readonly OpenFolders folders;
    readonly PublishedRoots roots;
    readonly ReleaseRecords records;
    readonly Quarantine quarantine;
    readonly FileMaker maker;
    readonly FlushAhead flushAhead;
    readonly NextTree next;

    internal StoreHealer(
        Lock inventory, OpenFolders folders, PublishedRoots roots, ReleaseRecords records, Quarantine quarantine,
        FileMaker maker, FlushAhead flushAhead, NextTree next)
    {
        (this.inventory, this.folders, this.roots, this.records) = (inventory, folders, roots, records);
        (this.quarantine, this.maker, this.flushAhead, this.next) = (quarantine, maker, flushAhead, next);
    }

    /// <summary>
    /// Makes a release's tree again. Every file is a fresh inode with the vault's bytes, and its digest is checked
    /// again. A file that the vault has lost is taken from the altered tree if its bytes are still correct there.
    /// </summary>
    /// <exception cref="SystemFault">The system refuses: an immutable flag, a foreign owner, a mount, no space. What
    /// was there stays.</exception>
    public Healing Heal(Release release, Root root, DateTimeOffset now)
    {
        lock (inventory)
        {
            var record = records.Read(release);
            MendOwn();
            next.Drop();
            records.CountReferences();
            var lost = ImmutableArray.CreateBuilder<RelativePath>();
            var evidence = Replace(
                release.Id.Value, now, () => roots.Reopen(root, now).PathOf(release.Id), (fresh, altered) =>
                {
                    FileMaker.MakeFolders(fresh, record.Files);
                    foreach (var file in record.Files)
                        if (!maker.TryMake(fresh, file.Path.Value, file, altered)) lost.Add(file.Path);
                });
            roots[root].ReleasesFolder.Flush();
            return new Healing(evidence, lost.ToImmutable());
        }
    }

    /// <summary>Exchanges an altered <c>notice/</c> for the agent's own.</summary>
    /// <returns>Where the altered folder is now; null if there was none to set aside.</returns>
    /// <exception cref="SystemFault">The system refuses. What was there stays.</exception>
    public string? HealNotice(Root root, DateTimeOffset now)
    {
        lock (inventory)
        {
            MendOwn();
            return Replace("notice", now, () => $"{folders.Paths.Of(root)}/notice", (fresh, _) =>
                DurableFile.Write(fresh, "index.html", roots.NoticePage(root), Modes.PublicFile));
        }
    }

    /// <summary>
    /// Makes <c>current</c> and <c>current.map</c> point at the release that the root must serve, whatever they contain
    /// now.
    /// </summary>
    /// <param name="live">The release; null: the notice page.</param>
    public void PointAgain(Root root, ReleaseId? live, DateTimeOffset now)
    {
        lock (inventory) roots.Reopen(root, now).Swap(live);
    }

    /// <summary>Restores lost contents of the vault from a delivery with the same bytes.</summary>
    public void MendVault(StagingTree delivered)
    {
        lock (inventory)
        {
            if (!maker.VaultHasLost) return;
            foreach (var file in delivered.Files.Where(file => !folders.Vault.Proves(file.Sha256)))
            {
                using var content = delivered.Folder.TryOpen(file.Path.Value);
                if (content is not null) folders.Vault.Replace(file.Sha256, content, file.Size);
            }
            maker.VaultHasLost = false;
        }
    }

    /// <summary>Makes the agent's own folders again, empty, if an intruder has removed them.</summary>
    /// <returns>The fault to report, once for each loss; null if all folders were there.</returns>
    public SystemFault? MendFolders()
    {
        lock (inventory)
        {
            MendOwn();
            return folders.TakeLoss();
        }
    }

    /// <summary>Does the same, and leaves the loss to be reported later. The caller holds the lock.</summary>
    internal void MendOwn()
    {
        var again = folders.Mend();
        if (again.Count == 0) return;
        if (again.Contains(folders.Paths.Vault)) maker.VaultHasLost = true;
        next.Drop();
    }

    /// <summary>Fills a fresh folder, and exchanges it for the altered one.</summary>
    /// <param name="find">Returns the altered folder's path. It is asked again if an intruder moves that away.</param>
    /// <returns>Where the altered folder is now; null if there was none to set aside.</returns>
    /// <exception cref="SystemFault">The system refuses. What was there stays.</exception>
    string? Replace(string what, DateTimeOffset now, Func<string> find, Action<OwnFolder, string> fill)
    {
        var altered = find();
        var failures = flushAhead.Failures;
        var name = folders.NewTree("heal");
        try
        {
            using (var fresh = OwnFolder.Open(folders.Staged(name))) fill(fresh, altered);
            flushAhead.Flush(failures);
            bool wasThere;
            try { wasThere = Exchange(folders.Staged(name), altered); }
            catch (SystemFault moved) when (moved.Errno == Errno.ENOENT)
            {
                wasThere = Exchange(folders.Staged(name), find());
            }
            return wasThere ? quarantine.SetAside(name, what, now) : null;
        }
        catch (SystemFault)
        {
            folders.TakeApart(name);
            throw;
        }
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
}
