using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux.Store;

/// <summary>Compares a record with what was published, and restores a record that was lost.</summary>
public sealed partial class ReleaseStore
{
    /// <summary>Returns whether the files that a stored release must have give this huella.</summary>
    public bool Agrees(Release release, string manifestSha256)
    {
        lock (inventory) return RecordOf(release) is { } record && Huella(record.Files) == manifestSha256;
    }

    /// <summary>
    /// Makes the record of a published release again from its tree, if the tree still has the huella in
    /// <paramref name="published"/>: that proves every byte. A record that exists and disagrees is set aside.
    /// </summary>
    /// <param name="published">What the journal says about the publication.</param>
    /// <returns>Null if the tree is gone or altered, so that nothing is proven.</returns>
    public Release? Reseal(Release published, Root root)
    {
        lock (inventory)
        {
            releases.Remove(published.Id);
            records.Remove(published.Id);
            var name = $"{published.Id}.json";
            if (sealedFolder.Identify(name) is not null)
                DurableFile.Rename($"{sealedFolder.Path}/{name}", $"{sealedFolder.Path}/{name}.damaged");
            if (!roots[(int)root].Has(published.Id)
                || ReadTree(roots[(int)root].PathOf(published.Id)) is not { Count: > 0 } files) return null;
            if (Huella(files) != published.ManifestSha256) return null;
            var release = published with { Files = files.Count, Newest = files.Max(file => file.Mtime) };
            DurableFile.Write(sealedFolder, name, Bytes(new ReleaseRecord(release, files)), Modes.PrivateFile);
            sequence = Math.Max(sequence, release.Sequence);
            return releases[release.Id] = release;
        }
    }

    /// <returns>Null if the tree has an entry that no package can have, or cannot be read.</returns>
    static List<ReleaseFile>? ReadTree(string path)
    {
        var files = new List<ReleaseFile>();
        try
        {
            using var tree = SafeFolder.Open(path);
            var plain = tree.Walk(
                (name, in found) =>
                {
                    if (found.Kind == FileKind.Folder) return true;
                    if (found.Kind != FileKind.Regular
                        || RelativePath.Read(name, PathLimits.Default).Path is not { } file) return false;
                    using var content = tree.TryOpenOwnFile(name, out var refusal)
                        ?? throw new SystemFault("open", $"{path}/{file}", refusal);
                    var (digest, size) = FileBytes.Hash(content, DigestAlgorithm.Sha256, file.Value);
                    files.Add(new ReleaseFile(file, size, digest, found.MtimeNanos / 1_000_000_000));
                    return true;
                },
                MostLevels);
            files.Sort((left, right) => left.Path.CompareTo(right.Path));
            return plain ? files : null;
        }
        catch (SystemFault)
        {
            return null;
        }
    }

    static string Huella(IReadOnlyList<ReleaseFile> files) =>
        PackageHuella.Of([.. files.Select(file => new ContentEntry(file.Path, file.Size, file.Sha256))]);
}
