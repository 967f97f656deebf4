using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Packages;
using Difusor.Agent.Sentinel;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// Looks at what is published, as it is at this moment: identities and digests, nothing followed. One thread's own.
/// </summary>
sealed class TreeLook
{
    /// <summary>A file that has grown by more is changed, whatever it holds: it is not read to its end.</summary>
    const long MostGrowth = 64 << 20;
    const int Depth = 64;

    /// <summary>Read at a time; below what the collector takes for a large object.</summary>
    readonly byte[] buffer = new byte[64 << 10];
    Dictionary<(ulong, ulong), (FileIdentity Identity, Digest Sha256)> known = [];

    /// <summary>Bytes read and hashed so far.</summary>
    public long Hashed { get; private set; }

    /// <summary>
    /// A look is over: forgets which inodes it has read, and their memory. Hard links between releases are read once a
    /// look.
    /// </summary>
    public void End() => known = [];

    /// <summary>Opens a release's tree; null with the refusal where it is gone, or something else lies there.</summary>
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

    /// <summary>What differs at one path of a tree.</summary>
    /// <param name="path">Raw bytes; "" is the tree's own folder.</param>
    public IReadOnlyList<Alteration> At(SealedTree tree, SafeFolder folder, ReadOnlySpan<byte> path)
    {
        var text = Named(tree, path);
        if (path.IsEmpty) return [.. tree.At("", new Observed(folder.Identity, null))];
        if (folder.Identify(path) is not { } identity) return Absent(tree, folder, path, text);
        return Judge(tree, folder, path, text, identity, read: true);
    }

    /// <summary>What differs in a part of a tree, or in all of it.</summary>
    /// <param name="below">A folder of the tree, raw bytes; "" for all.</param>
    /// <param name="read">False: identities only, no bytes are read.</param>
    /// <param name="pause">Told after each file, with its size.</param>
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
            // The walk may have missed what was replaced just then: what counts is what is there now.
            found.AddRange(At(tree, folder, Encoding.UTF8.GetBytes(path)));
        }
        return found;
    }

    /// <summary>
    /// Returns a path as the tree has it; of one that it does not have, the printable form. A path of the tree's own in
    /// its printable form, cut or with a character escaped, would be a file that is gone and another one that was
    /// added.
    /// </summary>
    static string Named(SealedTree tree, ReadOnlySpan<byte> path) =>
        Utf8.IsValid(path) && Encoding.UTF8.GetString(path) is var exact && tree.Has(exact) ? exact
            : Printable.Of(path, int.MaxValue);

    static IReadOnlyList<Alteration> Absent(SealedTree tree, SafeFolder folder, ReadOnlySpan<byte> path, string text)
    {
        // "Not there" and "not allowed to look" are told apart by opening.
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
        // Most of 13,000 files are as they should be: no list for them.
        List<Alteration>? found = null;
        foreach (var alteration in tree.At(text, new Observed(identity, digest))) (found ??= []).Add(alteration);
        return found ?? (IReadOnlyList<Alteration>)[];
    }

    /// <summary>The digest of all that a file holds, and what it is once it has been read.</summary>
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
