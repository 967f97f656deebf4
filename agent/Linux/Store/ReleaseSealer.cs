using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Turns a tree into a release: a staged one, or a published one whose record was lost. The store's lock guards it.
/// </summary>
sealed class ReleaseSealer(
    OpenFolders folders, ReleaseRecords records, PublishedRoots roots, FlushAhead flushAhead)
{
    /// <summary>
    /// Seals a staged tree: when this returns, its tree, its vault copies and its record are on stable storage, and the
    /// tree is in <c>held/</c>.
    /// </summary>
    internal Release Seal(StagingTree tree, Release draft)
    {
        // After a fault that followed the renames the release exists, and only the folders must still be flushed.
        var record = tree.Sealed ??= Rename(tree, draft);
        folders.Held.Flush();
        folders.Sealed.Flush();
        records.Add(record);
        tree.Dispose();
        return record.Release;
    }

    /// <summary>Makes the record of a published release again from its tree.</summary>
    /// <returns>Null if the tree is gone or altered.</returns>
    internal Release? Reseal(Release published, Root root)
    {
        records.SetAside(published.Id);
        if (!roots[root].Has(published.Id)
            || TreeContents.TryRead(roots[root].PathOf(published.Id)) is not { Count: > 0 } files
            || Huella(files) != published.ManifestSha256) return null;
        var release = published with { Files = files.Count, Newest = files.Max(file => file.Mtime) };
        return records.Write(new ReleaseRecord(release, files));
    }

    internal static string Huella(IReadOnlyList<ReleaseFile> files) =>
        PackageHuella.Of([.. files.Select(file => new ContentEntry(file.Path, file.Size, file.Sha256))]);

    ReleaseRecord Rename(StagingTree tree, Release draft)
    {
        var files = tree.Files.OrderBy(file => file.Path.Value, StringComparer.Ordinal).ToList();
        var release = records.Number(draft) with { Newest = files.Count == 0 ? 0 : files.Max(file => file.Mtime) };
        var record = new ReleaseRecord(release, files);
        tree.MakeExact();
        tree.WriteAgainAfterAFailedFlush();
        var prepared = records.Prepare(record);
        var target = $"{folders.Held.Path}/{release.Id}";
        try
        {
            flushAhead.Flush(tree.FlushFailures);
            DurableFile.Rename(tree.Path, target);
            try
            {
                records.Place(prepared, release.Id);
            }
            catch (SystemFault)
            {
                _ = Syscall.rename(target, tree.Path);
                throw;
            }
        }
        catch (SystemFault)
        {
            _ = Syscall.unlink($"{folders.Sealed.Path}/{prepared}");
            throw;
        }
        return record;
    }
}
