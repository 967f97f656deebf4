using Difusor.Agent.Packages;

namespace Difusor.Agent.Drop;

/// <summary>
/// One file of a delivery, and how far the agent's own copy of it is. There may be some hundred thousand: its path is
/// one string, mostly.
/// </summary>
public sealed class DeliveredFile
{
    readonly RawPath root;

    /// <param name="root">Where the delivery lies below the drop.</param>
    /// <param name="below">Where the file lies below that; empty where it is the delivery itself.</param>
    internal DeliveredFile(RawPath root, RawPath below, PathLimits limits)
    {
        this.root = root;
        Name = (below.IsRoot ? root : below).Read(limits).Path;
        // A name that is ASCII throughout is the same string either way.
        Below = Name is not null && Name.Value == below.Bytes ? new RawPath(Name.Value) : below;
    }

    /// <summary>Where it lies below the drop.</summary>
    public RawPath Path => Below.IsRoot ? root : root.IsRoot ? Below : new RawPath($"{root.Bytes}/{Below.Bytes}");

    /// <summary>
    /// Where it lies below the delivery; empty where it is the delivery itself, an archive's one file.
    /// </summary>
    public RawPath Below { get; }

    /// <summary>Where it lies in the package; null where the path is unsafe.</summary>
    public RelativePath? Name { get; }

    /// <summary>What is wrong with the file itself beside its path: its type, that it cannot be read.</summary>
    public Finding? Finding { get; internal set; }

    /// <summary>The source as it was when it was staged or refused; null before that.</summary>
    public FileIdentity? Identity { get; internal set; }

    /// <summary>The agent's own copy; null where there is none.</summary>
    public ContentEntry? Entry { get; internal set; }

    /// <summary>Whether it lies in a folder of the drop.</summary>
    internal bool IsIn(RawPath folder)
    {
        if (folder == root || folder.IsRoot) return !Below.IsRoot || folder.IsRoot;
        if (root.IsRoot) return Below.IsIn(folder);
        return folder.IsIn(root) ? Below.IsIn(folder.Below(root)) : root.IsIn(folder);
    }

    /// <summary>What it took of the budget for HASH files.</summary>
    internal long HashBytes { get; set; }

    /// <summary>Its writer has not closed it, as far as is known.</summary>
    public bool IsOpen { get; internal set; }

    /// <summary>It has to be read again: it is new, or something has happened to it.</summary>
    internal bool IsStale { get; set; }

    /// <summary>Somebody reads it just now; what happens to it meanwhile makes it stale once more.</summary>
    internal bool IsRead { get; set; }

    internal bool IsGone { get; set; }

    /// <summary>
    /// It stands in the queue of what is to be read, or of what is gone: once is enough, however often it changes.
    /// </summary>
    internal bool IsQueued { get; set; }
    internal bool IsQueuedAsGone { get; set; }

    /// <summary>
    /// The last comparison that counted it: a folder that changes while it is listed may show a name twice.
    /// </summary>
    internal long Compared;

    /// <summary>The last look that saw it.</summary>
    internal long Look { get; set; }

    internal bool IsUnsettled => IsStale || IsRead || IsGone;

    /// <summary>
    /// What is wrong with it, its path among it. Written out only when it is asked for: every file of a delivery may be
    /// wrong.
    /// </summary>
    internal Finding? FindingWithin(PathLimits limits)
    {
        if (Name is not null) return Finding;
        var shown = Below.IsRoot ? root : Below;
        return Finding.Of(ReasonCode.UnsafePath, shown.ToString(), shown.Read(limits).Problem ?? "");
    }
}

/// <summary>What reading one source came to.</summary>
/// <param name="Identity">The source, the same before and after; null where it is not there, or changed while it was
/// read.</param>
/// <param name="Entry">The copy, where there is one now.</param>
/// <param name="Manifest">What the file states, where it is a HASH file at the top.</param>
/// <param name="Finding">Why it is refused.</param>
/// <param name="Retry">Neither: the store was full, or the source changed under the reading.</param>
/// <param name="NoRoom">Not read: other deliveries hold too much of what all may have together.</param>
public sealed record Reading(
    FileIdentity? Identity, ContentEntry? Entry, Manifest? Manifest = null, Finding? Finding = null, bool Retry = false,
    bool NoRoom = false)
{
    /// <summary>There is nothing at that path any more.</summary>
    public static Reading Nothing { get; } = new(null, null);
    public static Reading Again { get; } = new(null, null, Retry: true);

    /// <summary>The budget of all deliveries does not do for it now.</summary>
    public static Reading Waits { get; } = new(null, null, Retry: true, NoRoom: true);
}
