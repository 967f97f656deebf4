using Difusor.Agent.Gate;

namespace Difusor.Agent.Drop;

/// <summary>What is seen of a delivery from outside: the hints of the kernel, and the looks.</summary>
public sealed partial class Delivery
{
    /// <summary>
    /// Takes a hint of the kernel about one file. The drop map has already decided that the file belongs to this
    /// delivery.
    /// </summary>
    public void Hint(HintKind kind, RawPath path, ClockReading now)
    {
        if (kind is HintKind.Gone or HintKind.Emptied)
        {
            if (At(path) is { } one) Leave(one, now);
            // A folder was moved away, with everything in it.
            else if (kind == HintKind.Gone && !leftovers.Has(Below(path)))
                foreach (var inner in files.Values.Where(file => file.IsIn(path)).ToList()) Leave(inner, now);
            return;
        }
        // A leftover of a transfer is no file of the package, but it shows that the package is still arriving.
        if (PassesOver(path))
        {
            Changed(now);
            return;
        }
        if (FileAt(path) is not { } file) return;
        Changed(now);
        Update(file, () =>
        {
            file.IsOpen = kind == HintKind.Writing;
            file.IsStale = true;
            file.IsGone = file.IsPassedOver = false;
        });
    }

    /// <summary>Takes what a look has seen at a path.</summary>
    public void Saw(RawPath path, in FileIdentity identity, long look, ClockReading now)
    {
        if (identity.Kind == FileKind.Regular && PassesOver(path)) return;
        if (FileAt(path) is not { } file) return;
        file.Look = look;
        if (file.IsPassedOver || file.IsStale || file.IsRead
            || (file.Identity is { } known && known.SameContents(identity))) return;
        Changed(now);
        Update(file, () => file.IsStale = true);
    }

    /// <summary>Ends a look: files that it has not seen are gone.</summary>
    public void Looked(long look, ClockReading now)
    {
        foreach (var file in files.Values.Where(file => file.Look < look && !file.IsGone).ToList()) Leave(file, now);
    }

    /// <summary>Records that hints were lost, so it is unknown which files are open.</summary>
    public void Forgot()
    {
        foreach (var file in files.Values.Where(file => file.IsOpen)) Update(file, () => file.IsOpen = false);
    }
}
