using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Packages;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux.Drop;

/// <summary>By what deliveries are received: replaced as a whole when the configuration is read anew.</summary>
public sealed record ReceivingRules(Settings Settings, VerificationRules Verification);

/// <summary>Is told of one file of a delivery, by its path below the drop.</summary>
delegate bool FileVisitor(RawPath path, in FileIdentity identity);

/// <summary>A full look at the drop, or at one delivery of it.</summary>
static class DropLook
{
    /// <summary>So many entries are looked at beyond the files that are allowed, at the least.</summary>
    const int Spare = 10_000;

    /// <summary>
    /// Tells every file beneath <paramref name="root"/> that belongs to its delivery. A folder deeper than the limit is
    /// told as a file, since nobody will look into it.
    /// </summary>
    /// <returns>False where the visitor had enough, or more lies there than is looked at.</returns>
    public static bool Walk(SafeFolder drop, RawPath root, Settings settings, FileVisitor visit) =>
        WalkBelow(drop, root, settings, (path, in identity) =>
        DropMap.Of(settings.Drop.Layout, path, identity.Kind).Part != DropPart.Inside || visit(path, identity));

    /// <summary>Tells a delivery all that lies there of it, and what lies there no more.</summary>
    /// <returns>How many files were looked at.</returns>
    public static int Into(Delivery delivery, SafeFolder drop, Settings settings, long look, ClockReading now)
    {
        var (seen, whole) = (0, true);
        if (delivery.IsArchive)
        {
            if (OneFile(drop, delivery.Root) is { } identity) delivery.Saw(delivery.Root, identity, look, now);
        }
        else whole = Walk(drop, delivery.Root, settings, (path, in identity) =>
        {
            delivery.Saw(path, identity, look, now);
            // More than are allowed: it can only be refused, whatever else lies there.
            return ++seen <= settings.Limits.Files || delivery.Excess is null;
        });
        if (whole) delivery.Looked(look, now);
        return seen;
    }

    /// <summary>
    /// What lies there, where it is an archive by its name or nothing that could be a package; null for a folder and
    /// for a loose file.
    /// </summary>
    public static FileIdentity? OneFile(SafeFolder drop, RawPath root) =>
        drop.Identify(root.ToBytes()) is { Kind: not FileKind.Folder } identity
            && (identity.Kind != FileKind.Regular || PackageName.Read(root.Bytes).Form != PackageForm.Folder) ? identity
                : null;

    static bool WalkBelow(SafeFolder drop, RawPath root, Settings settings, FileVisitor visit)
    {
        // Folders, and what is no file of a package, are looked at too: of these no more than of the files.
        var (depth, most) = (settings.Limits.PathDepth + 1, 2L * settings.Limits.Files + Spare);
        if (root.IsRoot) return WalkFiles(drop, root, depth, most, visit);
        using var folder = drop.TryOpenFolder(root.ToBytes(), out _);
        return folder is null || WalkFiles(folder, root, depth, most, visit);
    }

    static bool WalkFiles(SafeFolder folder, RawPath root, int depth, long most, FileVisitor visit) =>
        folder.Walk((name, in identity) =>
        --most >= 0
            && ((identity.Kind == FileKind.Folder && name.Count((byte)'/') + 1 < depth)
            || visit(root.Child(name), identity)), depth);
}
