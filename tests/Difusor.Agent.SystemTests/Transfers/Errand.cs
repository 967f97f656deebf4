namespace Difusor.Agent.SystemTests.Transfers;

/// <summary>Where a transfer ends too soon.</summary>
enum Cut
{
    None,
    /// <summary>In the middle of the first file.</summary>
    InAFile,
    /// <summary>When two files have come.</summary>
    BetweenFiles,
    /// <summary>Before the last file gets its name; where files have it from the start, before the last one.</summary>
    BeforeTheEnd,
}

/// <summary>One package to send.</summary>
/// <param name="Source">The folder with its files; its name is the package's.</param>
/// <param name="Drop">The folder that the agent watches; control files for the cut lie beside it.</param>
/// <param name="Target">Where the files go: the drop itself for a tree, else a folder of the package's name.</param>
/// <param name="IsAgain">The same was interrupted before: a tool that can resumes.</param>
sealed record Errand(string Source, string Drop, string Target, Cut Cut = Cut.None, bool IsAgain = false)
{
    public string Beside => Path.GetDirectoryName(Drop)!;

    /// <summary>Gets the files, by path below the source.</summary>
    public IEnumerable<string> Files =>
        Directory.EnumerateFiles(Source, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => Path.GetRelativePath(Source, file));
}

/// <summary>A way to send a package.</summary>
/// <param name="Tool">What the table calls it.</param>
/// <param name="How">The command, or what it does.</param>
abstract record Way(string Tool, string How)
{
    /// <summary>Gets the program that must be there; null: none.</summary>
    public virtual string? Needs => null;

    public abstract void Send(Errand errand);
}
