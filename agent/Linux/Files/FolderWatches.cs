using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Files;

/// <summary>
/// Watches single folders by inotify, and keeps for each folder what it means to the code that watches it. A watch is
/// set through the descriptor of a folder that was opened without following links; by path, a link on the way could be
/// followed. Reading files and changing access times raises no event (no IN_ACCESS, no IN_OPEN). The kernel has one
/// watch for each inode: a folder that is added with several meanings (the folder above two roots, a bind mount) has
/// one watch, and each event is reported once for each meaning. One thread adds and listens; any thread may take
/// watches away.
/// </summary>
/// <param name="subject">What is watched, for error messages.</param>
sealed unsafe class FolderWatches<T>(string subject) : IDisposable where T : notnull
{
    /// <summary>
    /// Receives an event of the kernel: about a name in a folder, or about the folder itself where the name is empty.
    /// </summary>
    internal delegate void Visitor(T folder, ReadOnlySpan<byte> name, uint mask);

    /// <summary>Bytes to read at a time: about two hundred events.</summary>
    const int BufferSize = 8 * 1024;

    const uint Mask =
        Native.InModify | Native.InAttributes | Native.InCloseWrite | Native.InMovedFrom | Native.InMovedTo
            | Native.InCreate
        | Native.InDelete | Native.InDeleteSelf | Native.InMoveSelf | Native.InOnlyFolder | Native.InExcludeUnlinked;

    /// <summary>How long one call reports events. The next call goes on: the descriptor stays readable.</summary>
    static readonly TimeSpan LongestDrain = TimeSpan.FromMilliseconds(20);

    readonly SafeFileHandle inotify = new(
        SystemFault.Check(Native.inotify_init1(Native.InNonBlocking | Native.InCloseOnExec), "inotify_init1", subject),
        ownsHandle: true);
    /// <summary>Guards <see cref="watches"/>, the watches in it, and <see cref="meanings"/>.</summary>
    readonly Lock gate = new();
    readonly Dictionary<int, Watch> watches = [];

    /// <summary>
    /// How many watches have each meaning: more than one where another folder has taken a folder's place.
    /// </summary>
    readonly Dictionary<T, int> meanings = [];
    readonly byte[] buffer = new byte[BufferSize];

    public int Descriptor => (int)inotify.DangerousGetHandle();

    /// <summary>Gets how many folders are watched.</summary>
    public int Count
    {
        get { lock (gate) return watches.Count; }
    }

    /// <summary>Watches a folder, even if it is already watched with another meaning.</summary>
    /// <returns>0, or why the kernel grants no watch: ENOSPC (fs.inotify.max_user_watches), ENOENT (no /proc),
    /// ENOMEM.</returns>
    public Errno Add(SafeFolder folder, T meaning) => Add(folder, meaning, out _);

    /// <param name="isNew">True where it was not watched with this meaning before.</param>
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

    /// <summary>
    /// Stops reporting the meanings that <paramref name="of"/> selects. A watch ends with its last meaning.
    /// </summary>
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

    /// <summary>
    /// Gives watches back to the kernel, at most <paramref name="count"/>. It begins with the folders where nothing has
    /// happened for the longest time.
    /// </summary>
    /// <param name="keep">Selects the folders that must stay watched.</param>
    /// <returns>How many were given back.</returns>
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

    /// <summary>Gets whether the last call left events: more come than are read.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>
    /// Reports the events that the kernel has now, for 20 ms at most, without waiting. The limit is needed: somebody
    /// who makes events as fast as they are read would hold the caller for ever.
    /// </summary>
    /// <returns>False: the kernel's queue overflowed, and what was lost is unknown.</returns>
    public bool Drain(Visitor visit)
    {
        var whole = true;
        var began = Stopwatch.GetTimestamp();
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var length = Native.read(Descriptor, start, BufferSize);
                if (length < 0 && Stdlib.GetLastError() is Errno.EAGAIN or Errno.EINTR) length = 0;
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
                IsBehind = length >= BufferSize / 2;
                if (!IsBehind || Stopwatch.GetElapsedTime(began) >= LongestDrain) return whole;
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
        // Call the visitor without the lock, because it may add and forget watches.
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

    /// <summary>The watch of one inode.</summary>
    sealed class Watch
    {
        /// <summary>
        /// Gets or sets its meanings, mostly one. Replaced as a whole, because it is read without the lock.
        /// </summary>
        public T[] Means { get; set; } = [];

        /// <summary>Gets or sets when something last happened there (a <see cref="Stopwatch"/> timestamp).</summary>
        public long Heard { get; set; } = Stopwatch.GetTimestamp();
    }
}
