using System.Buffers;
using System.Collections.Frozen;
using System.IO.Enumeration;

namespace Difusor.Agent.Packages;

/// <summary>
/// Says of a name alone whether a system or a transfer tool leaves files of that name behind (contract, section 6,
/// "Litter and leftovers"). It is asked before the HASH files are known. A file that one of them lists is a file like
/// any other; the verdict decides that.
/// </summary>
public sealed class LeftoverNames
{
    /// <summary>What file managers, file systems and editors make in the folders that they show or share.</summary>
    static readonly FrozenSet<string> Litter = new[]
    {
        "__MACOSX", ".DS_Store", ".AppleDouble", ".LSOverride", ".apdisk", ".fseventsd", ".Spotlight-V100", ".Trashes",
        ".TemporaryItems", ".DocumentRevisions-V100", "Thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini",
        "$RECYCLE.BIN", "System Volume Information", ".directory", "@eaDir",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    static readonly string[] LitterBeginnings = ["._", ".Trash-", ".nfs0", ".fuse_hidden", ".~lock.", "~$"];

    /// <summary>The folders of rsync: its partial dir as most people name it, and <c>--delay-updates</c>.</summary>
    static readonly FrozenSet<string> Transfer =
        new[] { ".rsync-partial", ".~tmp~" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Those of lftp and ProFTPD, Pure-FTPd, SFTPGo, and the file manager of GNOME.</summary>
    static readonly string[] TransferBeginnings =
        [".in.", ".lftp", ".pureftpd-upload.", ".sftpgo-upload.", ".goutputstream-"];

    /// <summary>Those of browsers, WinSCP, rclone, lftp, aria2 and of who uses a working name of his own.</summary>
    static readonly string[] TransferEndings =
        [".part", ".partial", ".filepart", ".tmp", "~", ".crdownload", ".lftp-pget-status", ".lftp", ".aria2"];

    static readonly SearchValues<char> LettersAndDigits =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>>
        LitterNames = Litter.GetAlternateLookup<ReadOnlySpan<char>>(),
        TransferNames = Transfer.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The longest pattern of <c>drop.leftovers</c>, in characters.</summary>
    public const int LongestPattern = 100;

    readonly string[] files, folders;

    /// <param name="further"><c>drop.leftovers</c>: patterns that <see cref="IsPattern"/> takes.</param>
    public LeftoverNames(IReadOnlyList<string> further)
    {
        Further = further;
        files = [.. further.Where(pattern => !pattern.EndsWith('/'))];
        folders = [.. further.Where(pattern => pattern.EndsWith('/')).Select(pattern => pattern[..^1])];
    }

    /// <summary>Gets the names that are known without any setting.</summary>
    public static LeftoverNames BuiltIn { get; } = new([]);

    /// <summary>Gets the patterns beside the built-in names.</summary>
    public IReadOnlyList<string> Further { get; }

    /// <summary>
    /// Returns whether a text may be a pattern: <c>*</c> and <c>?</c> stand for any characters and for one, a slash at
    /// the end means folders, and something else must be there too, or every file would be a leftover.
    /// </summary>
    public static bool IsPattern(string text)
    {
        ReadOnlySpan<char> name = text.EndsWith('/') ? text.AsSpan(0, text.Length - 1) : text;
        return text.Length <= LongestPattern && name.ContainsAnyExcept("*?.")
            && !name.ContainsAnyExceptInRange(' ', '~') && !name.ContainsAny('/', '\\');
    }

    /// <summary>Returns whether a component of the path is the name of litter or of a leftover.</summary>
    public bool Has(ReadOnlySpan<char> path) => Of(path) is not null;

    /// <summary>Returns whether an entry of this name is one, whether it is a file or a folder.</summary>
    public bool IsEntry(ReadOnlySpan<char> name) =>
        KindOf(name) is not null || Fits(name, files) || Fits(name, folders);

    /// <summary>Returns whether an entry of this name is one that a transfer leaves, file or folder.</summary>
    public bool IsOfTransfer(ReadOnlySpan<char> name) =>
        IsEntry(name) && KindOf(name) is not LeftoverKind.Litter;

    /// <summary>
    /// Returns the warning for a file that no HASH lists, <c>litter</c> or <c>leftover</c>; null if its path says
    /// nothing of the kind.
    /// </summary>
    public Finding? Warning(string path) => Of(path) switch
    {
        LeftoverKind.Litter => new Finding("litter", path, "left by a system: passed over"),
        LeftoverKind.Transfer => Left(path),
        null => null,
    };

    /// <summary>Returns the warning <c>leftover</c>.</summary>
    internal static Finding Left(string path) => new Finding("leftover", path, "left by a transfer: passed over");

    LeftoverKind? Of(ReadOnlySpan<char> path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/'))
        {
            if (KindOf(path[..slash]) is { } kind) return kind;
            if (Fits(path[..slash], folders)) return LeftoverKind.Transfer;
            path = path[(slash + 1)..];
        }
        return KindOf(path) ?? (Fits(path, files) ? LeftoverKind.Transfer : null);
    }

    static LeftoverKind? KindOf(ReadOnlySpan<char> name)
    {
        if (LitterNames.Contains(name) || Begins(name, LitterBeginnings)) return LeftoverKind.Litter;
        return TransferNames.Contains(name) || Begins(name, TransferBeginnings) || Ends(name) || IsOfRsync(name)
            ? LeftoverKind.Transfer : null;
    }

    /// <summary>rsync(1): a dot, the name of the file, a dot, and six letters or digits.</summary>
    static bool IsOfRsync(ReadOnlySpan<char> name) => name.Length >= 9 && name[0] == '.' && name[^7] == '.'
        && !name[^6..].ContainsAnyExcept(LettersAndDigits);

    static bool Begins(ReadOnlySpan<char> name, string[] beginnings)
    {
        // A quick exit: nearly all names begin with a letter or a digit.
        if (name.IsEmpty || name[0] is not ('.' or '~')) return false;
        foreach (var beginning in beginnings)
            if (name.Length > beginning.Length && name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    static bool Ends(ReadOnlySpan<char> name)
    {
        foreach (var ending in TransferEndings)
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    static bool Fits(ReadOnlySpan<char> name, string[] patterns)
    {
        foreach (var pattern in patterns)
            if (FileSystemName.MatchesSimpleExpression(pattern, name)) return true;
        return false;
    }
}

/// <summary>Who leaves files of a name behind.</summary>
enum LeftoverKind
{
    /// <summary>A system: a file manager, a file system.</summary>
    Litter,
    /// <summary>A tool that sends files.</summary>
    Transfer,
}
