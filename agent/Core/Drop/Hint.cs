namespace Difusor.Agent.Drop;

/// <summary>What the kernel says of the drop. A hint only ever means "look again"; the look decides.</summary>
public enum HintKind
{
    /// <summary>Somebody is writing to it: created, or bytes written.</summary>
    Writing,
    /// <summary>
    /// Whole as far as its writer goes: closed after writing, moved to here, or its attributes changed.
    /// </summary>
    Settled,
    /// <summary>Removed, or moved away; a folder with all that was in it.</summary>
    Gone,
    /// <summary>Hints were lost: everything must be looked at.</summary>
    Lost,
    /// <summary>The drop itself was removed or moved.</summary>
    DropGone,
}

public readonly record struct Hint(HintKind Kind, RawPath Path);
