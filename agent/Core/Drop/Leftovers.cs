namespace Difusor.Agent.Drop;

/// <summary>
/// Recognises names that a transfer uses while it runs and leaves behind when it breaks. They are not files of a
/// package (contract, section 6).
/// </summary>
public static class Leftovers
{
    static readonly string[] Endings = [".part", ".filepart", ".tmp", "~"];

    /// <summary>
    /// Returns whether any component of the path is the name of a leftover: <c>*.part *.filepart *.tmp *~</c>, or
    /// rsync's <c>.NAME.XXXXXX</c>.
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
        // rsync(1): a dot, the name of the file, a dot, and six letters or digits.
        if (name.Length < 9 || name[0] != '.' || name[^7] != '.') return false;
        foreach (var c in name[^6..])
            if (!char.IsAsciiLetterOrDigit(c)) return false;
        return true;
    }
}
