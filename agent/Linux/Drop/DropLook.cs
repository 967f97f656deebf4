using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Gate;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// The rules by which deliveries are received. Replaced as a whole when the configuration is read again.
/// </summary>
public sealed record ReceivingRules(Settings Settings, VerificationRules Verification);

/// <summary>Receives one file of a delivery, by its path below the drop.</summary>
delegate bool FileVisitor(RawPath path, in FileIdentity identity);

/// <summary>Looks at the whole drop, or at one delivery in it.</summary>
static class DropLook
{
    /// <summary>
    /// How many entries a look reads in any case, on top of twice the number of files that are allowed.
    /// </summary>
    const int Spare = 10_000;

    /// <summary>
    /// Passes every file beneath <paramref name="root"/> that belongs to its delivery to the visitor. A folder deeper
    /// than the limit is passed as if it were a file, since it is not looked into.
    /// </summary>
    /// <returns>False where the visitor stopped, or where there are more entries than a look reads.</returns>
    public static bool Walk(
        SafeFolder drop, RawPath root, Settings settings, FileVisitor visit, Action<RawPath>? shut = null) =>
        WalkBelow(drop, root, settings, (path, in identity) =>
        DropMap.Of(settings.Drop, path, identity.Kind).Part != DropPart.Inside || visit(path, identity),
        path =>
        {
            if (DropMap.Of(settings.Drop, path, FileKind.Folder).Part == DropPart.Inside) shut?.Invoke(path);
        });

    /// <summary>Tells a delivery which files lie there now, and which are gone.</summary>
    /// <param name="shut">Receives the folders that the agent may not open or enter.</param>
    /// <returns>How many files were looked at.</returns>
    public static int Into(
        Delivery delivery, SafeFolder drop, Settings settings, long look, ClockReading now,
        Action<RawPath>? shut = null)
    {
        var (seen, whole) = (0, true);
        if (delivery.IsArchive)
        {
            if (OneFile(drop, delivery.Root) is { } identity) delivery.Saw(delivery.Root, identity, look, now);
        }
        else whole = Walk(drop, delivery.Root, settings, (path, in identity) =>
        {
            delivery.Saw(path, identity, look, now);
            // Beyond the limit the delivery can only be refused, whatever else lies there.
            return ++seen <= settings.Limits.Files || delivery.Excess is null;
        }, shut);
        if (whole) delivery.Looked(look, now);
        return seen;
    }

    /// <summary>
    /// Returns what lies there if its name is an archive's, or if it cannot be a package at all; null for a folder and
    /// for a loose file.
    /// </summary>
    public static FileIdentity? OneFile(SafeFolder drop, RawPath root) =>
        drop.Identify(root.ToBytes()) is { Kind: not FileKind.Folder } identity
            && (identity.Kind != FileKind.Regular || PackageName.Read(root.Bytes).Form != PackageForm.Folder) ? identity
                : null;

    static bool WalkBelow(
        SafeFolder drop, RawPath root, Settings settings, FileVisitor visit, Action<RawPath> shut)
    {
        // Folders, and what is not a package's file, are read too: allow as many of them as of files.
        var (depth, most) = (settings.Limits.PathDepth + 1, 2L * settings.Limits.Files + Spare);
        if (root.IsRoot) return WalkFiles(drop, root, depth, most, visit, shut);
        using var folder = drop.TryEnterFolder(root.ToBytes(), out _);
        return folder is null || WalkFiles(folder, root, depth, most, visit, shut);
    }

    static bool WalkFiles(
        SafeFolder folder, RawPath root, int depth, long most, FileVisitor visit, Action<RawPath> shut) =>
        folder.Walk((name, in identity) =>
        --most >= 0
            && ((identity.Kind == FileKind.Folder && name.Count((byte)'/') + 1 < depth)
            || visit(root.Child(name), identity)), depth, (name, refusal) =>
        {
            if (refusal is Errno.EACCES or Errno.EPERM) shut(root.Child(name));
        });
}
