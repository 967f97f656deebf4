using System.Collections.Immutable;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Night;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Store;

/// <summary>Trees made from the vault: each content's digest is proved again on the way.</summary>
public sealed partial class ReleaseStore
{
    /// <summary>
    /// Goes back (or forth) to a stored release: a new tree with its bytes, made from the vault, whose modification
    /// times hold against what is live. The choice is on disk before the swap, so that a restart does not undo it.
    /// </summary>
    /// <param name="newest">The newest release that counts: it, and what is older, is not published by itself any
    /// more.</param>
    /// <param name="hold">Until the operator resumes, nothing is published by itself.</param>
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

    /// <summary>Builds a lost tree again, in <c>held/</c>.</summary>
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
    /// Another release has become live since this one was staged: what differs from it must be newer than all of it,
    /// what does not must have its times. Done before the release is public, in fresh inodes: the old ones may be
    /// another release's too.
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

    /// <exception cref="SystemFault">Also where nothing proves true.</exception>
    void Make(OwnFolder folder, string name, ReleaseFile file, string? tree)
    {
        if (!TryMakeFromVault(folder, name, file) && (tree is null || !TryMakeFrom(tree, folder, name, file)))
            throw new SystemFault("read", $"{folders.Vault}/{file.Sha256.Hex}", Errno.ENOENT);
    }

    /// <summary>
    /// What the vault has lost, a tree may still have, where its bytes prove true; the vault has it again then.
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
            // The tree is what counts; the vault has it with the next delivery.
        }
        return true;
    }

    /// <summary>
    /// Makes a release's file anew under a name of a folder, with a vault content that is proved again.
    /// </summary>
    /// <returns>False where the content is lost or damaged: nothing is left there.</returns>
    bool TryMakeFromVault(OwnFolder folder, string name, ReleaseFile file)
    {
        using var content = Vault.TryOpen(file.Sha256);
        if (content is not null && TryMake(folder, name, content, file)) return true;
        hasLost = true;
        return false;
    }

    /// <returns>False where <paramref name="content"/> cannot be read, or its bytes are not the file's: nothing is left
    /// there.</returns>
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
            // A bad sector beneath one content is no reason to leave the others altered.
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
