using Difusor.Agent.Configuration;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// The paths that an archive has named so far. Finds the same path twice, and one that is a file and a folder at once; knows the
/// one folder that all lie under. Twins by case or Unicode form are the verifier's to find.
/// </summary>
sealed class PathLedger(LimitSettings limits, Allowance allowance, FindingList findings, int expected = 0)
{
    /// <summary>All names together, folders too, in characters: 200,000 files may have 160 each.</summary>
    const long MostCharacters = 32 << 20;

    readonly HashSet<string> files = new(expected, StringComparer.Ordinal);
    readonly HashSet<string> folders = new(StringComparer.Ordinal);
    long characters;
    string? top;
    bool scattered;

    /// <summary>The one folder that every entry lies under; null where there is none.</summary>
    public string? Folder => scattered || files.Count == 0 ? null : top;

    /// <summary>Takes up a file's name.</summary>
    /// <returns>The path to place the file at; null where a finding says why not.</returns>
    public RelativePath? AddFile(ReadOnlySpan<byte> name)
    {
        if (Read(name, name) is not { } path) return null;
        Under(path.Value, isFolder: false);
        if (folders.Contains(path.Value)) Duplicate(name, "a file and a folder have the same name");
        else if (!AddFolders(path.Value.AsSpan(0, Math.Max(path.Value.LastIndexOf('/'), 0)), name)) return null;
        else if (!files.Add(path.Value)) Duplicate(name, "the archive has this path more than once");
        else return path;
        return null;
    }

    /// <summary>Takes up a folder's own entry. Folders may be named more than once, and need not be named.</summary>
    public void AddFolder(ReadOnlySpan<byte> name)
    {
        var bare = name.EndsWith("/"u8) ? name[..^1] : name;
        if (bare.SequenceEqual("."u8) || Read(bare, name) is not { } path) return;
        Under(path.Value, isFolder: true);
        AddFolders(path.Value, name);
    }

    RelativePath? Read(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> name)
    {
        var reading = RelativePath.Read(utf8, limits.Paths);
        if (reading.Problem is { } problem) findings.Add(ReasonCode.UnsafePath, SentName.Printable(name), problem);
        return reading.Path;
    }

    bool AddFolders(ReadOnlySpan<char> folder, ReadOnlySpan<byte> name)
    {
        var known = folders.GetAlternateLookup<ReadOnlySpan<char>>();
        var taken = files.GetAlternateLookup<ReadOnlySpan<char>>();
        for (; !folder.IsEmpty && !known.Contains(folder); folder = folder[..Math.Max(folder.LastIndexOf('/'), 0)])
        {
            if (taken.Contains(folder))
            {
                Duplicate(name, $"'{folder}' is a file and a folder");
                return false;
            }
            allowance.Folder();
            Spend(folder.Length);
            known.Add(folder);
        }
        return true;
    }

    void Duplicate(ReadOnlySpan<byte> name, string detail) => findings.Add(ReasonCode.DuplicatePath, SentName.Printable(name), detail);

    void Under(string path, bool isFolder)
    {
        Spend(path.Length);
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var first = slash >= 0 ? path.AsSpan(0, slash) : isFolder ? path : "";
        if (top is null) top = first.ToString();
        scattered |= first.IsEmpty || !first.SequenceEqual(top);
    }

    void Spend(int length)
    {
        if ((characters += length) > MostCharacters) throw Allowance.TooMany("the names are too long together");
    }
}
