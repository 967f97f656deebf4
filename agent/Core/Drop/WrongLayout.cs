using Difusor.Agent.Configuration;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Drop;

/// <summary>
/// Says in a rejection that the files seem to come in the other layout of the drop. It only warns: what is wrong with
/// them stays the reason.
/// </summary>
public static class WrongLayout
{
    /// <summary>Returns the verdict, with the warning where it fits.</summary>
    /// <param name="isAmongLooseFiles">Whether loose files lie beside the delivery at the top of the drop.</param>
    public static Verdict Told(Verdict verdict, DropLayout layout, bool isArchive, bool isAmongLooseFiles)
    {
        if (verdict.Accepted || verdict.Contents.Count == 0) return verdict;
        var detail = layout switch
        {
            DropLayout.Packages => isArchive || !IsPartOfATree(verdict, isAmongLooseFiles) ? null
                : "pages and data that are no package; files that are written in place need drop.layout: tree",
            DropLayout.Tree => PackageIn(verdict) is not { } name ? null
                : $"{name} is named like a package; folders and archives of their own need drop.layout: packages",
        };
        return detail is null ? verdict
            : verdict with { Warnings = [.. verdict.Warnings, new Finding("wrong-layout", null, detail)] };
    }

    /// <summary>
    /// Returns whether a folder without a stamp looks like one folder of a site: loose files lie beside it, or it has
    /// pages and data only, and no HASH.
    /// </summary>
    static bool IsPartOfATree(Verdict verdict, bool isAmongLooseFiles) =>
        PackageName.Read(verdict.Package).Stamp is null
        && (isAmongLooseFiles || verdict.Contents.All(entry =>
            NoDelivery.IsLoose(entry.Path.Value) && !HashFileName.Is(entry.Path.Value)));

    /// <summary>
    /// Returns an entry at the top of a tree that is named like a package: an archive, or a folder with pages or a HASH
    /// file in it. A tree with a page at its top is a site.
    /// </summary>
    static string? PackageIn(Verdict verdict)
    {
        string? found = null;
        foreach (var entry in verdict.Contents)
        {
            var path = entry.Path.Value;
            var slash = path.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0 && HtmlName.Is(path)) return null;
            if (found is not null || (slash >= 0 && path.IndexOf('/', slash + 1) >= 0)) continue;
            var top = slash < 0 ? path : path[..slash];
            if (PackageName.Read(top) is not { Stamp: not null, Form: var form }) continue;
            if (slash < 0 ? form != PackageForm.Folder : HtmlName.Is(path) || HashFileName.Is(path)) found = top;
        }
        return found;
    }
}
