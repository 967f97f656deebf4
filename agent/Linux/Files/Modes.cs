using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Files;

/// <summary>The permissions (chmod(2)) of what the agent makes: owner, group, others.</summary>
static class Modes
{
    /// <summary>0600: only the agent reads and writes.</summary>
    public const uint PrivateFile = 0b110_000_000;

    /// <summary>0700: only the agent enters.</summary>
    public const uint PrivateFolder = 0b111_000_000;

    /// <summary>0640: the agent writes, and the folder's group reads.</summary>
    public const uint GroupFile = 0b110_100_000;

    /// <summary>0660: the agent and the folder's group read and write.</summary>
    public const uint GroupSocket = 0b110_110_000;

    /// <summary>0644: everybody reads.</summary>
    public const uint PublicFile = SealedTree.FileMode;

    /// <summary>0755: everybody enters and lists.</summary>
    public const uint PublicFolder = SealedTree.FolderMode;

    /// <summary>0711: everybody passes through, and only the agent lists.</summary>
    public const uint PassThrough = 0b111_001_001;
}
