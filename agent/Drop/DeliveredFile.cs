using Difusor.Agent.Packages;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Drop;

/// <summary>One file of a delivery, and how far the agent's own copy of it is.</summary>
public sealed class DeliveredFile
{
    internal DeliveredFile(RawPath path, PathReading name, RawPath shown)
    {
        Path = path;
        Name = name.Path;
        if (name.Problem is { } problem) Finding = Finding.Of(ReasonCode.UnsafePath, shown.ToString(), problem);
    }

    /// <summary>Where it lies below the drop.</summary>
    public RawPath Path { get; }

    /// <summary>Where it lies in the package; null where the path is unsafe.</summary>
    public RelativePath? Name { get; }

    /// <summary>What is wrong with the file itself: its path, its type, that it cannot be read.</summary>
    public Finding? Finding { get; internal set; }

    /// <summary>The source as it was when it was staged or refused; null before that.</summary>
    public FileIdentity? Identity { get; internal set; }

    /// <summary>The agent's own copy; null where there is none.</summary>
    public ContentEntry? Entry { get; internal set; }

    /// <summary>Its writer has not closed it, as far as is known.</summary>
    public bool IsOpen { get; internal set; }

    /// <summary>It has to be read again: it is new, or something has happened to it.</summary>
    internal bool IsStale { get; set; }

    /// <summary>Somebody reads it just now; what happens to it meanwhile makes it stale once more.</summary>
    internal bool IsRead { get; set; }

    internal bool IsGone { get; set; }

    /// <summary>It stands in the queue of what is to be read, or of what is gone: once is enough, however often it changes.</summary>
    internal bool IsQueued { get; set; }
    internal bool IsQueuedAsGone { get; set; }

    /// <summary>The last comparison that counted it: a folder that changes while it is listed may show a name twice.</summary>
    internal long Compared;

    /// <summary>The last look that saw it.</summary>
    internal long Look { get; set; }

    internal bool IsUnsettled => IsStale || IsRead || IsGone;
}

/// <summary>What reading one source came to.</summary>
/// <param name="Identity">The source, the same before and after; null where it is not there, or changed while it was read.</param>
/// <param name="Entry">The copy, where there is one now.</param>
/// <param name="Hash">What the file says, where it is a HASH file.</param>
/// <param name="Finding">Why it is refused.</param>
/// <param name="Retry">Neither: the store was full, or the source changed under the reading.</param>
public sealed record Reading(FileIdentity? Identity, ContentEntry? Entry, HashFile? Hash = null, Finding? Finding = null, bool Retry = false)
{
    /// <summary>There is nothing at that path any more.</summary>
    public static Reading Nothing { get; } = new(null, null);
    public static Reading Again { get; } = new(null, null, Retry: true);
}
