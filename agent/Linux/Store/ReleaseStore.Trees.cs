using System.Collections.Immutable;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux;

/// <summary>What going back to a stored release gave: the new release with the old one's bytes, or the files whose vault copy no longer proves true.</summary>
public sealed record Activation(Release? Release, ImmutableArray<RelativePath> Damaged);

/// <summary>Trees made from the vault: each content's digest is proved again on the way.</summary>
public sealed partial class ReleaseStore
{
    /// <summary>
    /// Goes back (or forth) to a stored release: a new tree with its bytes, made from the vault, whose modification times hold against
    /// what is live. The choice is on disk before the swap, so that a restart does not undo it.
    /// </summary>
    /// <param name="newest">The newest release that counts: it, and what is older, is not published by itself any more.</param>
    /// <param name="hold">Until the operator resumes, nothing is published by itself.</param>
    public Activation Activate(Release stored, Root root, ReleaseRank? newest, bool hold, string reason, DateTimeOffset now)
    {
        var record = RecordOf(stored) ?? throw new SystemFault("read", $"{folders.Sealed}/{stored.Id}.json", Errno.ENOENT);
        var tree = Stage(stored.Package, now);
        Activation made;
        try
        {
            var damaged = record.Files.Where(file => !PlaceFromVault(tree, file)).Select(file => file.Path).ToImmutableArray();
            made = damaged.IsEmpty
                ? new Activation(Seal(tree, stored with { Destination = root, Future = false, SealedAt = now, MadeFrom = stored.MadeFrom ?? stored.Id }), damaged)
                : new Activation(null, damaged);
        }
        catch
        {
            tree.Discard();
            throw;
        }
        if (made.Release is not { } release)
        {
            tree.Discard();
            return made;
        }
        Choose(root, new OperatorChoice(release.Id, newest > release.Rank ? newest : release.Rank, hold, reason, now));
        return made with { Release = Publish(release, root, now) };
    }

    /// <summary>
    /// Puts a file of a release's tree right again: a fresh inode with the vault's bytes and the record's modification time, renamed over
    /// whatever lies there. For the sentinel.
    /// </summary>
    /// <returns>False where the vault's copy is lost or damaged too.</returns>
    public bool Restore(Release release, ReleaseFile file)
    {
        lock (inventory) DropNext();
        if (PathOf(release) is not { } tree) throw new SystemFault("open", release.Id.Value, Errno.ENOENT);
        if (FreshFromVault(file) is not { } fresh) return false;
        DurableFile.Rename(fresh, $"{tree}/{file.Path}");
        return true;
    }

    /// <summary>Builds a lost tree again, in <c>held/</c>.</summary>
    void Rebuild(Release release)
    {
        var record = RecordOf(release) ?? throw new SystemFault("read", $"{folders.Sealed}/{release.Id}.json", Errno.ENOENT);
        CountReferences();
        var failures = flushAhead.Failures;
        var name = $"{prefix}-{++stagings}";
        staging.MakeFolder(name, 0x1ED);
        using (var tree = OwnFolder.Open($"{staging.Path}/{name}"))
        {
            foreach (var folder in FoldersOf(record.Files)) tree.MakeFolder(folder, 0x1ED);
            foreach (var file in record.Files)
                DurableFile.Rename(
                    FreshFromVault(file) ?? throw new SystemFault("read", $"{folders.Vault}/{file.Sha256.Hex}", Errno.EIO), $"{tree.Path}/{file.Path}");
        }
        flushAhead.Flush(failures);
        DurableFile.Rename($"{staging.Path}/{name}", $"{held.Path}/{release.Id}");
        held.Flush();
    }

    /// <summary>
    /// Another release has become live since this one was staged: what differs from it must be newer than all of it, what does not
    /// must have its times. Done before the release is public, in fresh inodes: the old ones may be another release's too.
    /// </summary>
    Release Retime(Release release, Root root, DateTimeOffset now)
    {
        if ((Live(root) ?? Previous(root)) is not { } reference || RecordOf(reference) is not { } served || RecordOf(release) is not { } record) return release;
        var byPath = served.Files.ToDictionary(file => file.Path.Value);
        var stamp = ModificationTimes.Stamp(now, reference.Newest);
        var violations = ModificationTimes.Violations(record.Files, byPath, reference.Newest, stamp);
        if (violations.Count == 0) return release;
        CountReferences();
        var failures = flushAhead.Failures;
        var tree = PathOf(release)!;
        foreach (var file in violations)
            DurableFile.Rename(
                FreshFromVault(file) ?? throw new SystemFault("read", $"{folders.Vault}/{file.Sha256.Hex}", Errno.EIO), $"{tree}/{file.Path}");
        var moved = violations.ToDictionary(file => file.Path);
        var files = record.Files.Select(file => moved.GetValueOrDefault(file.Path, file)).ToList();
        var retimed = release with { Newest = files.Max(file => file.Mtime) };
        flushAhead.Flush(failures);
        DurableFile.Write(sealedFolder, $"{release.Id}.json", Bytes(new ReleaseRecord(retimed, files)), 0x180);
        releases[release.Id] = retimed;
        records[release.Id] = new ReleaseRecord(retimed, files);
        return retimed;
    }

    bool PlaceFromVault(StagingTree tree, ReleaseFile file)
    {
        using var content = Vault.TryOpen(file.Sha256);
        return content is not null && tree.Place(file.Path, content).Sha256 == file.Sha256;
    }

    /// <summary>A file of its own in <c>staging/</c>, with a vault content that has been proved again; null where the content is lost or damaged.</summary>
    string? FreshFromVault(ReleaseFile file)
    {
        using var content = Vault.TryOpen(file.Sha256);
        return content is null ? null : Fresh(content, file);
    }

    /// <summary>A file of its own in <c>staging/</c> with the bytes of <paramref name="content"/>; null where they are not the file's.</summary>
    string? Fresh(SafeFileHandle content, ReleaseFile file)
    {
        if (SafeFolder.IdentityOf(content, file.Path.Value).Size != file.Size) return null;
        var name = $"{prefix}-file-{++stagings}";
        using var fresh = staging.Create(name, 0x1A4);
        Vault.Copy(content, fresh, file.Size, file.Path.Value);
        var (digest, size) = FileBytes.Hash(fresh, DigestAlgorithm.Sha256, file.Path.Value);
        if (digest == file.Sha256 && size == file.Size)
        {
            DurableFile.SetTime(fresh, file.Mtime * 1_000_000_000, file.Path.Value);
            return $"{staging.Path}/{name}";
        }
        staging.Unlink(name);
        return null;
    }

    static IEnumerable<string> Ancestors(string folder)
    {
        for (var at = folder; at.Length > 0; at = at.LastIndexOf('/') is var slash and >= 0 ? at[..slash] : "") yield return at;
    }
}
