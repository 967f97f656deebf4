namespace Difusor.Agent.Verification;

/// <summary>
/// Finds names that Apache would treat as a command or as configuration: <c>forbidden-name</c> (contract, section 6).
/// </summary>
sealed class NameRules(IReadOnlySet<string> deniedExtensions)
{
    readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> denied =
        deniedExtensions.ToHashSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Returns why the path may not be published; null if it may.</summary>
    internal string? Problem(string path)
    {
        if (path[0] == '.' || path.Contains("/.", StringComparison.Ordinal)) return "a name that begins with a dot";
        return Denied(path) is { IsEmpty: false } extension ? $"the extension .{extension} is denied" : null;
    }

    /// <summary>Returns whether the name has a denied extension.</summary>
    internal bool HasDenied(string path) => !Denied(path).IsEmpty;

    /// <summary>Returns the first denied extension of a name; empty if there is none.</summary>
    ReadOnlySpan<char> Denied(string path)
    {
        var name = path.AsSpan(path.LastIndexOf('/') + 1);
        // mod_mime looks at every extension of a name, so page.php.html is a script too.
        for (var dot = name.IndexOf('.'); dot >= 0;)
        {
            name = name[(dot + 1)..];
            dot = name.IndexOf('.');
            var extension = (dot < 0 ? name : name[..dot]).Trim();
            if (denied.Contains(extension)) return extension;
        }
        return [];
    }
}
