using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Difusor.Agent.Linux.PackageFiles;

/// <summary>
/// Hashes files on all cores while the listing still goes on. Each worker has one buffer, and makes three system calls
/// for each file (openat, pread, close): with files of some hundred bytes the calls are the cost, not SHA-256.
/// </summary>
sealed unsafe class FileHashing
{
    const int BufferSize = 256 * 1024, Chunk = 128;

    readonly SafeFolder top;
    readonly LimitSettings limits;
    readonly ReadingProgress progress;
    readonly FindingList findings = new();
    readonly List<List<ContentEntry>> parts = [];   // one for each worker, in the order of the paths
    /// <summary>The work that waits. It is also the lock that guards <see cref="listed"/>.</summary>
    readonly Queue<(ListedFolder Folder, int From, int To)> chunks = new();
    readonly List<Thread> workers = [];
    readonly bool shortReadIsEnd;
    Exception? fault;
    bool listed;
    long bytes;
    bool tooLarge;

    internal FileHashing(SafeFolder top, LimitSettings limits, ReadingProgress progress)
    {
        (this.top, this.limits, this.progress) = (top, limits, progress);
        shortReadIsEnd = IsLocal(top);
        for (var i = 1; i < Environment.ProcessorCount; i++) workers.Add(new Thread(Work) { IsBackground = true });
        foreach (var worker in workers) worker.Start();
    }

    /// <summary>Takes on the files of a folder.</summary>
    internal void Add(ListedFolder folder)
    {
        lock (chunks)
        {
            for (var from = 0; from < folder.Starts.Length; from += Chunk)
                chunks.Enqueue((folder, from, Math.Min(from + Chunk, folder.Starts.Length)));
            Monitor.PulseAll(chunks);
        }
    }

    /// <summary>Helps until everything is hashed, and returns the result.</summary>
    /// <exception cref="IOException">A worker has failed.</exception>
    internal (ContentEntry[] Entries, FindingList Findings) Finish()
    {
        lock (chunks)
        {
            listed = true;
            Monitor.PulseAll(chunks);
        }
        Work();
        foreach (var worker in workers) worker.Join();
        return fault is null ? (Merged(), findings) : throw new IOException(fault.Message, fault);
    }

    /// <summary>
    /// Returns whether the folder is on a local file system, where a read returns less than was asked for only at the
    /// end of a file. Elsewhere one more read has to find the end.
    /// </summary>
    static bool IsLocal(SafeFolder folder)
    {
        Native.StatFs found;
        const long ext4 = 0xEF53, xfs = 0x58465342, btrfs = 0x9123683E, tmpfs = 0x01021994;
        return Native.fstatfs((int)folder.Handle.DangerousGetHandle(), &found) == 0
            && found.Type is ext4 or xfs or btrfs or tmpfs;
    }

    bool TryTake(out (ListedFolder Folder, int From, int To) chunk)
    {
        lock (chunks)
        {
            while (chunks.Count == 0 && !listed) Monitor.Wait(chunks);
            return chunks.TryDequeue(out chunk) && !Volatile.Read(ref tooLarge) && fault is null;
        }
    }

    void Work()
    {
        byte* buffer = null;
        var read = new List<ContentEntry>();
        SafeFolder? open = null;
        ListedFolder? at = null;
        try
        {
            buffer = (byte*)NativeMemory.AlignedAlloc(BufferSize, 4096);
            SHA256.HashData([]); // loads OpenSSL while the listing begins
            while (TryTake(out var chunk))
            {
                if (!ReferenceEquals(chunk.Folder, at))
                {
                    open?.Dispose();
                    (open, at) = (Open(chunk.Folder), chunk.Folder);
                }
                if (open is null) continue;
                var descriptor = (int)open.Handle.DangerousGetHandle();
                for (var index = chunk.From; index < chunk.To; index++)
                    if (Read(chunk.Folder, index, descriptor, buffer) is { } entry) read.Add(entry);
            }
        }
        catch (Exception caught) { Interlocked.CompareExchange(ref fault, caught, null); }
        finally
        {
            open?.Dispose();
            NativeMemory.AlignedFree(buffer);
        }
        read.Sort(ByPath);
        lock (parts) parts.Add(read);
    }

    static readonly Comparison<ContentEntry> ByPath = (left, right) =>
        string.CompareOrdinal(left.Path.Value, right.Path.Value);

