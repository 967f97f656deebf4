namespace Difusor.Agent.Packages;

/// <summary>Tells something about a path that is part of a longer text.</summary>
delegate bool PathTest(ReadOnlySpan<char> path);

/// <summary>
/// Recognises the names under which tools send a file, whatever tool it is: the file's own name with something before
/// or after it (<c>index.html-1a2B3c</c>, <c>.index.html.x7</c>), or in a hidden folder of its folder
/// (<c>.rsync-tmp/index.html</c>).
/// </summary>
static class WorkingName
{
    /// <summary>How many places of a name, from each end, are tried as the end of what was added.</summary>
    const int MostCuts = 8;

    /// <summary>
    /// Returns whether the path can be the working name of another file.
    /// </summary>
    /// <param name="isThere">Returns whether that other file is there.</param>
    internal static bool IsOf(string path, PathTest isThere)
    {
        var start = path.LastIndexOf('/') + 1;
        var buffer = new char[path.Length];
        var folder = CopyVisibleFolders(path.AsSpan(0, start), buffer);
        var name = path.AsSpan(start);
        if (folder < start && IsThere(name, buffer, folder, isThere)) return true;
        // page.html.md5 is the digest of page.html, and no copy of it that is still on its way.
        if (HashFileName.Is(name)) return false;
        Span<int> starts = stackalloc int[MostCuts + 1], ends = stackalloc int[MostCuts + 1];
        var (startCount, endCount) = Cuts(name, starts, ends);
        foreach (var from in starts[..startCount])
            foreach (var to in ends[..endCount])
                if (to > from && to - from < name.Length && IsName(name[from..to])
                    && IsThere(name[from..to], buffer, folder, isThere)) return true;
        return false;
    }

    /// <summary>
    /// Finds where the file's own name may begin and end. What was added is divided from it by a character that is no
    /// letter and no digit: <c>11.html</c> is another page than <c>1.html</c>, and no working copy of it.
    /// </summary>
    static (int Starts, int Ends) Cuts(ReadOnlySpan<char> name, Span<int> starts, Span<int> ends)
    {
        var (startCount, endCount) = (1, 1);
        (starts[0], ends[0]) = (0, name.Length);
        for (var at = 0; at < name.Length && startCount < starts.Length; at++)
            if (Divides(name[at])) starts[startCount++] = at + 1;
        for (var at = name.Length - 1; at > 0 && endCount < ends.Length; at--)
            if (Divides(name[at])) ends[endCount++] = at;
        return (startCount, endCount);
    }

    static bool Divides(char c) => char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c);

    /// <summary>
    /// Returns whether this is more than a word that other names begin with: it has an extension, or is a HASH file's.
    /// </summary>
    static bool IsName(ReadOnlySpan<char> name) => name.IndexOf('.') > 0 || HashFileName.Is(name);

    static bool IsThere(ReadOnlySpan<char> name, char[] buffer, int folder, PathTest isThere)
    {
        name.CopyTo(buffer.AsSpan(folder));
        return isThere(buffer.AsSpan(0, folder + name.Length));
    }

    /// <summary>
    /// Copies folders, each with its slash, without those whose names begin with a dot.
    /// </summary>
    /// <returns>How many characters were copied.</returns>
    static int CopyVisibleFolders(ReadOnlySpan<char> folders, Span<char> into)
    {
        var length = 0;
        while (!folders.IsEmpty)
        {
            var folder = folders[..(folders.IndexOf('/') + 1)];
            folders = folders[folder.Length..];
            if (folder[0] == '.') continue;
            folder.CopyTo(into[length..]);
            length += folder.Length;
        }
        return length;
    }
}
