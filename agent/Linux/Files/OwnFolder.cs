using System.Runtime.CompilerServices;
using Difusor.Agent.Drop;
using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Files;

/// <summary>
/// A folder that belongs to the agent, held by its descriptor, so that a path beneath it costs one short walk, however
/// deep the state is. Only the agent writes there. A file is only ever created, never opened to be overwritten, so no
/// write can reach a shared inode.
/// </summary>
sealed unsafe class OwnFolder : IDisposable
{
    const int LongestPath = 4096;
    const int ListingBuffer = 32 * 1024;

    OwnFolder(SafeFileHandle handle, string path)
    {
        Handle = handle;
        Path = path;
    }

    internal SafeFileHandle Handle { get; }
    internal string Path { get; }
    int Descriptor => (int)Handle.DangerousGetHandle();

    internal static OwnFolder Open(string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
            return new OwnFolder(Own(SystemFault.Check(
                Native.openat(
                    Native.AtCurrentFolder, name, Native.OpenFolder | Native.OpenNoFollow | Native.OpenCloseOnExec, 0),
                    "open", path)), path);
    }

    /// <summary>Opens a file for reading without changing its access time; null where there is none.</summary>
    [SkipLocalsInit]
    internal SafeFileHandle? TryOpen(string name)
    {
        const int Flags = Native.OpenReadOnly | Native.OpenCloseOnExec;
        var buffer = stackalloc byte[LongestPath];
        var descriptor =
            Native.openat(Descriptor, Utf8(name, buffer), Flags | Native.OpenNoFollow | Native.OpenNoAccessTime, 0);
        // O_NOATIME is refused for a file of another account.
        if (descriptor < 0 && SystemFault.LastErrno == Errno.EPERM)
            descriptor = Native.openat(Descriptor, Utf8(name, buffer), Flags | Native.OpenNoFollow, 0);
        if (descriptor >= 0) return Own(descriptor);
        return SystemFault.LastErrno is var errno and not (Errno.ENOENT or Errno.ENOTDIR)
            ? throw new SystemFault("open", $"{Path}/{name}", errno) : null;
    }

    /// <summary>Creates a file.</summary>
    /// <exception cref="SystemFault">It cannot be created; also where something has that name already.</exception>
    internal SafeFileHandle Create(string name, uint mode) =>
        TryCreate(name, mode, out var errno) ?? throw new SystemFault("open", $"{Path}/{name}", errno);

    [SkipLocalsInit]
    internal SafeFileHandle? TryCreate(string name, uint mode, out Errno errno)
    {
        var buffer = stackalloc byte[LongestPath];
        var descriptor = Native.openat(Descriptor, Utf8(name, buffer),
            Native.OpenReadWrite | Native.OpenCreate | Native.OpenExclusive | Native.OpenNoFollow
                | Native.OpenCloseOnExec, (int)mode);
        errno = descriptor < 0 ? SystemFault.LastErrno : 0;
        if (descriptor < 0) return null;
        SystemFault.Check(Native.fchmod(descriptor, mode), "fchmod", name); // whatever the umask says
        return Own(descriptor);
    }

    /// <summary>Gives a file of this folder a second name beneath <paramref name="target"/>.</summary>
    /// <returns>False where the system refuses: the file is gone, it has too many links, or there is no room.</returns>
    [SkipLocalsInit]
    internal bool TryLink(string name, OwnFolder target, string targetName)
    {
        var from = stackalloc byte[LongestPath];
        var to = stackalloc byte[LongestPath];
        return Native.linkat(Descriptor, Utf8(name, from), target.Descriptor, Utf8(targetName, to), 0) == 0;
    }

    /// <summary>Returns what is at a name (the link itself, if it is one); null where there is nothing.</summary>
    [SkipLocalsInit]
    internal FileIdentity? Identify(string name)
    {
        var buffer = stackalloc byte[LongestPath];
        Native.Statx found;
        if (Native.statx(Descriptor, Utf8(name, buffer), Native.AtSymlinkNoFollow, Native.StatxBasic, &found) == 0)
            return found.Identity;
        return SystemFault.LastErrno is var errno and not (Errno.ENOENT or Errno.ENOTDIR)
            ? throw new SystemFault("statx", $"{Path}/{name}", errno) : null;
    }

    /// <summary>Makes a folder if there is none, and sets its mode in any case.</summary>
    [SkipLocalsInit]
    internal void MakeFolder(string name, uint mode)
    {
        var buffer = stackalloc byte[LongestPath];
        if (Native.mkdirat(Descriptor, Utf8(name, buffer), mode) < 0
            && SystemFault.LastErrno is var errno and not Errno.EEXIST)
            throw new SystemFault("mkdir", $"{Path}/{name}", errno);
        SystemFault.Check(Syscall.chmod($"{Path}/{name}", (FilePermissions)mode), "chmod", $"{Path}/{name}");
    }

    /// <summary>
    /// Asks the file system to put each folder made here, with its files, far away from the others (chattr +T).
    /// Otherwise ext4 puts them into the same block group, and there it passes over each inode that was removed in the
    /// last minutes before it takes one (`make apart`). Where the file system has no such flag nothing changes.
    /// </summary>
    internal void KeepSubfoldersApart()
    {
        int flags;
        if (Native.ioctl(Descriptor, Native.GetFlags, &flags) < 0 || (flags & Native.TopFolder) != 0) return;
        flags |= Native.TopFolder;
        _ = Native.ioctl(Descriptor, Native.SetFlags, &flags);
    }

