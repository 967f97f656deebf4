using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Events;

namespace Difusor.Agent.Linux.Drop;

/// <summary>Notes what lies at the top of a drop of packages and is no delivery, so that it is told.</summary>
public sealed partial class DropReceiver
{
    readonly IgnoredEntries ignored;

    /// <summary>
    /// Gets what lies at the top of the drop and is no delivery; default until it was looked at once. Any thread.
    /// </summary>
    public ImmutableArray<IgnoredEntry> Ignored => ignored.Shown;

    /// <summary>Takes a hint about a file at the top that is no delivery.</summary>
    void OnNoDelivery(RawPath path)
    {
        if (rules.Settings.Drop.Layout != DropLayout.Packages || !ignored.HasRoomFor(path)
            || NoDelivery.OfName(path, rules.Settings.Drop.Leftovers) is not { } cause) return;
        // A link or a device is a delivery, which can only be refused; the look finds it.
        if (Drop?.Identify(path.ToBytes()) is { Kind: FileKind.Regular } identity)
            ignored.Saw(path, cause, identity, now.Monotonic);
    }

    /// <summary>Notes an entry that is no delivery.</summary>
    /// <param name="part">What the drop map says about it; for a folder <see cref="DropPart.Inside"/>.</param>
    /// <param name="seen">How many files were looked at.</param>
    /// <returns>False where it may be one.</returns>
    bool IsNoDelivery(RawPath root, DropPart part, in FileIdentity identity, out int seen)
    {
        seen = 1;
        // What the list says decides, once it is read.
        if (part == DropPart.BesideArchives) return true;
        if (part == DropPart.Nothing || DropMap.IsPassedOver(rules.Settings.Drop, root))
        {
            if (NoDelivery.OfName(root, rules.Settings.Drop.Leftovers) is { } cause)
                ignored.Saw(root, cause, identity, now.Monotonic);
            return true;
        }
        if (part != DropPart.Inside || IsReceived(root)) return false;
        return IsNoPackage(root, identity, ref seen);
    }

    /// <summary>Notes a folder that is empty, holds packages only, or cannot be opened.</summary>
    /// <returns>False where it may be a package.</returns>
    bool IsNoPackage(RawPath root, in FileIdentity identity, ref int seen)
    {
        // Whatever comes into a folder, or leaves it, changes it.
        if (ignored.CauseOf(root, identity) == IgnoredCause.NotAPackage) return true;
        var content = new FolderAtTop(root, rules.Settings.Drop.Leftovers);
        using (var folder = Drop!.TryEnterFolder(root.ToBytes(), out var refusal))
        {
            if (refusal == Errno.EACCES)
            {
                ignored.Saw(root, IgnoredCause.Unreadable, identity, now.Monotonic);
                return true;
            }
            if (folder is null) return false;
            folder.List((name, in inner) => content.Saw(RawPath.Of(name), inner.Kind));
        }
        seen += content.Seen;
        if (content.Cause is not { } cause) return false;
        ignored.Saw(root, cause, identity, now.Monotonic);
        return true;
    }

    /// <summary>
    /// Returns whether a file has come into a folder at the top that holds only packages. Then it is no delivery's.
    /// </summary>
    bool IsInNoPackage(RawPath root, RawPath path)
    {
        var name = path.Below(root).Top;
        var isFolder = path.Bytes.Length > root.Bytes.Length + 1 + name.Bytes.Length;
        if (!NoDelivery.IsPackageIn(root, name, isFolder) || !ignored.HasRoomFor(root)) return false;
        var seen = 0;
        if (!ignored.Has(root)
            && !(Drop?.Identify(root.ToBytes()) is { } identity && IsNoPackage(root, identity, ref seen))) return false;
        ignored.Touch(root, now.Monotonic);
        return true;
    }

    /// <summary>Returns whether something at the top is known as a delivery, wherever that is on its way.</summary>
    bool IsReceived(RawPath root) =>
        receptions.ContainsKey(root) || judged.Has(root) || givenWay.Has(root) || aside.Has(root);

    /// <summary>Shows what has changed, or is quiet for long enough by now.</summary>
    void ShowIgnored()
    {
        if (now.Monotonic >= ignored.Due) ignored.Show(Patience.Of(rules.Settings.Drop), now.Monotonic);
    }
}
