using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Files;

/// <summary>
/// inotify over single folders, each with what it means to whoever watches it. A watch is set through the descriptor of
/// a folder that was opened without following links: by path a link could be followed on the way. Reads and access
/// times stay silent (no IN_ACCESS, no IN_OPEN). The kernel has one watch for each inode: a folder that is added with
/// several meanings (the folder above two roots, a bind mount) has one watch, and what happens in it is told once for
/// each of them. One thread adds and listens; any thread may take watches away.
/// </summary>
/// <param name="subject">What is watched, for faults.</param>
sealed unsafe class FolderWatches<T>(string subject) : IDisposable where T : notnull
{
    /// <summary>
    /// What the kernel said: something about a name in a folder, or about the folder itself where the name is empty.
    /// </summary>
    internal delegate void Visitor(T folder, ReadOnlySpan<byte> name, uint mask);

    const int BufferSize = 64 * 1024;
    const uint Mask =
        Native.InModify | Native.InAttributes | Native.InCloseWrite | Native.InMovedFrom | Native.InMovedTo
            | Native.InCreate
        | Native.InDelete | Native.InDeleteSelf | Native.InMoveSelf | Native.InOnlyFolder | Native.InExcludeUnlinked;

    readonly SafeFileHandle inotify = new(
        SystemFault.Check(Native.inotify_init1(Native.InNonBlocking | Native.InCloseOnExec), "inotify_init1", subject),
        ownsHandle: true);
    readonly Lock gate = new();
    readonly Dictionary<int, Watch> watches = [];

    /// <summary>By how many watches each is meant: a folder's place may have been taken by another.</summary>
    readonly Dictionary<T, int> meanings = [];
    readonly byte[] buffer = new byte[BufferSize];

    public int Descriptor => (int)inotify.DangerousGetHandle();

    /// <summary>Folders that are watched.</summary>
    public int Count
    {
        get { lock (gate) return watches.Count; }
    }

    /// <summary>Watches a folder, also where it is watched already with another meaning.</summary>
    /// <returns>0, or why the kernel grants no watch: ENOSPC (fs.inotify.max_user_watches), ENOENT (no /proc),
    /// ENOMEM.</returns>
    public Errno Add(SafeFolder folder, T meaning) => Add(folder, meaning, out _);

    /// <param name="isNew">It was not watched with this meaning before.</param>
    public Errno Add(SafeFolder folder, T meaning, out bool isNew)
    {
        fixed (byte* path = Encoding.ASCII.GetBytes($"/proc/self/fd/{folder.Handle.DangerousGetHandle()}\0"))
        {
            lock (gate)
            {
                var watch = Native.inotify_add_watch(Descriptor, path, Mask);
                isNew = false;
                if (watch < 0) return Stdlib.GetLastError();
                GC.KeepAlive(folder);
                if (!watches.TryGetValue(watch, out var known)) watches[watch] = known = new Watch();
                Mean(known, meaning, out isNew);
                return 0;
            }
        }
    }

    public bool Has(T meaning)
    {
        lock (gate) return meanings.ContainsKey(meaning);
    }

    /// <summary>No longer tells of what <paramref name="of"/> names; a watch ends with its last meaning.</summary>
    public void Forget(Func<T, bool> of)
    {
        lock (gate)
        {
            foreach (var (number, watch) in watches)
            {
                if (!watch.Means.Any(of)) continue;
                foreach (var meaning in watch.Means.Where(of)) Drop(meaning);
                watch.Means = [.. watch.Means.Where(meaning => !of(meaning))];
                if (watch.Means.Length == 0) End(number, watch);
            }
        }
    }

    /// <summary>Gives so many watches back to the kernel, those of the folders where nothing has happened for the
    /// longest time first.</summary>
    /// <param name="keep">What is watched in any case.</param>
    /// <returns>How many there were to give.</returns>
    public int GiveBack(int count, Func<T, bool> keep)
    {
        lock (gate)
        {
            var silent = watches.Where(one => !one.Value.Means.Any(keep))
                .OrderBy(one => one.Value.Heard).Take(count).ToList();
            foreach (var (number, watch) in silent) End(number, watch);
            return silent.Count;
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
                    var name = found->NameLength == 0 ? default
                        : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(at);
                    at += found->NameLength;
                    if ((found->Mask & Native.InOverflow) != 0) whole = false;
                    else Tell(found->Watch, name, found->Mask, visit);
                }
                if (length < BufferSize / 2) return whole;
            }
        }
    }

    public void Dispose() => inotify.Dispose();

    void Tell(int number, ReadOnlySpan<byte> name, uint mask, Visitor visit)
    {
        T[] means;
        lock (gate)
        {
            if (!watches.TryGetValue(number, out var watch)) return;
            means = watch.Means;
            watch.Heard = Stopwatch.GetTimestamp();
            if ((mask & (Native.InIgnored | Native.InUnmount)) != 0) Remove(number, watch);
        }
        // Without the lock: whoever hears of it may add and forget.
        foreach (var meaning in means) visit(meaning, name, mask);
    }

    void Mean(Watch watch, T meaning, out bool isNew)
    {
        isNew = !watch.Means.Contains(meaning);
        if (!isNew) return;
        watch.Means = [.. watch.Means, meaning];
        meanings[meaning] = meanings.GetValueOrDefault(meaning) + 1;
    }

    void End(int number, Watch watch)
    {
        Remove(number, watch);
        _ = Native.inotify_rm_watch(Descriptor, number);
    }

    void Remove(int number, Watch watch)
    {
        watches.Remove(number);
        foreach (var meaning in watch.Means) Drop(meaning);
    }

    void Drop(T meaning)
    {
        var others = meanings[meaning] - 1;
        if (others == 0) meanings.Remove(meaning);
        else meanings[meaning] = others;
    }

    /// <summary>One inode.</summary>
    sealed class Watch
    {
        /// <summary>What it means: one thing, most often. Replaced whole, for it is gone through without the
        /// lock.</summary>
        public T[] Means { get; set; } = [];

        /// <summary>When something happened there last.</summary>
        public long Heard { get; set; } = Stopwatch.GetTimestamp();
    }
}
