namespace Difusor.Agent.Drop;

/// <summary>What an entry of a folder is, itself: a symbolic link is one, whatever it leads to.</summary>
public enum FileKind : byte { Regular, Folder, Symlink, Fifo, Socket, CharacterDevice, BlockDevice, Other }

/// <summary>
/// Which file this is, and in which state: two equal identities mean the same inode with the same bytes, unless the
/// kernel's clock stood still between two writes. Times are nanoseconds since 1970; Mode is the permission bits only
/// (07777).
/// </summary>
public readonly record struct FileIdentity(
    ulong Device, ulong Inode, FileKind Kind, long Size, long MtimeNanos, long CtimeNanos, uint Mode, uint Uid,
    uint Links)
{
    /// <summary>The same file, and nothing wrote to it in between: inode, size, mtime and ctime.</summary>
    public bool SameContents(in FileIdentity other) =>
        Inode == other.Inode && Device == other.Device && Kind == other.Kind && Size == other.Size
        && MtimeNanos == other.MtimeNanos && CtimeNanos == other.CtimeNanos;
}
