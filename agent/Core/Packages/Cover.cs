using System.Buffers;

namespace Difusor.Agent.Packages;

/// <summary>
/// Says of a path alone whether a HASH must list the file. That is enough for counting while a package arrives; the
/// verifier knows all files, and decides.
/// </summary>
static class Cover
{
    /// <summary>What is in each name that litter, leftovers and hidden folders have.</summary>
    static readonly SearchValues<char> Marks = SearchValues.Create("._~@$ ");

    /// <summary>
    /// Returns true for a file like any other. Returns false for a HASH file, a signature of one, a name that a
    /// system or a transfer leaves behind, and whatever lies in a hidden folder: nothing of that is published unless a
    /// HASH lists it.
    /// </summary>
    internal static bool Needs(ReadOnlySpan<char> path)
    {
        // A quick exit: nearly all files of a package are a site's pages.
        if (path.EndsWith(".html", StringComparison.Ordinal) && path[..^5].IndexOfAny(Marks) < 0) return true;
        return !HashFileName.IsOrSigns(path) && !LiesHidden(path) && !LeftoverNames.BuiltIn.Has(path);
    }

    /// <summary>Returns whether one of the folders above the file has a name that begins with a dot.</summary>
    internal static bool LiesHidden(ReadOnlySpan<char> path)
    {
        var folder = path[..Math.Max(path.LastIndexOf('/'), 0)];
        return folder.StartsWith('.') || folder.Contains("/.", StringComparison.Ordinal);
    }
}
