using System.Buffers.Binary;
using Difusor.Agent.Drop;
using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// The agent's private copy of what the releases contain: each distinct content once, by SHA-256, in an inode that no
/// release shares. It counts the references to each content (from sealed records, and from trees that are being
/// staged). Only counted contents are trusted; what a crash left uncounted is written again. Several threads may use
/// it.
/// </summary>
sealed unsafe class Vault(OwnFolder folder) : IDisposable
{
    const int Stripes = 64;
    const int LongestClone = 1 << 30;

    /// <summary>How many references each content has, by a part of its digest. Each part is its own lock.</summary>
    readonly Dictionary<Content, int>[] references = Create();

    internal OwnFolder Folder => folder;

    /// <summary>Gets how many distinct contents have references.</summary>
    internal int Count => references.Sum(stripe => { lock (stripe) return stripe.Count; });

    /// <summary>Uses another folder from now on, because the old one is gone.</summary>
    internal void MoveTo(OwnFolder fresh) => folder = fresh;

    /// <summary>Adds a reference to a content that already has one.</summary>
    /// <returns>False if the content has no reference or is lost: the caller must keep it.</returns>
    internal bool TryShare(Digest digest, long size)
    {
        if (!IsThere(digest, size)) return false;
        var content = new Content(digest.Bytes);
        var stripe = StripeOf(content);
        lock (stripe)
        {
            ref var count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(stripe, content);
            if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref count)) return false;
            count++;
            return true;
        }
    }

    /// <summary>Counts a reference from a sealed record, at the start.</summary>
    internal void Restore(ReadOnlySpan<byte> sha256)
    {
        var content = new Content(sha256);
        var stripe = StripeOf(content);
        lock (stripe) stripe[content] = stripe.GetValueOrDefault(content) + 1;
    }

    /// <summary>Keeps a content whose digest was just computed from these same bytes.</summary>
    internal void Keep(Digest digest, ReadOnlySpan<byte> contents)
    {
        var content = new Content(digest.Bytes);
        var stripe = StripeOf(content);
        lock (stripe)
        {
            if (!stripe.TryGetValue(content, out var count) || !IsThere(digest, contents.Length))
            {
                Make(digest.Hex, contents, static (file, contents, hex) => DurableFile.WriteAll(file, contents, hex));
            }
            stripe[content] = count + 1;
        }
    }

    /// <summary>
    /// Keeps the content of a staged file: shares its blocks if the file system can, or else copies inside the kernel.
    /// </summary>
    /// <exception cref="SystemFault">The disk refuses, or <paramref name="room"/> does; then no part of the copy
    /// stays.</exception>
    internal void Keep(Digest digest, SafeFileHandle staged, long size, SpareRoom? room = null)
    {
        var content = new Content(digest.Bytes);
        var stripe = StripeOf(content);
        lock (stripe)
        {
            if (!stripe.TryGetValue(content, out var count) || !IsThere(digest, size))
            {
                Make(digest.Hex, (staged, size, room), static (file, from, hex) =>
                    Copy(from.staged, file, from.size, hex, from.room));
            }
            stripe[content] = count + 1;
        }
    }

    /// <summary>
    /// Writes a kept content into a fresh inode, because the bytes of its present one may not have reached the disk.
    /// </summary>
    internal void Replace(Digest digest, SafeFileHandle proven, long size)
    {
        lock (StripeOf(new Content(digest.Bytes)))
        {
            var fresh = $"{NameOf(digest.Hex)}.new"; // never counted: if a crash leaves it, Sweep removes it
            folder.MakeFolder(digest.Hex[..2], Modes.PrivateFolder);
            folder.Unlink(fresh);
            using (var file = folder.Create(fresh, Modes.PrivateFile)) Copy(proven, file, size, digest.Hex);
            DurableFile.Rename($"{folder.Path}/{fresh}", $"{folder.Path}/{NameOf(digest.Hex)}");
        }
    }

    /// <summary>Removes a reference to a content, and removes the content when no reference is left.</summary>
    internal void Drop(Digest digest)
    {
        var content = new Content(digest.Bytes);
        var stripe = StripeOf(content);
        lock (stripe)
        {
            if (!stripe.TryGetValue(content, out var count)) return;
            if (count > 1)
            {
                stripe[content] = count - 1;
                return;
            }
            stripe.Remove(content);
            folder.Unlink(NameOf(digest.Hex));
        }
    }

    /// <summary>Returns whether a content is still there with the correct bytes.</summary>
    internal bool Proves(Digest digest)
    {
        using var content = TryOpen(digest);
        try
        {
            return content is not null && FileBytes.Hash(content, DigestAlgorithm.Sha256, digest.Hex).Digest == digest;
        }
        catch (SystemFault) { return false; }
    }

    /// <summary>
    /// Opens the content; the caller must check its digest again. Null if it is lost, or something else is at its path.
    /// </summary>
    internal SafeFileHandle? TryOpen(Digest digest)
    {
        try
        {
            return folder.TryOpen(NameOf(digest.Hex));
        }
        catch (SystemFault fault) when (fault.Errno is Errno.ELOOP or Errno.EACCES or Errno.EPERM or Errno.EIO)
        {
            return null;
        }
    }

    /// <summary>Removes what no record refers to: the remains of a crash.</summary>
    internal int Sweep()
    {
        var removed = 0;
        foreach (var name in folder.List())
        {
            using var inner = OwnFolder.Open($"{folder.Path}/{name}");
            foreach (var file in inner.List())
            {
                if (IsCounted(file)) continue;
                inner.RemoveTree(file);
                removed++;
            }
        }
        return removed;
    }

    public void Dispose() => folder.Dispose();

    bool IsCounted(string name)
    {
        Span<byte> sha256 = stackalloc byte[32];
        if (name.Length != 64
            || Convert.FromHexString(name, sha256, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        var content = new Content(sha256);
        var stripe = StripeOf(content);
        lock (stripe) return stripe.ContainsKey(content);
    }

    bool IsThere(Digest digest, long size) => folder.Identify(NameOf(digest.Hex)) is { Kind: FileKind.Regular } found
        && found.Size == size;

    /// <summary>Creates the file of a content, and removes it again if it cannot be filled.</summary>
    void Make<T>(string hex, T from, Action<SafeFileHandle, T, string> fill) where T : allows ref struct
    {
        using var file = Make(hex);
        try
        {
            fill(file, from, hex);
        }
        catch
        {
            folder.Unlink(NameOf(hex));
            throw;
        }
    }

    SafeFileHandle Make(string hex)
    {
        var name = NameOf(hex);
        for (var attempt = 0; ; attempt++)
        {
            if (folder.TryCreate(name, Modes.PrivateFile, out var errno) is { } made) return made;
            if (attempt == 2) throw new SystemFault("open", $"{folder.Path}/{name}", errno);
            if (errno == Errno.ENOENT) folder.MakeFolder(hex[..2], Modes.PrivateFolder);
            else if (errno == Errno.EEXIST) folder.Unlink(name);
            else throw new SystemFault("open", $"{folder.Path}/{name}", errno);
        }
    }

    /// <summary>
    /// Copies a file. Holes stay holes, so that a sparse file takes no more space here than it took for its sender.
    /// </summary>
    internal static void Copy(SafeFileHandle from, SafeFileHandle to, long size, string subject, SpareRoom? room = null)
    {
        var (source, target) = ((int)from.DangerousGetHandle(), (int)to.DangerousGetHandle());
        if (Native.ioctl(target, Native.FileClone, source) == 0) return;
        for (long at = 0; at < size;)
        {
            var data = Native.lseek(source, at, Native.SeekData);
            if (data < 0 && SystemFault.LastErrno == Errno.ENXIO) break; // only a hole up to the end
            if (data < 0) data = at;
            var hole = Native.lseek(source, data, Native.SeekHole);
            at = hole < 0 ? size : Math.Min(hole, size);
            CopyPart(source, target, data, at, subject, room);
        }
        SystemFault.Check(Native.ftruncate(target, size), "ftruncate", subject);
    }

    static void CopyPart(int source, int target, long from, long to, string subject, SpareRoom? room)
    {
        long read = from, written = from;
        while (written < to)
        {
            var next = Math.Min(to - written, room is null ? LongestClone : SpareRoom.LookEvery);
            room?.Claim(next, subject);
            var copied = Native.copy_file_range(source, &read, target, &written, (nint)next, 0);
            if (copied > 0) continue;
            throw copied < 0 ? SystemFault.Last("copy_file_range", subject)
                : new SystemFault("copy_file_range", subject, Errno.EIO);
        }
    }

    Dictionary<Content, int> StripeOf(Content content) => references[content.First % Stripes];

    static string NameOf(string hex) => $"{hex.AsSpan(0, 2)}/{hex}";

    static Dictionary<Content, int>[] Create()
    {
        var stripes = new Dictionary<Content, int>[Stripes];
        for (var at = 0; at < Stripes; at++) stripes[at] = [];
        return stripes;
    }

    /// <summary>A SHA-256 as a dictionary key that needs no object of its own.</summary>
    readonly record struct Content
    {
        readonly ulong first, second, third, fourth;

        internal Content(ReadOnlySpan<byte> sha256)
        {
            first = BinaryPrimitives.ReadUInt64LittleEndian(sha256);
            second = BinaryPrimitives.ReadUInt64LittleEndian(sha256[8..]);
            third = BinaryPrimitives.ReadUInt64LittleEndian(sha256[16..]);
            fourth = BinaryPrimitives.ReadUInt64LittleEndian(sha256[24..]);
        }

        internal ulong First => first;
        public override int GetHashCode() => (int)(first >> 16);
    }
}
