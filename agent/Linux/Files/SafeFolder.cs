using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Difusor.Agent.Drop;
using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Files;

/// <summary>
/// Receives each entry: its name or path as the raw bytes of the file system, and the identity of the entry itself.
/// </summary>
/// <returns>False: stop the listing.</returns>
public delegate bool EntryVisitor(ReadOnlySpan<byte> name, in FileIdentity identity);

/// <summary>
/// A folder that others may write to, held by its descriptor. Everything is opened, listed and identified beneath it,
/// and no symbolic link is followed in any component (openat2 with RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
/// RESOLVE_NO_MAGICLINKS; where the kernel lacks it, component by component with O_NOFOLLOW). Names are raw bytes, so a
/// name that is not UTF-8 is seen, too. Where something is not there or not allowed, the result is an
/// <see cref="Errno"/>; other refusals of the system throw a <see cref="SystemFault"/>.
/// </summary>
[SkipLocalsInit]
public sealed unsafe partial class SafeFolder : IDisposable
{
    const int LongestPath = 4096;
    const int ListingBuffer = 32 * 1024;

    static volatile bool kernelResolves = true;

    readonly SafeFileHandle handle;
    readonly bool componentwise;

    // The first question for an errno loads Mono.Posix's native library, which overwrites the errno. So ask once in
    // advance.
    static SafeFolder() => _ = Stdlib.GetLastError();

    SafeFolder(SafeFileHandle handle, string subject, bool componentwise)
    {
        this.handle = handle;
        this.componentwise = componentwise;
        Subject = subject;
    }

    /// <summary>Gets the path that it was opened by, for messages.</summary>
    public string Subject { get; }

    public SafeFileHandle Handle => handle;

    /// <summary>Gets what the folder is now. Its Links are 0 once it has been removed.</summary>
    public FileIdentity Identity => IdentityOf(handle, Subject);

    /// <summary>
    /// Opens a folder by any path that the operator names. Only the last component must not be a symbolic link.
    /// </summary>
    /// <exception cref="SystemFault">It cannot be opened.</exception>
    public static SafeFolder Open(string path, bool componentwise = false)
    {
        var bytes = Encoding.UTF8.GetBytes(path + '\0');
        fixed (byte* pointer = bytes)
        {
            var descriptor = OpenRetrying(Native.AtCurrentFolder, pointer, FolderFlags);
            return new SafeFolder(Own(SystemFault.Check(descriptor, "open", path)), path, componentwise);
        }
    }

    /// <summary>
    /// Opens the folder <paramref name="path"/> (raw bytes, one component or several) beneath this one.
    /// </summary>
    /// <returns>Null with the refusal: ENOENT, ENOTDIR (a file, or a link), ELOOP, EACCES...</returns>
    public SafeFolder? TryOpenFolder(ReadOnlySpan<byte> path, out Errno refusal)
    {
        var found = TryOpen(path, FolderFlags, out refusal);
        return found is null ? null : new SafeFolder(found, $"{Subject}/{Printable.Of(path)}", componentwise);
    }

    /// <summary>
    /// Opens a folder beneath this one whose entries can be looked at, too. One that can only be listed is refused.
    /// </summary>
    /// <returns>Null with the refusal, as <see cref="TryOpenFolder"/>; EACCES: it may not be entered.</returns>
    public SafeFolder? TryEnterFolder(ReadOnlySpan<byte> path, out Errno refusal)
    {
        var found = TryOpenFolder(path, out refusal);
        if (found is not { IsShut: true }) return found;
        found.Dispose();
        refusal = Errno.EACCES;
        return null;
    }

    /// <summary>
    /// Opens a regular file beneath this folder for reading. It never waits for a FIFO or a device, but may open one:
    /// <see cref="IdentityOf"/> of the handle shows whether it is a regular file.
    /// </summary>
    /// <returns>Null with the refusal: ENOENT, ELOOP (a link on the way), ENOTDIR, EACCES, ENXIO...</returns>
    public SafeFileHandle? TryOpenFile(ReadOnlySpan<byte> path, out Errno refusal) =>
        TryOpen(path, FileFlags, out refusal);

