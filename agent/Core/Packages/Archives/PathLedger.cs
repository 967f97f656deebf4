using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// The paths that an archive has named so far. Finds a path that appears twice, and a path that is both a file and a
/// folder; knows the one folder that all are below, but for litter and leftovers beside it. Twins by case or Unicode
/// form are left to the verifier.
/// </summary>
sealed class PathLedger(LimitSettings limits, Allowance allowance, FindingList findings, int expected = 0)
{
    readonly KnownPaths files = new(expected), folders = new(0);
    readonly Packages.FindingList beside = new();
    string? top;
    bool scattered;

    /// <summary>
    /// Gets the one folder that every file is below; null if there is none. What a system or a transfer has left beside
    /// it does not count: macOS packs <c>__MACOSX/</c> beside the folder.
    /// </summary>
    public string? Folder => scattered ? null : top;

    /// <summary>
    /// Gets the warnings for what lies beside the one folder, which no HASH file can list; empty if there is no such
    /// folder.
    /// </summary>
    public Packages.FindingList Beside => Folder is null ? new Packages.FindingList() : beside;

    /// <summary>Records a file's name.</summary>
    /// <returns>The path to place the file at; null if a finding says why there is none.</returns>
    public RelativePath? AddFile(ReadOnlySpan<byte> name)
    {
        if (Read(name, name) is not { } path) return null;
        Under(path.Value);
        var key = KnownPaths.KeyOf(path.Value);
        if (folders.Contains(key)) Duplicate(name, "a file and a folder have the same name");
        else if (!AddFolders(path.Value.AsSpan(0, Math.Max(path.Value.LastIndexOf('/'), 0)), name)) return null;
        else if (!files.Add(key)) Duplicate(name, "the archive has this path more than once");
        else return path;
        return null;
    }

    /// <summary>Records a folder's own entry. A folder may be named more than once, or not at all.</summary>
    public void AddFolder(ReadOnlySpan<byte> name)
    {
        var bare = name.EndsWith("/"u8) ? name[..^1] : name;
        if (bare.SequenceEqual("."u8) || Read(bare, name) is not { } path) return;
        AddFolders(path.Value, name);
    }

    RelativePath? Read(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> name)
    {
        var reading = RelativePath.Read(utf8, limits.Paths);
        if (reading.Problem is { } problem) findings.Add(ReasonCode.UnsafePath, SentName.Printable(name), problem);
        else allowance.Path(utf8.Length);
        return reading.Path;
    }

    bool AddFolders(ReadOnlySpan<char> folder, ReadOnlySpan<byte> name)
    {
        for (; !folder.IsEmpty; folder = folder[..Math.Max(folder.LastIndexOf('/'), 0)])
        {
            var key = KnownPaths.KeyOf(folder);
            if (folders.Contains(key)) break;
            if (files.Contains(key))
            {
                Duplicate(name, $"'{folder}' is a file and a folder");
                return false;
            }
            allowance.Folder();
            folders.Add(key);
        }
        return true;
    }

    void Duplicate(ReadOnlySpan<byte> name, string detail) =>
        findings.Add(ReasonCode.DuplicatePath, SentName.Printable(name), detail);

    void Under(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var first = slash >= 0 ? path.AsSpan(0, slash) : path;
        if (LeftoverNames.BuiltIn.IsEntry(first))
        {
            beside.Add(LeftoverNames.BuiltIn.Warning(path)!);
            return;
        }
        if (slash < 0) scattered = true;
        else if (top is null) top = first.ToString();
        else scattered |= !first.SequenceEqual(top);
    }
}

/// <summary>
/// Keeps each path as the first 128 bits of a SHA-256 over a secret of this run and the path. A path may have a
/// kilobyte and thirty folders, so the full text is not kept; and because of the secret nobody can make two paths with
/// the same key.
/// </summary>
sealed class KnownPaths(int expected)
{
    const int Short = 1024, SecretSize = 16;

    static readonly byte[] Secret = RandomNumberGenerator.GetBytes(SecretSize);

    readonly HashSet<UInt128> keys = new(expected);

    public int Count => keys.Count;

    public bool Contains(UInt128 key) => keys.Contains(key);

    public bool Add(UInt128 key) => keys.Add(key);

    [SkipLocalsInit]
    public static UInt128 KeyOf(ReadOnlySpan<char> path)
    {
        Span<byte> text = path.Length <= Short / 3 ? stackalloc byte[SecretSize + Short]
            : new byte[SecretSize + 3 * path.Length];
        Secret.CopyTo(text);
        var length = Encoding.UTF8.GetBytes(path, text[SecretSize..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..(SecretSize + length)], digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }
}
