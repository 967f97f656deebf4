namespace Difusor.Agent.Drop;

/// <summary>The type of a folder's entry itself: a symbolic link is a link, whatever it leads to.</summary>
public enum FileKind : byte { Regular, Folder, Symlink, Fifo, Socket, CharacterDevice, BlockDevice, Other }

/// <summary>
/// Which file this is, and in which state. Two equal identities mean the same inode with the same bytes, unless the
/// kernel's clock stood still between two writes. Times are nanoseconds since 1970; Mode has only the permission bits
/// (07777).
/// </summary>
public readonly record struct FileIdentity(
    ulong Device, ulong Inode, FileKind Kind, long Size, long MtimeNanos, long CtimeNanos, uint Mode, uint Uid,
    uint Links)
{
    /// <summary>
    /// Returns whether it is the same file and nobody wrote to it in between: inode, size, mtime and ctime are equal.
    /// </summary>
    public bool SameContents(in FileIdentity other) =>
        Inode == other.Inode && Device == other.Device && Kind == other.Kind && Size == other.Size
        && MtimeNanos == other.MtimeNanos && CtimeNanos == other.CtimeNanos;
}
