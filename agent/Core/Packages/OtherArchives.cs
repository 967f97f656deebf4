namespace Difusor.Agent.Packages;

/// <summary>
/// Knows by their names the archives of kinds that the agent does not read (contract, section 6): a closed list. They
/// are told apart from other files, so that whoever sends one hears which kinds are taken.
/// </summary>
public static class OtherArchives
{
    /// <summary>The endings, in lower case; one that ends like another comes before it.</summary>
    static readonly string[] Endings =
    [
        ".zip.001", ".tar.gz.001", ".tar.001", ".7z.001", ".rar.001",
        ".tar.xz", ".tar.zst", ".tar.bz2", ".tar.lzma", ".tar.lz4", ".tar.lz", ".tar.z",
        ".txz", ".tzst", ".tbz2", ".tbz", ".tlz", ".taz",
        ".rar", ".7z", ".zipx", ".lzh", ".lha", ".arj", ".cab", ".ace",
        ".gz", ".xz", ".zst", ".bz2", ".lzma", ".lz4", ".lz", ".z",
    ];

    /// <summary>Gets all endings, each with its dot.</summary>
    public static IReadOnlyList<string> All => Endings;

    /// <summary>
    /// Returns how many characters the ending of a name has; 0 if it has none of these. <c>.tar.gz</c> ends like one.
    /// </summary>
    public static int EndingOf(ReadOnlySpan<char> name)
    {
        foreach (var ending in Endings)
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return ending.Length;
        return 0;
    }
}