    /// <summary>
    /// Returns all entries in the order of their paths. The workers have sorted their parts in parallel, so here they
    /// are only merged.
    /// </summary>
    ContentEntry[] Merged()
    {
        var merged = new ContentEntry[parts.Sum(part => part.Count)];
        var next = new int[parts.Count];
        for (var at = 0; at < merged.Length; at++)
        {
            var least = -1;
            for (var part = 0; part < next.Length; part++)
                if (next[part] < parts[part].Count
                    && (least < 0 || ByPath(parts[part][next[part]], parts[least][next[least]]) < 0)) least = part;
            merged[at] = parts[least][next[least]++];
        }
        return merged;
    }

    SafeFolder? Open(ListedFolder folder)
    {
        var open = top.TryOpenFolder(folder.Path.Length == 0 ? "."u8 : folder.Path.AsSpan(..^1), out var refusal);
        if (open is null)
            Report(ReasonCode.UnreadableFile, Printable.Of(folder.Path),
                $"the folder cannot be opened any more: {refusal}");
        return open;
    }

    ContentEntry? Read(ListedFolder folder, int index, int folderDescriptor, byte* buffer)
    {
        var name = folder.NameAt(index);
        if (PathOf(folder, name) is not { } path) return null;
        const int flags = Native.OpenReadOnly | Native.OpenNonBlocking | Native.OpenNoTerminal | Native.OpenCloseOnExec;
        int descriptor;
        fixed (byte* pointer = &MemoryMarshal.GetReference(name))
            do
            {
                descriptor = Native.openat(folderDescriptor, pointer, flags | Native.OpenNoFollow, 0);
            }
            while (descriptor < 0 && Stdlib.GetLastError() == Errno.EINTR);
        if (descriptor < 0) return Unreadable(path, Stdlib.GetLastError());
        try { return Hash(path, descriptor, buffer); }
        finally { _ = Native.close(descriptor); }
    }

    ContentEntry? Hash(RelativePath path, int descriptor, byte* buffer)
    {
        var (length, refused) = Fill(descriptor, buffer, 0);
        if (refused != 0) return Unreadable(path, refused);
        var digest = new byte[SHA256.HashSizeInBytes];
        long size = length;
        if (length < BufferSize) SHA256.HashData(new ReadOnlySpan<byte>(buffer, length), digest);
        else
        {
            using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            while (length > 0 && size <= limits.FileSize)
            {
                sha.AppendData(new ReadOnlySpan<byte>(buffer, length));
                progress.AddBytes(length);
                (length, refused) = Fill(descriptor, buffer, size);
                if (refused != 0) return Unreadable(path, refused);
                size += length;
            }
            sha.GetHashAndReset(digest);
        }
        if (size < BufferSize) progress.AddBytes(size);
        progress.AddFile();
        if (size > limits.FileSize)
            return Report(ReasonCode.FileTooLarge, path.Value, $"more than {limits.FileSize} bytes");
        if (Interlocked.Add(ref bytes, size) > limits.PackageSize && !Interlocked.Exchange(ref tooLarge, true))
            Report(ReasonCode.PackageTooLarge, null, $"more than {limits.PackageSize} bytes");
        return new ContentEntry(path, size, new Digest(DigestAlgorithm.Sha256, digest));
    }

    /// <summary>Reads until the buffer is full or the file is at its end.</summary>
    (int Length, Errno Refused) Fill(int descriptor, byte* buffer, long offset)
    {
        var filled = 0;
        while (filled < BufferSize)
        {
            var length = Native.pread(descriptor, buffer + filled, BufferSize - filled, offset + filled);
            if (length == 0) break;
            if (length > 0) filled += (int)length;
            if (length > 0 && shortReadIsEnd && filled < BufferSize) break;
            if (length > 0) continue;
            if (Stdlib.GetLastError() is var errno && errno != Errno.EINTR) return (0, errno);
        }
        return (filled, 0);
    }

    RelativePath? PathOf(ListedFolder folder, ReadOnlySpan<byte> name)
    {
        Span<byte> whole = stackalloc byte[folder.Path.Length + name.Length];
        folder.Path.CopyTo(whole);
        name.CopyTo(whole[folder.Path.Length..]);
        var reading = RelativePath.Read(whole, limits.Paths);
        if (reading.Problem is { } problem) Report(ReasonCode.UnsafePath, Printable.Of(whole), problem);
        return reading.Path;
    }

    ContentEntry? Unreadable(RelativePath path, Errno errno) => errno == Errno.ELOOP
        ? Report(ReasonCode.UnsafeType, path.Value, "it became a symbolic link while the folder was read")
        : Report(ReasonCode.UnreadableFile, path.Value, $"it cannot be read: {errno}");

    ContentEntry? Report(ReasonCode reason, string? path, string detail)
    {
        lock (findings) findings.Add(reason, path, detail);
        return null;
    }
}
