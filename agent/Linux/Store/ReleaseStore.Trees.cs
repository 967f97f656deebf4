using System.Collections.Immutable;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Night;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Store;

/// <summary>Makes trees from the vault. The digest of each content is checked again on the way.</summary>
public sealed partial class ReleaseStore
{
    /// <summary>
    /// Goes back (or forward) to a stored release: makes a new tree with its bytes from the vault. Its modification
    /// times follow the same rule against the live release. The choice is on disk before the swap, so that a restart
    /// does not undo it.
    /// </summary>
    /// <param name="newest">The newest release that counts: that one and all older ones are no longer published
    /// automatically.</param>
    /// <param name="hold">If true, nothing is published automatically until the operator resumes.</param>
    public Activation Activate(
        Release stored, Root root, ReleaseRank? newest, bool hold, string reason, DateTimeOffset now)
    {
        var record = RecordOf(stored)
            ?? throw new SystemFault("read", $"{folders.Sealed}/{stored.Id}.json", Errno.ENOENT);
        var tree = Stage(stored.Package, now);
        Activation made;
        try
        {
            var damaged = record.Files.Where(file => !PlaceFromVault(tree, file)).Select(file => file.Path)
                .ToImmutableArray();
            made = damaged.IsEmpty
                ? new Activation(
                    Seal(tree,
                    stored with { Destination = root, Future = false, SealedAt = now,
                    MadeFrom = stored.MadeFrom ?? stored.Id }), damaged)
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

    /// <summary>Rebuilds a lost tree in <c>held/</c>.</summary>
    void Rebuild(Release release)
    {
        var record = RecordOf(release)
            ?? throw new SystemFault("read", $"{folders.Sealed}/{release.Id}.json", Errno.ENOENT);
        CountReferences();
        var failures = flushAhead.Failures;
        var name = $"{prefix}-{++stagings}";
        staging.MakeFolder(name, Modes.PublicFolder);
        using (var tree = OwnFolder.Open($"{staging.Path}/{name}"))
        {
            foreach (var folder in FoldersOf(record.Files)) tree.MakeFolder(folder, Modes.PublicFolder);
            foreach (var file in record.Files)
                Make(tree, file.Path.Value, file, Reference is { } live ? PathOf(live) : null);
        }
        flushAhead.Flush(failures);
        DurableFile.Rename($"{staging.Path}/{name}", $"{held.Path}/{release.Id}");
        held.Flush();
    }

    /// <summary>
    /// Corrects the modification times if another release has become live since this one was staged. A file that
    /// differs from the live release must be newer than everything in it; a file that does not differ must have the
    /// same time. This is done before the release is public, and in fresh inodes, because the old inodes may also
    /// belong to another release.
    /// </summary>
    Release Retime(Release release, Root root, DateTimeOffset now)
    {
        if ((Live(root) ?? Previous(root)) is not { } reference || RecordOf(reference) is not { } served
            || RecordOf(release) is not { } record) return release;
        var byPath = served.Files.ToDictionary(file => file.Path.Value);
        var stamp = ModificationTimes.Stamp(now, reference.Newest);
        var violations = ModificationTimes.Violations(record.Files, byPath, reference.Newest, stamp);
        if (violations.Count == 0) return release;
        CountReferences();
        var failures = flushAhead.Failures;
        var tree = PathOf(release)!;
        foreach (var file in violations)
        {
            var fresh = $"{prefix}-file-{++stagings}";
            Make(staging, fresh, file, tree);
            DurableFile.Rename($"{staging.Path}/{fresh}", $"{tree}/{file.Path}");
        }
        var moved = violations.ToDictionary(file => file.Path);
        var files = record.Files.Select(file => moved.GetValueOrDefault(file.Path, file)).ToList();
        var retimed = release with { Newest = files.Max(file => file.Mtime) };
        flushAhead.Flush(failures);
        DurableFile.Write(
            sealedFolder, $"{release.Id}.json", Bytes(new ReleaseRecord(retimed, files)), Modes.PrivateFile);
        releases[release.Id] = retimed;
        records[release.Id] = new ReleaseRecord(retimed, files);
        return retimed;
    }

    bool PlaceFromVault(StagingTree tree, ReleaseFile file)
    {
        using var content = Vault.TryOpen(file.Sha256);
        return content is not null && tree.Place(file.Path, content).Sha256 == file.Sha256;
    }

    /// <exception cref="SystemFault">The disk refuses, or neither the vault nor the tree has correct bytes.</exception>
    void Make(OwnFolder folder, string name, ReleaseFile file, string? tree)
    {
        if (!TryMakeFromVault(folder, name, file) && (tree is null || !TryMakeFrom(tree, folder, name, file)))
            throw new SystemFault("read", $"{folders.Vault}/{file.Sha256.Hex}", Errno.ENOENT);
    }

    /// <summary>
    /// Makes a file from a tree if the vault has lost its content and the bytes in the tree are correct. The content
    /// then goes back into the vault.
    /// </summary>
    bool TryMakeFrom(string tree, OwnFolder folder, string name, ReleaseFile file)
    {
        try
        {
            using var lies = SafeFolder.Open(tree);
            using var content = lies.TryOpenFile(file.Path, out _);
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
            if (proven is not null) Vault.Replace(file.Sha256, proven, file.Size);
        }
        catch (SystemFault)
        {
            // Only the tree is needed now; the next delivery puts the content back into the vault.
        }
        return true;
    }

    /// <summary>Makes a release's file in a folder from the vault's content, and checks its digest again.</summary>
    /// <returns>False if the content is lost or damaged; then no file is left there.</returns>
    bool TryMakeFromVault(OwnFolder folder, string name, ReleaseFile file)
    {
        using var content = Vault.TryOpen(file.Sha256);
        if (content is not null && TryMake(folder, name, content, file)) return true;
        hasLost = true;
        return false;
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