    /// <summary>
    /// Opens a file that is most likely the agent's own, without changing its access time, so that reading 13,000 files
    /// writes nothing.
    /// </summary>
    public SafeFileHandle? TryOpenOwnFile(ReadOnlySpan<byte> path, out Errno refusal)
    {
        var found = TryOpen(path, FileFlags | Native.OpenNoAccessTime, out refusal);
        return refusal == Errno.EPERM ? TryOpenFile(path, out refusal) : found; // another account's file
    }

    public SafeFileHandle? TryOpenFile(RelativePath path, out Errno refusal)
    {
        Span<byte> buffer = stackalloc byte[LongestPath];
        return TryOpen(Utf8(path, buffer), FileFlags, out refusal);
    }

    /// <summary>
    /// Passes each entry of this folder, without those beneath, in the file system's order. What vanishes meanwhile is
    /// left out.
    /// </summary>
    /// <returns>False where the visitor stopped it.</returns>
    public bool List(EntryVisitor visit) => ListNames(name =>
    {
        // The name is in the kernel's buffer, followed by its zero.
        fixed (byte* terminated = name) return StatHere(terminated) is not { } identity || visit(name, identity);
    });

    /// <summary>
    /// Passes every entry beneath, with its path from here; a folder comes before what is in it. A folder
    /// <paramref name="depth"/> levels down is passed and not entered. So is one that cannot be opened or entered,
    /// which is passed to <paramref name="closed"/> as well.
    /// </summary>
    /// <returns>False where the visitor stopped it.</returns>
    public bool Walk(EntryVisitor visit, int depth, Action<byte[], Errno>? closed = null)
    {
        var path = new List<byte>(256);
        return Walk(visit, path, depth, closed);
    }

    bool Walk(EntryVisitor visit, List<byte> path, int depth, Action<byte[], Errno>? closed)
    {
        List<byte[]>? folders = null;
        var start = path.Count;
        var going = List((name, in identity) =>
        {
            path.AddRange(name);
            var more = visit(CollectionsMarshal.AsSpan(path), identity);
            path.RemoveRange(start, path.Count - start);
            if (identity.Kind == FileKind.Folder) (folders ??= []).Add(name.ToArray());
            return more;
        });
        if (!going || folders is null || depth <= 1) return going;
        foreach (var name in folders)
        {
            path.AddRange(name);
            using var folder = TryEnterFolder(name, out var refusal);
            if (folder is null) closed?.Invoke([.. path], refusal);
            path.Add((byte)'/');
            if (folder is not null && !folder.Walk(visit, path, depth - 1, closed)) return false;
            path.RemoveRange(start, path.Count - start);
        }
        return true;
    }

    /// <summary>
    /// Removes one file, link or empty folder of this folder by its name. It is not an error if it is already gone.
    /// </summary>
    /// <returns>0, or why it stays (ENOTEMPTY, EACCES...).</returns>
    public Errno Remove(ReadOnlySpan<byte> name, bool folder)
    {
        Span<byte> buffer = stackalloc byte[LongestPath];
        fixed (byte* pointer = Terminated(name, buffer))
        {
            if (Native.unlinkat(Descriptor(handle), pointer, folder ? Native.AtRemoveFolder : 0) == 0) return 0;
            return Stdlib.GetLastError() is var errno && errno == Errno.ENOENT ? 0 : errno;
        }
    }

    public void Dispose() => handle.Dispose();

    static int FolderFlags => Native.OpenReadOnly | Native.OpenFolder | Native.OpenNoFollow | Native.OpenCloseOnExec;

    static int FileFlags =>
        Native.OpenReadOnly | Native.OpenNoFollow | Native.OpenNonBlocking | Native.OpenNoTerminal
            | Native.OpenCloseOnExec;

