using Difusor.Agent.Night;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>Nothing of a published release shows the date and time of its corte.</summary>
public sealed record CorteUnseen(ReleaseId Release) : KeptSignal;

/// <summary>
/// Checks that a release shows its corte (call, I.11): a page does, or, where pages run scripts, JSON that these may
/// read. Reads the files nearest the top first, and only a limited number of them.
/// </summary>
static class ShownCheck
{
    const int MostFiles = 40, MostBytes = 1 << 20;

    /// <returns>False: pages were read, and nothing shows it.</returns>
    public static bool Shows(ExpectedRoot root, SealedTree tree)
    {
        var pages = NearestTheTop(tree, path => HtmlName.Is(path));
        if (pages.Count == 0) return true;
        using var folder = TreeLook.Open(root, tree, out _);
        if (folder is null) return true;
        var corte = tree.Record.Release.Corte;
        var buffer = new byte[MostBytes];
        var runsScripts = false;
        foreach (var page in pages)
        {
            var html = Read(folder, page, buffer);
            if (CorteShown.In(html, corte)) return true;
            runsScripts |= html.Contains("<script", StringComparison.OrdinalIgnoreCase);
        }
        return runsScripts && NearestTheTop(tree, path => CorteJson.Is(path))
            .Any(json => CorteShown.InJson(Read(folder, json, buffer), corte));
    }

    static List<RelativePath> NearestTheTop(SealedTree tree, Func<string, bool> isOne) =>
    [
        .. tree.Record.Files.Where(file => isOne(file.Path.Value)).Select(file => file.Path)
            .OrderBy(path => path.Depth).ThenBy(path => path.Value, StringComparer.Ordinal).Take(MostFiles),
    ];

    static string Read(SafeFolder folder, RelativePath path, byte[] buffer)
    {
        using var file = folder.TryOpenFile(path, out _);
        return file is null ? "" : Encoding.UTF8.GetString(buffer, 0, FileBytes.Fill(file, buffer, 0, path.Value));
    }
}
