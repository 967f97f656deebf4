namespace Difusor.Agent.Drop;

/// <summary>
/// One file of a delivery, and how far the agent has copied it. There may be some hundred thousand of these, so the
/// path is mostly stored as one string.
/// </summary>
public sealed class DeliveredFile
{
    readonly RawPath root;

    /// <param name="root">The path of the delivery below the drop.</param>
    /// <param name="below">The path of the file below the delivery; empty if the file is the delivery itself.</param>
    internal DeliveredFile(RawPath root, RawPath below, PathLimits limits)
    {
        this.root = root;
        Name = (below.IsRoot ? root : below).Read(limits).Path;
        // An ASCII name is the same string in both forms, so one string serves both.
        Below = Name is not null && Name.Value == below.Bytes ? new RawPath(Name.Value) : below;
    }

    /// <summary>Gets the path below the drop.</summary>
    public RawPath Path => Below.IsRoot ? root : root.IsRoot ? Below : new RawPath($"{root.Bytes}/{Below.Bytes}");

    /// <summary>
    /// Gets the path below the delivery; empty if the file is the delivery itself (the one file of an archive).
    /// </summary>
    public RawPath Below { get; }

    /// <summary>Gets the path in the package; null if the path is unsafe.</summary>
    public RelativePath? Name { get; }

    /// <summary>
    /// Gets what is wrong with the file itself, apart from its path: for example its type, or that it cannot be read.
    /// </summary>
    public Finding? Finding { get; internal set; }

    /// <summary>Gets the identity of the source when it was staged or refused; null before that.</summary>
    public FileIdentity? Identity { get; internal set; }

    /// <summary>Gets the agent's own copy; null if there is none.</summary>
    public ContentEntry? Entry { get; internal set; }

    /// <summary>Returns whether the file lies in a folder of the drop.</summary>
    internal bool IsIn(RawPath folder)
    {
        if (folder == root || folder.IsRoot) return !Below.IsRoot || folder.IsRoot;
        if (root.IsRoot) return Below.IsIn(folder);
        return folder.IsIn(root) ? Below.IsIn(folder.Below(root)) : root.IsIn(folder);
    }

    /// <summary>Gets or sets how much of the budget for HASH files this file uses.</summary>
    internal long HashBytes { get; set; }

    /// <summary>Gets whether, as far as known, the writer has not closed the file yet.</summary>
    public bool IsOpen { get; internal set; }

    /// <summary>Gets or sets whether the file must be read again: it is new, or something happened to it.</summary>
    internal bool IsStale { get; set; }

    /// <summary>
    /// Gets or sets whether a worker is reading the file now. A change during the reading makes it stale again.
    /// </summary>
    internal bool IsRead { get; set; }

    internal bool IsGone { get; set; }

    /// <summary>
    /// Gets or sets whether the file is taken for one that a sender has left open and forgotten: it is not read.
    /// </summary>
    internal bool IsPassedOver { get; set; }

    /// <summary>
    /// Gets or sets whether the file is in the reading queue; <c>IsQueuedAsGone</c> is the same for the queue of files
    /// that are gone. Once is enough, however often the file changes.
    /// </summary>
    internal bool IsQueued { get; set; }
    internal bool IsQueuedAsGone { get; set; }

    /// <summary>
    /// The last comparison that counted this file. A folder that changes while it is listed may show a name twice.
    /// </summary>
    internal long Compared;

    /// <summary>Gets or sets the number of the last look that saw the file.</summary>
    internal long Look { get; set; }

    internal bool IsUnsettled => IsStale || IsRead || IsGone;

    /// <summary>
    /// Returns what is wrong with the file, including its path. The text is made only on request, because every file of
    /// a delivery may be wrong.
    /// </summary>
    internal Finding? FindingWithin(PathLimits limits)
    {
        if (Name is not null) return Finding;
        var shown = Below.IsRoot ? root : Below;
        return Finding.Of(ReasonCode.UnsafePath, shown.ToString(), shown.Read(limits).Problem ?? "");
    }
}

/// <summary>The result of reading one source.</summary>
/// <param name="Identity">The source, the same before and after; null if it does not exist, or changed during the
/// reading.</param>
/// <param name="Entry">The copy, if there is one now.</param>
/// <param name="Manifest">What the file states, if it is a HASH file at the top.</param>
/// <param name="Finding">Why the file is refused.</param>
/// <param name="Retry">Neither copied nor refused: the store was full, or the source changed during the
/// reading.</param>
/// <param name="NoRoom">Not read: other deliveries use too much of the shared budget.</param>
public sealed record Reading(
    FileIdentity? Identity, ContentEntry? Entry, Manifest? Manifest = null, Finding? Finding = null, bool Retry = false,
    bool NoRoom = false)
{
    /// <summary>Gets the result for a path where no file exists any more.</summary>
    public static Reading Nothing { get; } = new(null, null);
    public static Reading Again { get; } = new(null, null, Retry: true);

    /// <summary>
    /// Gets the result for a file that must wait, because the shared budget of all deliveries has no room for it now.
    /// </summary>
    public static Reading Waits { get; } = new(null, null, Retry: true, NoRoom: true);
}