    /// <summary>Removes a file.</summary>
    /// <returns>False where there was none.</returns>
    [SkipLocalsInit]
    internal bool Unlink(string name)
    {
        var buffer = stackalloc byte[LongestPath];
        if (Native.unlinkat(Descriptor, Utf8(name, buffer), 0) == 0) return true;
        return SystemFault.LastErrno is var errno and not Errno.ENOENT
            ? throw new SystemFault("unlink", $"{Path}/{name}", errno) : false;
    }

    /// <summary>Returns the names in this folder.</summary>
    internal List<string> List()
    {
        var names = new List<string>();
        EachRaw(Handle, Path, (raw, _) => names.Add(Encoding.UTF8.GetString(raw)));
        // A folder that changes meanwhile may show a name twice.
        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Removes whatever has that name; a folder with everything beneath it. No link is followed.</summary>
    internal void RemoveTree(string name) => RemoveRaw(Handle, Encoding.UTF8.GetBytes(name + '\0'), Path);

    /// <summary>
    /// Removes everything here and beneath except files and folders with the given paths. No link is followed.
    /// </summary>
    /// <returns>How many of the files are there.</returns>
    internal int KeepOnly(IReadOnlySet<string> files, IReadOnlySet<string> subfolders) =>
        KeepOnly(Handle, "", files, subfolders);

    /// <summary>Flushes this folder's entries to stable storage.</summary>
    internal void Flush() => SystemFault.Check(Native.fsync(Descriptor), "fsync", Path);

    public void Dispose() => Handle.Dispose();

    const byte UnknownKind = 0, FolderKind = 4, FileKind = 8;

    delegate void RawVisitor(ReadOnlySpan<byte> name, byte kind);

    int KeepOnly(SafeFileHandle folder, string path, IReadOnlySet<string> files, IReadOnlySet<string> subfolders)
    {
        List<byte[]>? odd = null;
        List<string>? below = null;
        var kept = 0;
        EachRaw(folder, Path, (raw, listed) =>
        {
            var inner = path.Length == 0 ? Encoding.UTF8.GetString(raw) : $"{path}/{Encoding.UTF8.GetString(raw)}";
            var kind = listed != UnknownKind ? listed : Identify(inner)?.Kind switch
            {
                Difusor.Agent.Drop.FileKind.Regular => FileKind,
                Difusor.Agent.Drop.FileKind.Folder => FolderKind,
                _ => UnknownKind,
            };
            if (kind == FileKind && files.Contains(inner)) kept++;
            else if (kind == FolderKind && subfolders.Contains(inner)) (below ??= []).Add(inner);
            else (odd ??= []).Add([.. raw, 0]);
        });
        foreach (var name in odd ?? []) RemoveRaw(folder, name, Path);
        foreach (var inner in below ?? [])
        {
            using var opened = OpenBelow(inner);
            kept += KeepOnly(opened, inner, files, subfolders);
        }
        return kept;
    }

    [SkipLocalsInit]
    SafeFileHandle OpenBelow(string path)
    {
        var buffer = stackalloc byte[LongestPath];
        var flags = Native.OpenFolder | Native.OpenNoFollow | Native.OpenCloseOnExec;
        return Own(
            SystemFault.Check(Native.openat(Descriptor, Utf8(path, buffer), flags, 0), "open", $"{Path}/{path}"));
    }

    static void EachRaw(SafeFileHandle folder, string subject, RawVisitor visit)
    {
        byte here = (byte)'.';
        var self = stackalloc byte[2] { here, 0 };
        using var listing = Own(SystemFault.Check(
            Native.openat((int)folder.DangerousGetHandle(), self, Native.OpenFolder | Native.OpenCloseOnExec, 0),
            "open", subject));
        var buffer = new byte[ListingBuffer];
        fixed (byte* entries = buffer)
        {
            int length;
            while ((length =
                SystemFault.Check(
                Native.getdents64((int)listing.DangerousGetHandle(), entries, ListingBuffer), "getdents64",
                subject)) > 0)
            {
                for (var at = 0; at < length; at += *(ushort*)(entries + at + 16))
                {
                    var name = System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(
                        entries + at + 19);
                    if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) visit(name, entries[at + 18]);
                }
            }
        }
    }

    static void RemoveRaw(SafeFileHandle parent, byte[] name, string subject)
    {
        fixed (byte* pointer = name)
        {
            var folder = (int)parent.DangerousGetHandle();
            if (Native.unlinkat(folder, pointer, 0) == 0) return;
            var errno = SystemFault.LastErrno;
            if (errno == Errno.ENOENT) return;
            if (errno is not (Errno.EISDIR or Errno.EPERM)) throw new SystemFault("unlink", subject, errno);
            using (var inner = Own(SystemFault.Check(
                Native.openat(folder, pointer, Native.OpenFolder | Native.OpenNoFollow | Native.OpenCloseOnExec, 0),
                "open", subject)))
            {
                var names = new List<byte[]>();
                EachRaw(inner, subject, (raw, _) => names.Add([.. raw, 0]));
                foreach (var child in names) RemoveRaw(inner, child, subject);
            }
            SystemFault.Check(Native.unlinkat(folder, pointer, Native.AtRemoveFolder), "rmdir", subject);
        }
    }

    static SafeFileHandle Own(int descriptor) => new(descriptor, ownsHandle: true);

    static byte* Utf8(string name, byte* buffer)
    {
        var length = Encoding.UTF8.GetBytes(name, new Span<byte>(buffer, LongestPath - 1));
        buffer[length] = 0;
        return buffer;
    }
}
