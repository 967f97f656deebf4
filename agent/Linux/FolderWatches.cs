using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux;

/// <summary>
/// inotify over single folders, each with what it means to whoever watches it. A watch is set through the descriptor of a folder that was
/// opened without following links: by path a link could be followed on the way. Reads and access times stay silent (no IN_ACCESS, no IN_OPEN).
/// </summary>
/// <param name="subject">What is watched, for faults.</param>
sealed unsafe class FolderWatches<T>(string subject) : IDisposable where T : notnull
{
    /// <summary>What the kernel said: something about a name in a folder, or about the folder itself where the name is empty.</summary>
    internal delegate void Visitor(T folder, ReadOnlySpan<byte> name, uint mask);

    const int BufferSize = 64 * 1024;
    const uint Mask = Native.InModify | Native.InAttributes | Native.InCloseWrite | Native.InMovedFrom | Native.InMovedTo | Native.InCreate
        | Native.InDelete | Native.InDeleteSelf | Native.InMoveSelf | Native.InOnlyFolder | Native.InExcludeUnlinked;

    readonly SafeFileHandle inotify = new(
        SystemFault.Check(Native.inotify_init1(Native.InNonBlocking | Native.InCloseOnExec), "inotify_init1", subject), ownsHandle: true);
    readonly Dictionary<int, T> folders = [];
    readonly byte[] buffer = new byte[BufferSize];

    public int Descriptor => (int)inotify.DangerousGetHandle();
    public int Count => folders.Count;

    /// <summary>The kernel granted no watch for some folder (fs.inotify.max_user_watches), or /proc is missing: only looks see it.</summary>
    public bool IsBlind { get; private set; }

    public void Add(SafeFolder folder, T meaning)
    {
        fixed (byte* path = Encoding.ASCII.GetBytes($"/proc/self/fd/{folder.Handle.DangerousGetHandle()}\0"))
        {
            var watch = Native.inotify_add_watch(Descriptor, path, Mask);
            if (watch < 0) IsBlind = true;
            else folders[watch] = meaning;
        }
        GC.KeepAlive(folder);
    }

    public bool Has(T meaning) => folders.ContainsValue(meaning);

    /// <summary>Stops watching what <paramref name="of"/> names.</summary>
    public void Forget(Func<T, bool> of)
    {
        foreach (var (watch, folder) in folders)
        {
            if (!of(folder)) continue;
            folders.Remove(watch);
            _ = Native.inotify_rm_watch(Descriptor, watch);
        }
    }

    /// <summary>Tells all that the kernel has to say now, and does not wait.</summary>
    /// <returns>False: the kernel's queue overflowed, and nothing is known of what was lost.</returns>
    public bool Drain(Visitor visit)
    {
        var whole = true;
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var length = Native.read(Descriptor, start, BufferSize);
                if (length < 0 && Stdlib.GetLastError() is Errno.EAGAIN or Errno.EINTR) return whole;
                if (length < 0) throw SystemFault.Last("read", "inotify");
                for (var at = start; at < start + length;)
                {
                    var found = (Native.InotifyEvent*)at;
                    at += sizeof(Native.InotifyEvent);
                    var name = found->NameLength == 0 ? default : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(at);
                    at += found->NameLength;
                    if ((found->Mask & Native.InOverflow) != 0) whole = false;
                    else if (folders.TryGetValue(found->Watch, out var folder))
                    {
                        if ((found->Mask & (Native.InIgnored | Native.InUnmount)) != 0) folders.Remove(found->Watch);
                        visit(folder, name, found->Mask);
                    }
                }
                if (length < BufferSize / 2) return whole;
            }
        }
    }

    public void Dispose() => inotify.Dispose();
}