    SafeFileHandle? TryOpen(ReadOnlySpan<byte> path, int flags, out Errno refusal)
    {
        refusal = 0;
        if (path.Length >= LongestPath || path.Contains((byte)0))
            { refusal = path.Contains((byte)0) ? Errno.EINVAL : Errno.ENAMETOOLONG; return null; }
        Span<byte> buffer = stackalloc byte[LongestPath];
        int descriptor;
        fixed (byte* pointer = Terminated(path, buffer))
        {
            if (kernelResolves && !componentwise)
            {
                var how = new Native.OpenHow
                {
                    Flags = (ulong)flags,
                    Resolve = Native.ResolveBeneath | Native.ResolveNoSymlinks | Native.ResolveNoMagicLinks,
                };
                // EAGAIN: a rename elsewhere raced with the look-up.
                do { descriptor = Native.openat2(Descriptor(handle), pointer, how); }
                while (descriptor < 0 && Stdlib.GetLastError() is Errno.EINTR or Errno.EAGAIN);
                if (descriptor >= 0) return Own(descriptor);
                // EPERM may come from a container's filter that does not know the call yet. Opening step by step then
                // shows whether the path itself is refused.
                if (Stdlib.GetLastError() is not (Errno.ENOSYS or Errno.EPERM))
                    { refusal = Expected(path); return null; }
                if (Stdlib.GetLastError() == Errno.ENOSYS) kernelResolves = false;
            }
            descriptor = OpenStepwise(pointer, path.Length, flags);
        }
        if (descriptor >= 0) return Own(descriptor);
        refusal = Expected(path);
        return null;
    }

    /// <summary>
    /// Opens one component after the other, without following links. Fails as openat2 does, except that a link in place
    /// of a folder gives ENOTDIR, not ELOOP.
    /// </summary>
    int OpenStepwise(byte* path, int length, int flags)
    {
        var folder = Descriptor(handle);
        try
        {
            for (var start = 0; ;)
            {
                var end = start;
                while (end < length && path[end] != '/') end++;
                var component = new ReadOnlySpan<byte>(path + start, end - start);
                if (component.IsEmpty || component.SequenceEqual(".."u8))
                {
                    Marshal.SetLastPInvokeError((int)Errno.EXDEV);
                    return -1;
                }
                if (end == length) return OpenRetrying(folder, path + start, flags);
                path[end] = 0;
                var next = OpenRetrying(folder, path + start, FolderFlags);
                path[end] = (byte)'/';
                CloseStep(folder);
                folder = next;
                if (next < 0) return -1;
                start = end + 1;
            }
        }
        finally { CloseStep(folder); }
    }

    void CloseStep(int folder)
    {
        if (folder < 0 || folder == Descriptor(handle)) return;
        var errno = Marshal.GetLastPInvokeError();
        _ = Native.close(folder);
        Marshal.SetLastPInvokeError(errno);
    }

    static int OpenRetrying(int folder, byte* path, int flags)
    {
        int descriptor;
        do
        {
            descriptor = Native.openat(folder, path, flags, 0);
        }
        while (descriptor < 0 && Stdlib.GetLastError() == Errno.EINTR);
        return descriptor;
    }

    /// <summary>
    /// Returns the refusal of the last call, where it says something about the path. A fault of the machine is thrown.
    /// </summary>
    Errno Expected(ReadOnlySpan<byte> path) => Stdlib.GetLastError() switch
    {
        Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.EIO =>
            throw SystemFault.Last("open", $"{Subject}/{Printable.Of(path)}"),
        var errno => errno,
    };

    static ReadOnlySpan<byte> Terminated(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        path.CopyTo(buffer);
        buffer[path.Length] = 0;
        return buffer[..(path.Length + 1)];
    }

    static ReadOnlySpan<byte> Utf8(RelativePath path, Span<byte> buffer) =>
        Encoding.UTF8.TryGetBytes(path.Value, buffer, out var length) ? buffer[..length]
            : throw new SystemFault("open", path.Value, Errno.ENAMETOOLONG);

    static SafeFileHandle Own(int descriptor) => new(descriptor, ownsHandle: true);

    static int Descriptor(SafeFileHandle handle) => (int)handle.DangerousGetHandle();
}
