using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Gate;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux;

/// <summary>By what deliveries are received: replaced as a whole when the configuration is read anew.</summary>
public sealed record ReceivingRules(Settings Settings, VerificationRules Verification);

/// <summary>Is told of one file of a delivery, by its path below the drop.</summary>
delegate bool FileVisitor(RawPath path, in FileIdentity identity);

/// <summary>Is told of one file of the drop, and the part that it plays.</summary>
delegate void DropVisitor(DropPart part, RawPath root, RawPath path, in FileIdentity identity);

/// <summary>A full look at the drop, or at one delivery of it.</summary>
static class DropLook
{
    /// <summary>
    /// Tells every file beneath <paramref name="root"/> that belongs to its delivery. A folder deeper than the limit is told as a file,
    /// since nobody will look into it.
    /// </summary>
    /// <returns>False where the visitor had enough.</returns>
    public static bool Walk(SafeFolder drop, RawPath root, Settings settings, FileVisitor visit) => WalkBelow(drop, root, settings, (path, in identity) =>
        DropMap.Of(settings.Drop.Layout, path, identity.Kind).Part != DropPart.Inside || visit(path, identity));

    /// <summary>Tells a delivery all that lies there of it, and what lies there no more.</summary>
    public static void Into(Delivery delivery, SafeFolder drop, Settings settings, long look, ClockReading now)
    {
        if (delivery.IsArchive)
        {
            if (drop.Identify(delivery.Root.ToBytes()) is { } identity) delivery.Saw(delivery.Root, identity, look, now);
        }
        else Walk(drop, delivery.Root, settings, (path, in identity) =>
        {
            delivery.Saw(path, identity, look, now);
            return true;
        });
        delivery.Looked(look, now);
    }

    /// <summary>Tells every file of the drop that plays a part.</summary>
    public static void WalkAll(SafeFolder drop, Settings settings, DropVisitor visit)
    {
        var (layout, most) = (settings.Drop.Layout, settings.Limits.PathDepth + (settings.Drop.Layout == DropLayout.Tree ? 1 : 2));
        drop.Walk((name, in identity) =>
        {
            if (identity.Kind == FileKind.Folder && name.Count((byte)'/') + 1 < most) return true;
            var path = RawPath.Of(name);
            var (part, root) = DropMap.Of(layout, path, identity.Kind);
            if (part != DropPart.Nothing) visit(part, root, path, identity);
            return true;
        }, most);
    }

    static bool WalkBelow(SafeFolder drop, RawPath root, Settings settings, FileVisitor visit)
    {
        var most = settings.Limits.PathDepth + 1;
        if (root.IsRoot) return WalkFiles(drop, root, most, visit);
        using var folder = drop.TryOpenFolder(root.ToBytes(), out _);
        return folder is null || WalkFiles(folder, root, most, visit);
    }

    static bool WalkFiles(SafeFolder folder, RawPath root, int depth, FileVisitor visit) => folder.Walk((name, in identity) =>
        (identity.Kind == FileKind.Folder && name.Count((byte)'/') + 1 < depth) || visit(root.Child(name), identity), depth);
}
