namespace Difusor.Agent.Drop;

/// <summary>
/// Names that a transfer leaves while it goes on, and behind when it breaks: no files of a package (contract, section
/// 6).
/// </summary>
public static class Leftovers
{
    static readonly string[] Endings = [".part", ".filepart", ".tmp", "~"];

    /// <summary>
    /// Whether any component of the path is a leftover's name: <c>*.part *.filepart *.tmp *~</c>, or rsync's
    /// <c>.NAME.XXXXXX</c>.
    /// </summary>
    public static bool Contains(ReadOnlySpan<char> path)
    {
        foreach (var range in path.Split('/'))
            if (Is(path[range])) return true;
        return false;
    }

    public static bool Is(ReadOnlySpan<char> name)
    {
        foreach (var ending in Endings)
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return true;
        // rsync(1): a dot, the file's name, a dot and six letters or digits.
        if (name.Length < 9 || name[0] != '.' || name[^7] != '.') return false;
        foreach (var c in name[^6..])
            if (!char.IsAsciiLetterOrDigit(c)) return false;
        return true;
    }
}
