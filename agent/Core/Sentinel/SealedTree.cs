using System.Collections.Frozen;
using Difusor.Agent.Drop;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Sentinel;

/// <summary>What was found at one entry of a published tree.</summary>
/// <param name="Sha256">The digest of all its bytes; null if it was not read.</param>
public readonly record struct Observed(FileIdentity Identity, Digest? Sha256);

/// <summary>
/// A release's tree as it must be: what <c>sealed/ID.json</c> states, the folders that follow from it, modes 0644 and
/// 0755, and the agent as owner. Access times, extended attributes, link counts and ctimes are not compared: a backup,
/// <c>touch -a</c>, a relabel or the next release's hard links are not tampering.
/// </summary>
public sealed class SealedTree
{
    /// <summary>The permissions that everything published has: 0644 and 0755.</summary>
    internal const uint FileMode = 0b110_100_100, FolderMode = 0b111_101_101;
    const uint Permissions = 0b111_111_111;

    /// <summary>
    /// The files, sorted by path. Some releases of thirteen thousand files stay in memory all night; a dictionary for
    /// each would be too large.
    /// </summary>
    readonly ReleaseFile[] files;
    readonly FrozenSet<string> folders;
    readonly uint owner;

    /// <param name="root">The root that the tree is in.</param>
    /// <param name="owner">The uid of the agent.</param>
    public SealedTree(ReleaseRecord record, Root root, uint owner)
    {
        Record = record;
        Root = root;
        this.owner = owner;
        files = [.. record.Files.OrderBy(file => file.Path)];
        folders = record.Files.Select(file => file.Path.Folder).Where(folder => folder.Length > 0).Distinct()
            .SelectMany(folder => Ancestors(folder)).ToFrozenSet(StringComparer.Ordinal);
    }

    public ReleaseRecord Record { get; }
    public Root Root { get; }
    public ReleaseId Id => Record.Release.Id;
    /// <summary>Gets its release; null for a notice page.</summary>
    public ReleaseId? Release => Id == default ? null : Id;
    public IReadOnlySet<string> Folders => folders;

    public ReleaseFile? File(string path)
    {
        var (from, to) = (0, files.Length - 1);
        while (from <= to)
        {
            var middle = (from + to) / 2;
            var order = string.CompareOrdinal(files[middle].Path.Value, path);
            if (order == 0) return files[middle];
            (from, to) = order < 0 ? (middle + 1, to) : (from, middle - 1);
        }
        return null;
    }

    /// <summary>Returns whether both are the same release, or notice pages with the same bytes.</summary>
    public bool IsSame(SealedTree other) =>
        Id == other.Id && (Release is not null || files[0].Sha256 == other.files[0].Sha256);

    /// <summary>
    /// Returns whether the tree has an entry at <paramref name="path"/>; "" is the tree's own folder.
    /// </summary>
    public bool Has(string path) => path.Length == 0 || File(path) is not null || folders.Contains(path);

    /// <summary>
    /// Returns what differs at one path; nothing if it is as sealed. If the bytes were not read, the rest is still
    /// compared.
    /// </summary>
    /// <param name="path">The path below the tree: as the tree has it, or printable if the tree does not have it. "" is
    /// the tree's own folder.</param>
    /// <param name="observed">Null if nothing exists there.</param>
    public IEnumerable<Alteration> At(string path, Observed? observed)
    {
        var file = File(path);
        if (observed is not { } seen)
        {
            if (file is not null)
                yield return Of(AlterationKind.Removed, path, file.Sha256, null, "the file is gone", null);
            else if (Has(path)) yield return Of(AlterationKind.Removed, path, null, null, "the folder is gone", null);
            yield break;
        }
        var identity = seen.Identity;
        var since = Since(identity);
        if (file is null && !Has(path))
        {
            yield return Of(
                AlterationKind.Added, path, null, seen.Sha256, $"{Name(identity.Kind)} that the package does not have",
                since);
            yield break;
        }
        var kind = file is null ? FileKind.Folder : FileKind.Regular;
        if (identity.Kind != kind)
        {
            yield return Of(
                AlterationKind.Type, path, file?.Sha256, null, $"{Name(identity.Kind)} in the place of {Name(kind)}",
                since);
            yield break;
        }
        if (file is not null && seen.Sha256 is { } digest && digest != file.Sha256)
            yield return Of(
                AlterationKind.Changed, path, file.Sha256, digest, $"{file.Size} bytes expected, {identity.Size} found",
                since);
        else if (file is not null && identity.Size != file.Size)
            yield return Of(
                AlterationKind.Changed, path, file.Sha256, null, $"{file.Size} bytes expected, {identity.Size} found",
                since);
        var mode = file is null ? FolderMode : FileMode;
        if ((identity.Mode & Permissions) != mode)
            yield return Of(
                AlterationKind.Mode, path, null, null, $"mode {Octal(identity.Mode)} in place of {Octal(mode)}", since);
        if (identity.Uid != owner)
            yield return Of(
                AlterationKind.Owner, path, null, null, $"owner uid {identity.Uid} in place of {owner}", since);
    }

    /// <summary>Returns the alteration for a path of this tree whose bytes could not be read.</summary>
    public Alteration Unreadable(string path, string refusal) =>
        Of(AlterationKind.Unreadable, path, File(path)?.Sha256, null, refusal, null);

    Alteration Of(
        AlterationKind kind, string path, Digest? expected, Digest? found, string detail, DateTimeOffset? since) =>
        new(Root, Id, kind, path.Length == 0 ? "." : path, expected, found, detail, since);

    static DateTimeOffset Since(in FileIdentity identity) =>
        DateTimeOffset.UnixEpoch.AddTicks(identity.CtimeNanos / 100);

    static IEnumerable<string> Ancestors(string folder)
    {
        for (var at = folder; ; at = at[..at.LastIndexOf('/')])
        {
            yield return at;
            if (!at.Contains('/', StringComparison.Ordinal)) yield break;
        }
    }

    static string Octal(uint mode) => "0" + Convert.ToString((int)(mode & 0xFFF), 8);

    static string Name(FileKind kind) => kind switch
    {
        FileKind.Regular => "a file",
        FileKind.Folder => "a folder",
        FileKind.Symlink => "a symbolic link",
        FileKind.Fifo => "a FIFO",
        FileKind.Socket => "a socket",
        FileKind.CharacterDevice or FileKind.BlockDevice => "a device",
        FileKind.Other => "something else",
    };
}
