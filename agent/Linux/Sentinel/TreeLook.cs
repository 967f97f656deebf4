using System.Security.Cryptography;
using System.Text.Unicode;
using Difusor.Agent.Drop;
using Difusor.Agent.Sentinel;
using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// Looks at the published files as they are now: identities and digests. Follows no links. Used by one thread.
/// </summary>
sealed class TreeLook
{
    /// <summary>A file that has grown by more than this is altered whatever it contains, so it is not read.</summary>
    const long MostGrowth = 64 << 20;
    const int Depth = 64;

    /// <summary>Bytes read at a time; small enough not to be a large object for the garbage collector.</summary>
    readonly byte[] buffer = new byte[64 << 10];
    Dictionary<(ulong, ulong), (FileIdentity Identity, Digest Sha256)> known = [];

    /// <summary>Gets the number of bytes read and hashed so far.</summary>
    public long Hashed { get; private set; }

    /// <summary>
    /// Ends a look: forgets which inodes were read, and frees that memory. Within one look, a file that releases share
    /// by hard link is read once.
    /// </summary>
    public void End() => known = [];

    /// <summary>Opens a release's tree; null with the errno if it is gone, or something else is there.</summary>
    public static SafeFolder? Open(ExpectedRoot root, SealedTree tree, out Errno refusal)
    {
        using var folder = OpenRoot(root, out refusal);
        return folder?.TryOpenFolder(Encoding.ASCII.GetBytes($"releases/{tree.Id.Value}"), out refusal);
    }

    public static SafeFolder? OpenRoot(ExpectedRoot root, out Errno refusal)
    {
        try
        {
            refusal = 0;
            return SafeFolder.Open(root.Folder);
        }
        catch (SystemFault fault)
        {
            refusal = fault.Errno;
            return null;
        }
    }

    /// <summary>Returns what differs at one path of a tree.</summary>
    /// <param name="path">Raw bytes; "" is the tree's own folder.</param>
    public IReadOnlyList<Alteration> At(SealedTree tree, SafeFolder folder, ReadOnlySpan<byte> path)
    {
        var text = Named(tree, path);
        if (path.IsEmpty) return [.. tree.At("", new Observed(folder.Identity, null))];
        if (folder.Identify(path) is not { } identity) return Absent(tree, folder, path, text);
        return Judge(tree, folder, path, text, identity, read: true);
    }

    /// <summary>Returns what differs in a part of a tree, or in all of it.</summary>
    /// <param name="below">A folder of the tree, raw bytes; "" for all.</param>
    /// <param name="read">False: compares identities only, and reads no bytes.</param>
    /// <param name="pause">Called after each file, with its size.</param>
    public List<Alteration> Below(
        SealedTree tree, SafeFolder folder, ReadOnlySpan<byte> below, bool read, Action<long>? pause = null)
    {
        var found = new List<Alteration>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var above = below.IsEmpty ? [] : (byte[])[.. below, (byte)'/'];
        var prefix = below.IsEmpty ? "" : Named(tree, below) + "/";
        found.AddRange(At(tree, folder, below));
        using var inner = below.IsEmpty ? null : folder.TryOpenFolder(below, out _);
        if (below.IsEmpty || inner is not null)
        {
            (inner ?? folder).Walk(
                (path, in identity) =>
                {
                    var text = above.Length == 0 ? Named(tree, path) : Named(tree, [.. above, .. path]);
                    seen.Add(text);
                    found.AddRange(Judge(tree, inner ?? folder, path, text, identity, read));
                    pause?.Invoke(identity.Kind == FileKind.Regular ? identity.Size : 0);
                    return true;
                },
                Depth, (path, refusal) =>
                    found.Add(tree.Unreadable(Named(tree, [.. above, .. path]), $"open: {refusal}")));
        }
        foreach (var path in tree.Folders.Concat(tree.Record.Files.Select(file => file.Path.Value)))
        {
            if (!path.StartsWith(prefix, StringComparison.Ordinal) || seen.Contains(path)) continue;
            // The walk may have missed a file that was replaced just then, so look at what is there now.
            found.AddRange(At(tree, folder, Encoding.UTF8.GetBytes(path)));
        }
        return found;
    }

    /// <summary>
    /// Returns a path as the tree has it, or the printable form of a path that the tree does not have. A path of the
    /// tree must not be printed: cut or escaped, it would be reported as one file missing and another one added.
    /// </summary>
    static string Named(SealedTree tree, ReadOnlySpan<byte> path) =>
        Utf8.IsValid(path) && Encoding.UTF8.GetString(path) is var exact && tree.Has(exact) ? exact
            : Printable.Of(path, int.MaxValue);

    static IReadOnlyList<Alteration> Absent(SealedTree tree, SafeFolder folder, ReadOnlySpan<byte> path, string text)
    {
        // Opening shows whether it is missing or access is refused.
        using var file = folder.TryOpenOwnFile(path, out var refusal);
        return refusal is Errno.EACCES or Errno.EPERM ? [tree.Unreadable(text, $"open: {refusal}")]
            : [.. tree.At(text, null)];
    }

    IReadOnlyList<Alteration> Judge(
        SealedTree tree, SafeFolder folder, ReadOnlySpan<byte> path, string text, FileIdentity identity, bool read)
    {
        Digest? digest = null;
        if (read && identity.Kind == FileKind.Regular)
        {
            var expected = tree.File(text);
            if (identity.Size <= (expected?.Size ?? 0) + MostGrowth)
            {
                using var file = folder.TryOpenOwnFile(path, out var refusal);
                if (file is null)
                    return refusal == Errno.ENOENT ? [.. tree.At(text, null)]
                        : [.. tree.At(text, new Observed(identity, null)), tree.Unreadable(text, $"open: {refusal}")];
                try { digest = Hash(file, text, ref identity); }
                catch (SystemFault fault)
                {
                    return [.. tree.At(text, new Observed(identity, null)), tree.Unreadable(text, fault.Message)];
                }
            }
        }
        // Most of 13,000 files are unchanged, so make no list for them.
        List<Alteration>? found = null;
        foreach (var alteration in tree.At(text, new Observed(identity, digest))) (found ??= []).Add(alteration);
        return found ?? (IReadOnlyList<Alteration>)[];
    }

    /// <summary>
    /// Returns the digest of a file, and updates <paramref name="identity"/> to that of the opened file; null if it is
    /// no regular file.
    /// </summary>
    Digest? Hash(SafeFileHandle file, string subject, ref FileIdentity identity)
    {
        identity = SafeFolder.IdentityOf(file, subject);
        if (identity.Kind != FileKind.Regular) return null;
        if (known.TryGetValue((identity.Device, identity.Inode), out var before)
            && before.Identity.SameContents(identity)) return before.Sha256;
        var filled = FileBytes.Fill(file, buffer, 0, subject);
        Digest digest;
        if (filled < buffer.Length) digest = Digest.Sha256(buffer.AsSpan(0, filled));
        else
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long position = 0;
            for (; filled > 0; filled = FileBytes.Fill(file, buffer, position, subject))
            {
                hash.AppendData(buffer, 0, filled);
                position += filled;
            }
            digest = new Digest(DigestAlgorithm.Sha256, hash.GetHashAndReset());
        }
        Hashed += identity.Size;
        known[(identity.Device, identity.Inode)] = (identity, digest);
        return digest;
    }
}
