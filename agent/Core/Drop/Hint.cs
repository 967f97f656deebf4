namespace Difusor.Agent.Drop;

/// <summary>What the kernel says about the drop. A hint only ever means "look again"; the look decides.</summary>
public enum HintKind
{
    /// <summary>Somebody is writing to it: it was created, or bytes were written.</summary>
    Writing,
    /// <summary>
    /// Its writer has finished: it was closed after writing or moved here, or its attributes changed.
    /// </summary>
    Settled,
    /// <summary>Removed or moved away; a folder together with everything in it.</summary>
    Gone,
    /// <summary>
    /// A folder was removed. Only an empty one can be: each file that it had has been reported as gone before.
    /// </summary>
    Emptied,
    /// <summary>Hints were lost: everything must be looked at.</summary>
    Lost,
    /// <summary>The drop itself was removed or moved.</summary>
    DropGone,
}

public readonly record struct Hint(HintKind Kind, RawPath Path);
